import type { EnvironmentName } from '../../mode/mode.ts';
import type { Environment } from '../../orca/environment.ts';
import type { Sign } from '../health.ts';
import { probe } from '../probe.ts';
import type { EnvironmentStatus } from '../status.ts';
import { upstream } from '../upstream.ts';
import { block, JA, ok, warn, within, WITHIN_MS } from './check.ts';
import type { Finding, GatewayCheck, Plan } from './check.ts';

export interface ReachDeps {
  readonly environments: ReadonlyMap<EnvironmentName, Environment>;
  /** Where partners' requests go in a mode. */
  readonly targetOf: (plan: Plan) => EnvironmentName;
  /** What the gateway knows of the environments without asking. */
  readonly statuses: () => readonly EnvironmentStatus[];
}

/** Whether the target answers, and takes its credentials; it is asked once for both, on connections of its own. */
export function reachChecks({ environments, targetOf, statuses }: ReachDeps): GatewayCheck[] {
  const asked = new WeakMap<Plan, Promise<Sign | null>>();
  const signOf = (plan: Plan): Promise<Sign | null> => {
    const known = asked.get(plan);
    if (known !== undefined) return known;
    const name = targetOf(plan);
    const environment = environments.get(name);
    const sign = environment === undefined ? Promise.resolve(null) : ask(name, environment);
    asked.set(plan, sign);
    return sign;
  };
  return [
    {
      name: 'reachable',
      isOverridable: true,
      async run(plan) {
        const name = targetOf(plan);
        const status = statuses().find((one) => one.name === name);
        return reachable(plan, name, await signOf(plan), status);
      },
    },
    {
      name: 'credentials',
      isOverridable: true,
      async run(plan) {
        const name = targetOf(plan);
        if (environments.get(name)?.authorization === null)
          return ok(
            `${JA[name]}に固定のユーザーは設定されていません (連携システムのものをそのまま使います)。`,
            `${name} has no user of its own; partners' credentials are passed on.`,
          );
        const status = statuses().find((one) => one.name === name);
        return credentials(plan, name, await signOf(plan), status);
      },
    },
  ];
}

const LATE: Sign = { kind: 'ill', cause: 'timeout', detail: `no answer within ${WITHIN_MS} ms` };

async function ask(name: EnvironmentName, environment: Environment): Promise<Sign> {
  const own = upstream(name, environment);
  try {
    return await within(
      probe(own).then(({ sign }) => sign),
      LATE,
    );
  } finally {
    own.close();
  }
}

function reachable(
  plan: Plan,
  name: EnvironmentName,
  sign: Sign | null,
  status: EnvironmentStatus | undefined,
): Finding {
  if (sign === null) return notConfigured(name);
  if (sign.kind === 'well') {
    const ms = Math.round(sign.latencyMs);
    if (ms > 3000) return warn(`${JA[name]}の応答が遅くなっています (${ms} ms)。`, `${name} answers slowly: ${ms} ms.`);
    return ok(`${JA[name]}は応答しています (${ms} ms)。`, `${name} answers (${ms} ms).`);
  }
  const { cause, detail } = sign;
  if (cause === 'credentials') return ok(`${JA[name]}は応答しています。`, `${name} answers.`);
  // Partners' requests use the last good address; these questions, on connections of their own, have none.
  if (cause === 'dns' && status?.health === 'up')
    return warn(
      `名前を解決できませんが、${JA[name]}は以前の番地で応答しています。`,
      `The name of ${name} cannot be resolved; it answers at its last good address.`,
      REMEDIES.dns,
    );
  const ja = `${JA[name]}に接続できません (${cause}: ${detail})。`;
  const en = `${name} cannot be reached (${cause}: ${detail}).`;
  return block(plan, ja, en, REMEDIES[cause] ?? REMEDIES.connect);
}

const REMEDIES = {
  dns: '名前を解決できません。このパソコンの回線と DNS、設定の url を確認してください。',
  connect: 'その環境が起動しているか、回線と url を確認してください。別の応急措置環境も選択できます。',
  tls: 'TLS の接続に失敗しました。url (https か http か) と ca の設定を確認してください。',
  certificate: '証明書が拒否されました。有効期限と、設定の clientCertificate、ca を確認してください。',
  credentials: '設定の user と password (API キー) を確認してください。',
  timeout: '応答がありません。その環境と回線を確認するか、しばらく待ってからお試しください。',
  http: '応答が WebORCA のものではありません。設定の url を確認してください。',
  slow: 'しばらく待ってからお試しください。',
} as const;

function credentials(
  plan: Plan,
  name: EnvironmentName,
  sign: Sign | null,
  status: EnvironmentStatus | undefined,
): Finding {
  if (sign === null) return notConfigured(name);
  if (sign.kind === 'well') return ok(`${JA[name]}の認証情報は有効です。`, `${name} takes the credentials.`);
  const { cause, detail } = sign;
  if (cause === 'credentials') {
    const en = `${name} refuses the configured user and password (API key).`;
    return block(plan, `${JA[name]}の認証に失敗しました (${detail})。`, en, REMEDIES.credentials);
  }
  const last = status?.lastAnswerAt ?? null;
  if (last !== null && status?.cause !== 'credentials')
    return warn(
      `${JA[name]}の認証情報は今は確認できません。最後の応答は ${last} です。`,
      `The credentials of ${name} cannot be checked now; it last answered at ${last}.`,
    );
  return warn(
    `${JA[name]}の認証情報は確認できません。`,
    `The credentials of ${name} cannot be checked, and nothing is known of them.`,
  );
}

// `target-configured` blocks this, and says what to do.
function notConfigured(name: EnvironmentName): Finding {
  return warn(`${JA[name]}が設定されていないため、確認できません。`, `${name} is not configured.`);
}

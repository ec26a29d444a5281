import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import { connect, createSecureContext, TLSSocket } from 'node:tls';
import type { EnvironmentName } from '../../mode/mode.ts';
import type { Environment, EnvironmentTls } from '../../orca/environment.ts';
import { block, JA, ok, warn, WITHIN_MS } from './check.ts';
import type { Finding, GatewayCheck, Plan } from './check.ts';

export interface CertificateDeps {
  readonly environments: ReadonlyMap<EnvironmentName, Environment>;
  readonly targetOf: (plan: Plan) => EnvironmentName;
  /** Path of the certificate that partners see; null: they speak http. */
  readonly own: string | null;
  readonly now: () => Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const SOON_DAYS = 30;

/** Whether the target's certificate, ours towards it, and the one that partners see, are valid, and for how long yet. */
export function certificateCheck({ environments, targetOf, own, now }: CertificateDeps): GatewayCheck {
  return {
    name: 'certificate',
    isOverridable: true,
    async run(plan, signal) {
      const name = targetOf(plan);
      const environment = environments.get(name);
      const findings = [
        ...(own === null ? [] : [ofPartners(own, now())]),
        ...(environment === undefined ? [] : await ofTarget(plan, name, environment, signal, now())),
      ];
      const worst = findings.toSorted((a, b) => SEVERITY[b.state] - SEVERITY[a.state]).filter(isNotOk);
      if (worst.length === 0) return ok('証明書に問題はありません。', 'The certificates are in order.');
      const [first] = worst;
      const remedies = worst.map(({ remedy }) => remedy).filter((remedy) => remedy !== null);
      return {
        state: first?.state ?? 'ok',
        ja: worst.map(({ ja }) => ja).join(' '),
        en: worst.map(({ en }) => en).join(' '),
        remedy: remedies.length === 0 ? null : remedies.join(' '),
      };
    },
  };
}

const SEVERITY = { ok: 0, warn: 1, block: 2 } as const;

function isNotOk({ state }: Finding): boolean {
  return state !== 'ok';
}

async function ofTarget(
  plan: Plan,
  name: EnvironmentName,
  environment: Environment,
  signal: AbortSignal,
  now: Date,
): Promise<Finding[]> {
  if (environment.tls === null) return [];
  const [ja, en] = [`${JA[name]}のサーバー証明書`, `The server certificate of ${name}`];
  const presented = await present(environment, environment.tls, signal);
  const server =
    presented === null
      ? warn(`${ja}は、接続できないため確認できません。`, `${en} cannot be read: no connection.`)
      : presented.refused === null
        ? lifetime(plan, ja, en, presented.until, now)
        : block(
            plan,
            `${ja}を信頼できません (${presented.refused})。`,
            `${en} is not trusted: ${presented.refused}.`,
            RENEW,
          );
  const until = clientUntil(environment.tls);
  if (until === null) return [server];
  return [
    server,
    lifetime(plan, `${JA[name]}へのクライアント証明書`, `Our client certificate towards ${name}`, until, now),
  ];
}

// A certificate that partners see has nothing to do with where their requests go: never a reason not to switch.
function ofPartners(file: string, now: Date): Finding {
  const until = new Date(new X509Certificate(readFileSync(file)).validTo);
  const plan = { kind: 'confirm' } as const;
  return lifetime(plan, 'ゲートウェイ自身の証明書', "The gateway's own certificate, for partners,", until, now);
}

const RENEW = '証明書を更新し、設定ファイルの指定を確認してください。';

function lifetime(plan: Pick<Plan, 'kind'>, ja: string, en: string, until: Date, now: Date): Finding {
  const day = until.toISOString().slice(0, 10);
  const left = Math.floor((until.getTime() - now.getTime()) / DAY_MS);
  if (left < 0) return block(plan, `${ja}の有効期限が切れています (${day})。`, `${en} expired on ${day}.`, RENEW);
  if (left <= SOON_DAYS)
    return warn(`${ja}の有効期限まであと ${left} 日です (${day})。`, `${en} expires in ${left} days (${day}).`, RENEW);
  return ok(`${ja}は ${day} まで有効です。`, `${en} is valid until ${day}.`);
}

interface Presented {
  readonly until: Date;
  /** Why it is not to be trusted; null: it is. */
  readonly refused: string | null;
}

/** Asks for the certificate, whatever it is; null where there is no TLS connection to be had. */
function present(environment: Environment, tls: EnvironmentTls, signal: AbortSignal): Promise<Presented | null> {
  const { hostname: host, port } = environment;
  const name = tls.servername ?? host;
  const socket = connect({
    ...tls,
    host,
    port,
    ...(isIP(name) === 0 && { servername: name }),
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  });
  const { promise, resolve } = Promise.withResolvers<Presented | null>();
  const giveUp = (): void => resolve(null);
  socket.setTimeout(WITHIN_MS, giveUp);
  signal.addEventListener('abort', giveUp, { once: true });
  socket.once('error', giveUp).once('close', giveUp);
  socket.once('secureConnect', () => {
    const until = new Date(socket.getPeerCertificate().valid_to);
    resolve({ until, refused: socket.authorized ? null : String(socket.authorizationError) });
  });
  return promise.finally(() => {
    signal.removeEventListener('abort', giveUp);
    socket.destroy();
  });
}

/** Until when our own certificate is valid. It stands in a PKCS #12 file, which node:crypto reads for TLS only. */
function clientUntil({ pfx, passphrase }: EnvironmentTls): Date | null {
  if (pfx === undefined) return null;
  const nowhere = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const secureContext = createSecureContext({ pfx, ...(passphrase !== undefined && { passphrase }) });
  const socket = new TLSSocket(nowhere, { secureContext });
  try {
    const certificate = socket.getCertificate();
    return certificate !== null && 'valid_to' in certificate ? new Date(certificate.valid_to) : null;
  } finally {
    socket.destroy();
  }
}

import { join } from 'node:path';
import type { EnvironmentName } from '../mode/mode.ts';
import type { Environment } from '../orca/environment.ts';
import { certificateCheck } from './checks/certificate.ts';
import type { GatewayCheck, Plan } from './checks/check.ts';
import { diskCheck, writableCheck } from './checks/disk.ts';
import { reachChecks } from './checks/reach.ts';
import { versionBook, versionsCheck } from './checks/versions.ts';
import { conversationsCheck, outcomesCheck } from './checks/work.ts';
import type { Gateway } from './gateway.ts';
import type { WriteJournal } from './journal/journal.ts';
import type { GatewayOptions, HealthOptions, RecoveryOptions } from './options.ts';
import { readEnvironment } from './route.ts';
import type { Switching } from './switching.ts';

export interface ChecksDeps {
  readonly environments: ReadonlyMap<EnvironmentName, Environment>;
  readonly gateway: Pick<Gateway, 'environments'> & { readonly switching: Pick<Switching, 'conversations'> };
  readonly journal: Pick<WriteJournal, 'outcomes'>;
  readonly options: Pick<GatewayOptions, 'tls'>;
  readonly health: Pick<HealthOptions, 'everyMs'>;
  readonly recovery: RecoveryOptions;
  readonly stateDir: string;
  readonly now?: () => Date;
}

export interface GatewayChecks {
  readonly checks: readonly GatewayCheck[];
  stop(): void;
}

// Work goes from the operational environment into an emergency one, and back.
function pairOf({ from, next }: Plan) {
  return ['operational', next.mode === 'normal' ? from.target : next.target] as const;
}

const VERSIONS_EVERY_MS = 60 * 60_000;

/** What this room looks at before a switch: the same for the dry run and the real thing. */
export function gatewayChecks(deps: ChecksDeps): GatewayChecks {
  const { environments, gateway, journal, health, recovery, stateDir, now = () => new Date() } = deps;
  const targetOf = ({ next }: Plan): EnvironmentName => readEnvironment(next, recovery.partners);
  const between = (plan: Plan) => [readEnvironment(plan.from, recovery.partners), targetOf(plan)] as const;
  const versions = versionBook({
    environments,
    file: join(stateDir, 'versions.json'),
    // Without probes nothing is asked of an environment but what partners ask.
    everyMs: health.everyMs === 0 ? 0 : VERSIONS_EVERY_MS,
    now,
  });
  return {
    checks: [
      ...reachChecks({ environments, targetOf, statuses: () => gateway.environments() }),
      certificateCheck({ environments, targetOf, own: deps.options.tls?.certificate ?? null, now }),
      versionsCheck(versions, pairOf),
      conversationsCheck({ conversations: () => gateway.switching.conversations(), between }),
      outcomesCheck(() => journal.outcomes()),
      diskCheck(stateDir),
      writableCheck(stateDir),
    ],
    stop: () => versions.stop(),
  };
}

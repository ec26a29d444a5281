import type { Logger } from 'pino';
import { hybridMode, type EnvironmentName, type ModeState } from '../mode/mode.ts';
import type { ModeStore } from '../mode/store.ts';
import type { Environment } from '../orca/environment.ts';
import type { Refused, Served } from './exchange.ts';
import type { Forwarded } from './forward.ts';
import { compareAnnouncement } from './hybridmode.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Monitor } from './monitor.ts';

export interface Observed {
  readonly environments: ReadonlyMap<EnvironmentName, Environment>;
  readonly store: ModeStore;
  readonly metrics: GatewayMetrics;
  readonly watch: Monitor;
  readonly log: Logger;
}

/** What happens to requests, told to metrics, health and the log: one line each, the same keys everywhere. */
export interface Observer {
  readonly refused: (refused: Refused) => void;
  readonly answered: (served: Served) => void;
  readonly failure: (error: unknown, requestId: string) => void;
  readonly retry: (environment: EnvironmentName, why: string) => void;
  readonly answer: (environment: EnvironmentName, state: ModeState, announced: string | undefined) => void;
  readonly outcome: (environment: EnvironmentName, outcome: Forwarded) => void;
  /** The environment says of itself that it is another one than it is configured as. */
  readonly isInWrongRole: (environment: EnvironmentName) => boolean;
}

/** People wait for an answer that takes longer. */
const SLOW_SECONDS = 5;

export function observer({ environments, store, metrics, watch, log }: Observed): Observer {
  const wrongRoles = new Set<EnvironmentName>();
  const epoch = (): number => store.current.epoch;
  const started = epoch();
  const heard = new Set<EnvironmentName>();
  watch.onChange((status) => {
    metrics.up(status.name, status.health === 'up');
    meet(status.name, status.announced);
    const { health, cause, detail } = status;
    log.info({ environment: status.name, health, cause, detail, epoch: epoch() }, 'environment');
  });
  // A state that meets an environment in another mode may be an old one: a person says which is right. Later the switch of
  // this gateway itself explains the difference.
  function meet(environment: EnvironmentName, announced: string | null): void {
    if (announced === null || heard.has(environment) || environments.get(environment)?.options.announces !== true)
      return;
    heard.add(environment);
    if (epoch() !== started || compareAnnouncement(announced, store.current, environment) !== 'wrong-phase') return;
    store.demandConfirmation('announced');
    log.warn({ environment, announced, epoch: epoch() }, 'writes wait: an environment announces another mode');
  }
  return {
    answered(served) {
      metrics.answered(served);
      const { requestId, partner, environment, method, path, status, seconds } = served;
      if (seconds < SLOW_SECONDS) return;
      const fields = { requestId, partner, environment, method, path, status, ms: Math.round(seconds * 1000) };
      log.warn({ ...fields, epoch: epoch() }, 'a slow request');
    },
    refused({ code, partner, path, requestId }) {
      metrics.refused(code);
      log.info({ code, partner, path, requestId, epoch: epoch() }, 'refused');
    },
    failure(error, requestId) {
      log.error({ err: error, requestId, epoch: epoch() }, 'the gateway failed on a request');
    },
    retry(environment, why) {
      metrics.retried(environment);
      log.info({ environment, why, epoch: epoch() }, 'retry');
    },
    answer(environment, state, announced) {
      if (announced !== undefined) watch.announced(environment, announced);
      if (environments.get(environment)?.options.announces !== true) return;
      const facet = compareAnnouncement(announced, state, environment);
      // WebORCA leaves the field out of its 401 and 405: that says nothing.
      if (facet === 'absent') return;
      if (facet === 'wrong-role') wrongRoles.add(environment);
      else wrongRoles.delete(environment);
      if (facet === 'as-expected') return;
      metrics.mismatched(environment, facet === 'wrong-role' ? 'role' : 'phase');
      const expected = hybridMode(state.mode, environment);
      log.warn({ environment, announced, expected, epoch: state.epoch }, 'mode mismatch');
    },
    outcome(environment, outcome) {
      if (outcome.kind === 'failed') watch.failed(environment, outcome.fault, outcome.detail);
      if (outcome.kind === 'broken') {
        watch.failed(environment, outcome.fault, outcome.fault);
        metrics.broken(environment, outcome.fault);
        log.warn({ environment, fault: outcome.fault, epoch: epoch() }, 'an answer was broken off');
      }
      if (outcome.kind !== 'passed') return;
      // A 401 may mean that the environment's own credentials are wrong: that is for the probes to say, not a sign of health.
      if (outcome.status !== 401) watch.answered(environment, outcome.upstreamMs);
      metrics.upstreamAnswered(environment, outcome.upstreamMs / 1000);
    },
    isInWrongRole: (environment) => wrongRoles.has(environment),
  };
}

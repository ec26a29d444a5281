import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EnvironmentName } from '../mode/mode.ts';
import type { Effect } from '../orca/effect.ts';
import type { ForwardFault } from './fault.ts';
import type { RefusalCode } from './refusal.ts';

/** A request that was answered, whoever made the answer. */
export interface Answered {
  /** A configured name, or `unknown`. */
  readonly partner: string;
  readonly effect: Effect | 'unknown';
  /** null where no environment was asked. */
  readonly environment: EnvironmentName | null;
  readonly status: number;
  readonly seconds: number;
}

export interface GatewayMetrics {
  answered(request: Answered): void;
  upstreamAnswered(environment: EnvironmentName, seconds: number): void;
  refused(code: RefusalCode): void;
  retried(environment: EnvironmentName): void;
  /** An answer ended in the middle. */
  broken(environment: EnvironmentName, fault: ForwardFault): void;
  mismatched(environment: EnvironmentName, facet: 'role' | 'phase'): void;
  up(environment: EnvironmentName, isUp: boolean): void;
  started(): void;
  ended(): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

export function gatewayMetrics(registry: Registry): GatewayMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'hybrid_gateway_requests_total',
    help: 'Requests of partners, by who answered and how',
    labelNames: ['partner', 'effect', 'environment', 'status_class'],
    registers,
  });
  const duration = new Histogram({
    name: 'hybrid_gateway_request_duration_seconds',
    help: 'From the head of a request to the end of its answer',
    labelNames: ['effect', 'environment'],
    buckets: SECONDS,
    registers,
  });
  const upstream = new Histogram({
    name: 'hybrid_gateway_upstream_duration_seconds',
    help: 'From opening a request to the head of the environment’s answer, per attempt',
    labelNames: ['environment'],
    buckets: SECONDS,
    registers,
  });
  const inFlight = new Gauge({
    name: 'hybrid_gateway_requests_in_flight',
    help: 'Requests being answered now',
    registers,
  });
  const retries = new Counter({
    name: 'hybrid_gateway_retries_total',
    help: 'Reads that were sent again, and writes of which no byte had left',
    labelNames: ['environment'],
    registers,
  });
  const broken = new Counter({
    name: 'hybrid_gateway_broken_answers_total',
    help: 'Answers that ended in the middle, by what ended them',
    labelNames: ['environment', 'fault'],
    registers,
  });
  const refusals = new Counter({
    name: 'hybrid_gateway_refusals_total',
    help: 'Answers that the gateway made itself, by code',
    labelNames: ['code'],
    registers,
  });
  const mismatches = new Counter({
    name: 'hybrid_gateway_hybridmode_mismatches_total',
    help: 'Answers whose X-Hybridmode was not the one expected of the environment',
    labelNames: ['environment', 'facet'],
    registers,
  });
  const environmentUp = new Gauge({
    name: 'hybrid_gateway_environment_up',
    help: '1 where the environment answers as it should, 0 where not',
    labelNames: ['environment'],
    registers,
  });
  return {
    answered({ partner, effect, environment, status, seconds }) {
      const where = environment ?? 'none';
      requests.inc({ partner, effect, environment: where, status_class: `${Math.floor(status / 100)}xx` });
      duration.observe({ effect, environment: where }, seconds);
    },
    upstreamAnswered: (environment, seconds) => upstream.observe({ environment }, seconds),
    refused: (code) => refusals.inc({ code }),
    broken: (environment, fault) => broken.inc({ environment, fault }),
    retried: (environment) => retries.inc({ environment }),
    mismatched: (environment, facet) => mismatches.inc({ environment, facet }),
    up: (environment, isUp) => environmentUp.set({ environment }, isUp ? 1 : 0),
    started: () => inFlight.inc(),
    ended: () => inFlight.dec(),
  };
}

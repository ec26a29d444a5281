import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { ConfirmOutcome, SwitchOutcome } from './switch/outcome.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'];

export interface ControlMetrics {
  /** @param route the template, never the path itself; null where no route matched */
  answered(route: string | null, method: string, status: number): void;
  switched(outcome: SwitchOutcome['kind'] | ConfirmOutcome['kind'], seconds: number): void;
  streams(open: number): void;
  /** Unknown outcomes that nobody has ticked off. */
  outcomes(open: number): void;
}

/** The control API's own figures, in `registry`. */
export function createControlMetrics(registry: Registry): ControlMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'hybrid_gateway_control_requests_total',
    help: 'Requests to the control API that were answered or broken off, by route template and status class.',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const switches = new Counter({
    name: 'hybrid_gateway_switches_total',
    help: 'Switches and confirmations that were asked for, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'hybrid_gateway_switch_duration_seconds',
    help: 'From the request for a switch or confirmation to its outcome, preflight and waiting included.',
    labelNames: ['outcome'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const streams = new Gauge({
    name: 'hybrid_gateway_control_event_streams',
    help: 'Event streams that are open.',
    registers,
  });
  const outcomes = new Gauge({
    name: 'hybrid_gateway_outcomes_open',
    help: 'Writes that may or may not be in their environment, and that nobody has ticked off.',
    registers,
  });
  return {
    answered(route, method, status) {
      const known = METHODS.includes(method) ? method : 'other';
      requests.inc({ route: route ?? 'none', method: known, status: `${Math.floor(status / 100)}xx` });
    },
    switched(outcome, seconds) {
      switches.inc({ outcome });
      duration.observe({ outcome }, seconds);
    },
    streams(open) {
      streams.set(open);
    },
    outcomes(open) {
      outcomes.set(open);
    },
  };
}

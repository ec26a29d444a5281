import type { EnvironmentName } from '../mode/mode.ts';
import type { ForwardFault } from './fault.ts';
import { causeOfFault, observe, unknownHealth, type Health, type Sign } from './health.ts';
import type { HealthOptions } from './options.ts';
import { probe } from './probe.ts';
import type { EnvironmentStatus } from './status.ts';
import type { Upstream } from './upstream.ts';

/** Watches the environments: asks them every so often, and listens to what partners' requests tell. */
export interface Monitor {
  /** A request was answered, and how fast. */
  answered(name: EnvironmentName, latencyMs: number): void;
  /** What the environment said of itself in `X-Hybridmode`. */
  announced(name: EnvironmentName, value: string): void;
  failed(name: EnvironmentName, fault: ForwardFault, detail: string): void;
  status(name: EnvironmentName): EnvironmentStatus | null;
  statuses(): EnvironmentStatus[];
  onChange(listener: (status: EnvironmentStatus) => void): () => void;
  stop(): void;
}

export function monitor(
  upstreams: ReadonlyMap<EnvironmentName, Upstream>,
  options: HealthOptions,
  nowMs: () => number = Date.now,
): Monitor {
  const healths = new Map<EnvironmentName, Health>();
  for (const name of upstreams.keys()) healths.set(name, unknownHealth(nowMs()));
  const listeners = new Set<(status: EnvironmentStatus) => void>();
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;

  function note(name: EnvironmentName, sign: Sign): void {
    const before = healths.get(name);
    if (before === undefined || isStopped) return;
    const after = observe(before, sign, options, nowMs());
    healths.set(name, after);
    if (after.health !== before.health || after.cause !== before.cause) tell(name);
  }

  function hear(name: EnvironmentName, announced: string): void {
    const health = healths.get(name);
    if (health === undefined || health.announced === announced || isStopped) return;
    healths.set(name, { ...health, announced });
    tell(name);
  }

  function tell(name: EnvironmentName): void {
    const status = statusOf(name);
    if (status !== null) for (const listener of listeners) listener(status);
  }

  function statusOf(name: EnvironmentName): EnvironmentStatus | null {
    const health = healths.get(name);
    const upstream = upstreams.get(name);
    if (health === undefined || upstream === undefined) return null;
    return {
      name,
      kind: upstream.environment.options.kind,
      health: health.health,
      cause: health.cause,
      detail: health.detail,
      since: new Date(health.sinceMs).toISOString(),
      lastAnswerAt: health.lastAnswerMs === null ? null : new Date(health.lastAnswerMs).toISOString(),
      latencyMs: health.latencyMs === null ? null : Math.round(health.latencyMs * 10) / 10,
      announced: health.announced,
      inFlight: upstream.gate.inside,
    };
  }

  async function watch(upstream: Upstream): Promise<void> {
    const { sign, announced } = await probe(upstream);
    note(upstream.name, sign);
    if (announced !== null) hear(upstream.name, announced);
    if (isStopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void watch(upstream);
    }, options.everyMs);
    timer.unref();
    timers.add(timer);
  }
  if (options.everyMs > 0) for (const upstream of upstreams.values()) void watch(upstream);

  return {
    answered: (name, latencyMs) => note(name, { kind: 'well', latencyMs }),
    announced: hear,
    failed(name, fault, detail) {
      const cause = causeOfFault(fault);
      if (cause !== null) note(name, { kind: 'ill', cause, detail });
    },
    status: statusOf,
    statuses: () => [...upstreams.keys()].map(statusOf).filter((status) => status !== null),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

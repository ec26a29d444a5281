import { setTimeout as wait } from 'node:timers/promises';
import { CORES, type Child, type Children } from './children.ts';
import type { Running } from './contestants.ts';
import type { Load, Outcome } from './loads.ts';
import { coresBusySeconds, cpuSeconds, familyCpuSeconds, forgetPeak, peakMiB } from './proc.ts';

export interface Sample {
  readonly perSecond: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** User and system time of the proxy per unit; null for `direct`. */
  readonly cpuMicros: number | null;
  readonly peakMiB: number | null;
  /** The share of its core that the proxy used: below 1, something else was the limit. */
  readonly proxyShare: number | null;
  /** The greater share of the two cores that went to processes which have no part in this. */
  readonly foreignShare: number;
}

export type Measured = { readonly kind: 'sample'; readonly sample: Sample } | Exclude<Outcome, { kind: 'measured' }>;

export interface Stage {
  readonly children: Children;
  readonly origin: Child;
  readonly running: readonly Running[];
}

// Beyond this, what a sample shows is the neighbours.
const DISTURBED_SHARE = 0.04;

const CALM_SHARE = 0.1;
const LOOK_MS = 500;

export interface Care {
  readonly seconds: number;
  /** How long a calm moment is waited for before each sample. */
  readonly patienceSeconds: number;
  /** How often a disturbed sample is taken again. */
  readonly repeats: number;
}

/** One sample, taken again where other processes disturbed it; then the least disturbed one. */
export async function measureCalmly(load: Load, one: Running, stage: Stage, care: Care): Promise<Measured> {
  await calm(care.patienceSeconds);
  let best = await measure(load, one, stage, care.seconds);
  for (let i = 0; i < care.repeats && best.kind === 'sample' && best.sample.foreignShare > DISTURBED_SHARE; i += 1) {
    await calm(care.patienceSeconds);
    const next = await measure(load, one, stage, care.seconds);
    if (next.kind === 'sample' && next.sample.foreignShare < best.sample.foreignShare) best = next;
  }
  return best;
}

/** Resolves when both cores have had next to nothing to do for a moment, or after `withinSeconds`. */
async function calm(withinSeconds: number): Promise<void> {
  const until = performance.now() + withinSeconds * 1000;
  while (performance.now() < until) {
    const before = coresBusySeconds();
    await wait(LOOK_MS);
    const after = coresBusySeconds();
    const shares = Object.values(CORES).map((core) => ((after[core] ?? 0) - (before[core] ?? 0)) / (LOOK_MS / 1000));
    if (Math.max(...shares) < CALM_SHARE) return;
  }
}

async function measure(load: Load, one: Running, stage: Stage, seconds: number): Promise<Measured> {
  const { child } = one;
  if (child !== null) forgetPeak(child.pid);
  const before = spent(one, stage);
  const outcome = await load.run(stage.children, one.port, seconds);
  const after = spent(one, stage);
  if (child?.hasEnded) throw child.failed('ended under load');
  if (outcome.kind !== 'measured') return outcome;
  const cpu = after.own - before.own;
  const wall = after.at - before.at;
  return {
    kind: 'sample',
    sample: {
      perSecond: outcome.units / outcome.seconds,
      p50Ms: outcome.p50Ms,
      p99Ms: outcome.p99Ms,
      cpuMicros: child === null ? null : (cpu * 1e6) / outcome.units,
      peakMiB: child === null ? null : peakMiB(child.pid),
      proxyShare: child === null ? null : cpu / outcome.seconds,
      foreignShare: Math.max(0, ...after.foreign.map((core, i) => (core - (before.foreign[i] ?? 0)) / wall)),
    },
  };
}

/** What the proxy has used so far, and what each of the two cores gave to strangers. */
function spent({ child }: Running, { origin, running }: Stage) {
  const cores = coresBusySeconds();
  const proxies = running.reduce((sum, other) => sum + (other.child === null ? 0 : cpuSeconds(other.child.pid)), 0);
  const load = cpuSeconds(origin.pid) + familyCpuSeconds();
  return {
    at: performance.now() / 1000,
    own: child === null ? 0 : cpuSeconds(child.pid),
    foreign: [(cores[CORES.load] ?? 0) - load, (cores[CORES.proxy] ?? 0) - proxies],
  };
}

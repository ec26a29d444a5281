import type { Answer } from './partner.ts';
import { percentile } from '../bench/statistics.ts';

/** How long partners waited, in milliseconds. */
export interface Pauses {
  readonly count: number;
  readonly p50: number;
  readonly p999: number;
  readonly longest: number;
}

export function pausesOf(answers: readonly Answer[]): Pauses {
  const waits = Float64Array.from(answers, ({ askedAt, answeredAt }) => answeredAt - askedAt);
  return {
    count: waits.length,
    p50: percentile(waits, 0.5),
    p999: percentile(waits, 0.999),
    longest: percentile(waits, 1),
  };
}

export function say({ count, p50, p999, longest }: Pauses): string {
  return `${count} answers, p50 ${p50.toFixed(1)}, p99.9 ${p999.toFixed(1)}, longest ${longest.toFixed(1)} ms`;
}

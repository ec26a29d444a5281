/** The middle of the values, or the mean of the two in the middle; NaN where there are none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The value below which the share `p` (0…1) of the values lies (nearest rank); NaN where there are none. */
export function percentile(values: readonly number[] | Float64Array, p: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * Round by round, each value over its base, and the median of that: what disturbed a whole round disturbs both sides of
 * its ratio. Rounds that either side lacks are left out.
 */
export function medianRatio(values: readonly (number | null)[], bases: readonly (number | null)[]): number {
  const ratios = values.flatMap((value, round) => {
    const base = bases[round] ?? null;
    return value === null || base === null || base === 0 ? [] : [value / base];
  });
  return median(ratios);
}

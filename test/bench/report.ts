import { BASE } from './contestants.ts';
import type { Load } from './loads.ts';
import type { Measured, Sample } from './measure.ts';
import { median, medianRatio } from './statistics.ts';

export interface Row {
  readonly name: string;
  /** One per round. */
  readonly rounds: readonly Measured[];
}

/** Medians over the rounds. Ratios are against bare http-proxy-3 of the same round; null where it took no part. */
export interface Summary {
  readonly name: string;
  readonly ratio: number | null;
  readonly cpuRatio: number | null;
  readonly median: Sample;
}

export interface Result {
  readonly load: Pick<Load, 'name' | 'title' | 'unit'>;
  readonly rows: readonly Row[];
}

/** A row in figures, or in words why there are none. */
export function summarise(row: Row, rows: readonly Row[]): Summary | string {
  const samples = samplesOf(row);
  const [first] = row.rounds;
  if (samples.every((sample) => sample === null))
    return first?.kind === 'not offered' ? `not offered: ${first.why}` : '';
  const base = samplesOf(rows.find(({ name }) => name === BASE) ?? { name: BASE, rounds: [] });
  const ratio = (pick: (sample: Sample) => number | null): number | null => {
    const value = medianRatio(
      samples.map((one) => one && pick(one)),
      base.map((one) => one && pick(one)),
    );
    return Number.isNaN(value) ? null : value;
  };
  const middle = (pick: (sample: Sample) => number | null): number | null => {
    const value = median(samples.flatMap((one) => (one === null ? [] : (pick(one) ?? []))));
    return Number.isNaN(value) ? null : value;
  };
  return {
    name: row.name,
    ratio: ratio((one) => one.perSecond),
    cpuRatio: ratio((one) => one.cpuMicros),
    median: {
      perSecond: middle((one) => one.perSecond) ?? 0,
      p50Ms: middle((one) => one.p50Ms),
      p99Ms: middle((one) => one.p99Ms),
      cpuMicros: middle((one) => one.cpuMicros),
      peakMiB: middle((one) => one.peakMiB),
      proxyShare: middle((one) => one.proxyShare),
      foreignShare: middle((one) => one.foreignShare) ?? 0,
    },
  };
}

function samplesOf({ rounds }: Row): (Sample | null)[] {
  return rounds.map((one) => (one.kind === 'sample' ? one.sample : null));
}

/** One load as a table in Markdown. */
export function table({ load, rows }: Result): string {
  const head = [
    '',
    '×',
    `${load.unit}s/s`.replace('MBs', 'MB'),
    'p50 ms',
    'p99 ms',
    `CPU µs/${load.unit}`,
    'CPU ×',
    'peak MiB',
    'its core',
    'others',
  ];
  const lines = rows.map((row) => {
    const summary = summarise(row, rows);
    if (typeof summary === 'string') return [row.name, summary, ...head.slice(2).map(() => '')];
    const { ratio, cpuRatio, median: one } = summary;
    return [
      row.name,
      figure(ratio, 2),
      figure(one.perSecond, 0),
      figure(one.p50Ms, 2),
      figure(one.p99Ms, 2),
      figure(one.cpuMicros, 1),
      figure(cpuRatio, 2),
      figure(one.peakMiB, 0),
      share(one.proxyShare),
      share(one.foreignShare),
    ];
  });
  const widths = head.map((title, i) =>
    Math.max(
      ...[head, ...lines].map((line) => (i > 0 && (line[1] ?? '').length > 9 ? 0 : (line[i] ?? '').length)),
      title.length,
    ),
  );
  const print = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [`### ${load.title}`, '', print(head), print(rule), ...lines.map(print)].join('\n');
}

function figure(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits);
}

function share(value: number | null): string {
  return value === null ? '–' : `${Math.round(value * 100)} %`;
}

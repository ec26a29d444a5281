import { median } from './statistics.ts';
import type { SwitchSample } from './switch-sample.ts';

const COLUMNS: readonly (readonly [title: string, of: keyof SwitchSample, digits: number])[] = [
  ['command ms', 'commandMs', 1],
  ['first new answer ms', 'firstNewMs', 1],
  ['failed', 'failed', 0],
  ['old answers after the return', 'oldAfter', 0],
  ['last of them ms', 'lastOldMs', 1],
  ['writes held ms', 'heldMs', 1],
  ['longest wait ms', 'longestMs', 1],
];

/** Rows with the median of their samples, and the least and the most, in Markdown. */
export function switchTable(
  rows: readonly { readonly name: string; readonly samples: readonly SwitchSample[] }[],
): string {
  const lines = rows.map(({ name, samples }) => [
    name,
    ...COLUMNS.map(([, of, digits]) => {
      const figures = samples.map((sample) => sample[of]);
      const [least, middle, most] = [Math.min(...figures), median(figures), Math.max(...figures)];
      return `${middle.toFixed(digits)} (${least.toFixed(digits)} … ${most.toFixed(digits)})`;
    }),
  ]);
  const head = ['', ...COLUMNS.map(([title]) => title)];
  const widths = head.map((title, i) => Math.max(title.length, ...lines.map((line) => (line[i] ?? '').length)));
  const print = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [print(head), print(rule), ...lines.map(print)].join('\n');
}

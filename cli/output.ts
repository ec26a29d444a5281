import { stripVTControlCharacters } from 'node:util';
import type { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where a command's lines go. */
export interface Output {
  /** What was asked for. */
  line(text: string): void;
  /** What happened beside it. */
  note(text: string): void;
  /** The text, coloured where the lines go to a terminal that wants colours. */
  styled(style: Style, text: string): string;
  /** Asks a question on the terminal; null where there is none. */
  ask: ((question: string) => Promise<boolean>) | null;
}

/** One line of somebody else's text, without anything that could steer the terminal. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
}

/** Rows with their columns under each other; Japanese characters are two columns wide. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, width(cell))));
  return rows.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  );
}

const WIDE = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/;

function width(text: string): number {
  return Array.from(text).reduce((columns, character) => columns + (WIDE.test(character) ? 2 : 1), 0);
}

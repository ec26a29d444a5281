import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { whyNot } from './disk.ts';
import type { Problem } from './document.ts';

/** The file cannot be used; `problems` has everything that is wrong with it, in the order of the text. */
export class ConfigError extends Error {
  readonly code = 'CONFIG';
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const inOrder = problems.toSorted((one, other) => one.line - other.line || one.column - other.column);
    const lines = inOrder.map(({ path, line, column, message }) => {
      return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
    });
    super(lines.join('\n'));
    this.name = 'ConfigError';
    this.file = file;
    this.problems = inOrder;
  }
}

/** The text of a configuration file. Throws ConfigError where there is none. */
export async function readConfigFile(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    const message = `the file ${whyNot(error)}; deploy/hybrid.example.yaml shows what a configuration looks like`;
    throw new ConfigError(file, [{ path: '', line: 1, column: 1, message }]);
  });
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const message = 'expected UTF-8 text, got another encoding (Shift_JIS or UTF-16?); save the file as UTF-8';
  throw new ConfigError(file, [{ path: '', line: firstLineNotUtf8(bytes), column: 1, message }]);
}

function firstLineNotUtf8(bytes: Buffer): number {
  const lines = bytes.toString('latin1').split('\n');
  return Math.max(1, lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1'))) + 1);
}

import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { DumpError, END_OF_ROWS } from './archive.ts';
import { readArchive, type ArchivedTable } from './archive-read.ts';
import { refill, type Incoming } from './fill.ts';
import type { Clinic } from './open.ts';
import { DUMPED_TABLES } from './schema.ts';
import { SCHEMA_VERSION } from './seed.ts';
import { cellOf, type Cell, type Column } from './tables.ts';

const ROWS_AT_ONCE = 200;
// As PostgreSQL's COPY writes them.
const ESCAPED: Readonly<Record<string, string>> = {
  '\\b': '\b',
  '\\f': '\f',
  '\\v': '\v',
  '\\\\': '\\',
  '\\n': '\n',
  '\\r': '\r',
  '\\t': '\t',
};
/** WebORCA's import of a UTF-8 dump replaces these; a restored clinic is not byte for byte the one that was dumped. */
export const REWRITTEN: Readonly<Record<string, string>> = { 髙: '高', '～': '〜', '－': '−', '￥': '¥', '∑': '?' };

const inflated = promisify(inflate);

export interface RestoreOptions {
  /** Replace the characters that WebORCA's own import replaces. */
  readonly isRewriting?: boolean;
}

/**
 * Puts a dump in the place of everything the clinic holds, or throws DumpError and leaves all as it was. Calls go on
 * meanwhile. Gives the number of rows.
 */
export async function restoreClinic(clinic: Clinic, dump: Buffer, options: RestoreOptions = {}): Promise<number> {
  const found = readArchive(dump);
  const texts = new Map<string, Buffer>();
  for (const table of DUMPED_TABLES) texts.set(table, await textOf(table, found.get(table)));
  checkVersion(texts.get('tbl_dbkanri')?.toString('utf8').split('\n')[0]?.split('\t')[1] ?? '');
  return refill(clinic, (table): Incoming => ({
    columns: found.get(table)?.columns ?? [],
    rows: (columns) => rowsIn(texts.get(table) ?? Buffer.alloc(0), columns, options),
  }));
}

/** Throws DumpError where this program is older than the data. */
export function checkVersion(version: string): void {
  if (version <= SCHEMA_VERSION) return;
  throw new DumpError(`the dump's database ${version} is newer than this program's ${SCHEMA_VERSION}`);
}

async function textOf(table: string, archived: ArchivedTable | undefined): Promise<Buffer> {
  if (archived === undefined) throw new DumpError(`the dump has no ${table}`);
  try {
    const text = await inflated(archived.packed);
    return text.subarray(0, text.lastIndexOf(END_OF_ROWS));
  } catch (error) {
    throw new DumpError('the dump is damaged', { cause: error });
  }
}

async function* rowsIn(
  text: Buffer,
  columns: readonly Column[],
  { isRewriting = false }: RestoreOptions,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  let rows: (readonly Cell[])[] = [];
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    rows.push(cellsOf(text.toString('utf8', from, to), columns, isRewriting));
    from = to + 1;
    if (rows.length < ROWS_AT_ONCE) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}

function cellsOf(line: string, columns: readonly Column[], isRewriting: boolean): readonly Cell[] {
  const texts = line.split('\t');
  return columns.map((column, index) => {
    const cell = cellOf(unescaped(texts[index] ?? ''), column);
    return isRewriting && typeof cell === 'string'
      ? cell.replace(/[髙～－￥∑]/g, (mark) => REWRITTEN[mark] ?? mark)
      : cell;
  });
}

function unescaped(text: string): string | null {
  if (text === '\\N') return null;
  return text.includes('\\') ? text.replace(/\\[\\bfnrtv]/g, (mark) => ESCAPED[mark] ?? mark) : text;
}

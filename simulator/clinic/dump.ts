import { createHash } from 'node:crypto';
import { DumpError, readArchive, writeArchive, type ArchiveTable } from './archive.ts';
import type { Clinic } from './open.ts';
import { DUMPED_TABLES, EMPTIED_TABLES } from './schema.ts';
import { SCHEMA_VERSION } from './seed.ts';

export { DumpError } from './archive.ts';

type Cell = string | number | null;

function columnsOf(clinic: Clinic, table: string): ArchiveTable['columns'] {
  return clinic.db
    .prepare<[string], { name: string; type: string; pk: number }>(`select name, type, pk from pragma_table_info(?)`)
    .all(table)
    .map(({ name, type, pk }) => ({ name, type: type.toLowerCase() === 'integer' ? 'bigint' : 'text', isKey: pk > 0 }));
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const ESCAPED: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\r': '\r', '\\t': '\t' };

function escaped(cell: Cell): string {
  if (cell === null) return '\\N';
  return typeof cell === 'number' ? String(cell) : cell.replace(/[\\\n\r\t]/g, (mark) => ESCAPES[mark] ?? mark);
}

function* copyLines(clinic: Clinic, table: string): Generator<string> {
  const rows = clinic.db.prepare<[], Cell[]>(`select * from ${table} order by rowid`).raw().iterate();
  for (const row of rows) yield `${row.map(escaped).join('\t')}\n`;
}

/** The clinic's whole data as one pg_dump -Fc file. */
export function dumpClinic(clinic: Clinic, at: Date): Buffer {
  const tables = DUMPED_TABLES.map((name) => ({
    name,
    columns: columnsOf(clinic, name),
    copy: [...copyLines(clinic, name)].join(''),
  }));
  return writeArchive(tables, at);
}

/** A fingerprint of what a dump carries: two clinics with the same one hold the same. */
export function clinicDigest(clinic: Clinic): string {
  const digest = createHash('sha256');
  for (const table of DUMPED_TABLES) {
    digest.update(`${table}\n`);
    for (const line of [...copyLines(clinic, table)].sort()) digest.update(line);
  }
  return digest.digest('hex');
}

// WebORCA's import of a UTF-8 dump replaces these; a restored clinic is not byte for byte the one that was dumped.
const REWRITTEN: Readonly<Record<string, string>> = { 髙: '高', '～': '〜', '－': '−', '￥': '¥', '∑': '?' };

export interface RestoreOptions {
  /** Replace the characters that WebORCA's own import replaces. */
  readonly isRewriting?: boolean;
}

/**
 * Puts a dump in the place of everything the clinic holds, or throws DumpError and leaves all as it was. Locks,
 * conversations and pushes are gone afterwards, as after WebORCA's own import. Gives the number of rows.
 */
export function restoreClinic(clinic: Clinic, dump: Buffer, { isRewriting = false }: RestoreOptions = {}): number {
  const found = readArchive(dump);
  for (const table of DUMPED_TABLES) {
    if (!found.has(table)) throw new DumpError(`the dump has no ${table}`);
  }
  const version = found.get('tbl_dbkanri')?.copy.split('\n')[0]?.split('\t')[1] ?? '';
  if (version > SCHEMA_VERSION)
    throw new DumpError(`the dump's database ${version} is newer than this program's ${SCHEMA_VERSION}`);
  return clinic.transact(() => {
    let restored = 0;
    for (const table of EMPTIED_TABLES) clinic.db.exec(`delete from ${table}`);
    for (const table of DUMPED_TABLES) {
      clinic.db.exec(`delete from ${table}`);
      const { columns, copy } = found.get(table) ?? { columns: [], copy: '' };
      const known = new Map(columnsOf(clinic, table).map((column) => [column.name, column.type]));
      if (columns.some((column) => !known.has(column))) throw new DumpError(`the dump's ${table} has unknown columns`);
      const insert = clinic.db.prepare<Cell[]>(
        `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
      );
      for (const line of copy.split('\n')) {
        if (line === '') continue;
        const cells = line
          .split('\t')
          .map((cell, index) => unescaped(cell, known.get(columns[index] ?? ''), isRewriting));
        insert.run(...cells);
        restored++;
      }
    }
    clinic.forget();
    return restored;
  });
}

function unescaped(cell: string, type: 'text' | 'bigint' | undefined, isRewriting: boolean): Cell {
  if (cell === '\\N') return null;
  if (type === 'bigint') return Number(cell);
  const text = cell.includes('\\') ? cell.replace(/\\[\\nrt]/g, (mark) => ESCAPED[mark] ?? mark) : cell;
  return isRewriting ? text.replace(/[髙～－￥∑]/g, (mark) => REWRITTEN[mark] ?? mark) : text;
}

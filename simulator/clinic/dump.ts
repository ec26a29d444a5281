import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createDeflate } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { END_OF_ROWS } from './archive.ts';
import { writeArchive, type ArchiveTable } from './archive-write.ts';
import type { Clinic } from './open.ts';
import { DUMPED_TABLES } from './schema.ts';
import { columnsOf, type Cell } from './tables.ts';

// Some milliseconds of work between two turns of the others.
const PIECE_CHARACTERS = 64 * 1024;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(cell: Cell): string {
  if (cell === null) return '\\N';
  return typeof cell === 'number' ? String(cell) : cell.replace(/[\\\n\r\t]/g, (mark) => ESCAPES[mark] ?? mark);
}

function* copyLines(db: Database, table: string): Generator<string> {
  const rows = db.prepare<[], Cell[]>(`select * from ${table} order by rowid`).raw().iterate();
  for (const row of rows) yield `${row.map(escaped).join('\t')}\n`;
}

function* copyPieces(db: Database, table: string): Generator<string> {
  let piece = '';
  for (const line of copyLines(db, table)) {
    piece += line;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}${END_OF_ROWS}\n\n`;
}

async function archived(db: Database, name: string): Promise<ArchiveTable> {
  const pieces: Buffer[] = [];
  // The compression runs beside the program, which asks for the next rows only when the last are done.
  await pipeline(copyPieces(db, name), createDeflate({ level: 3 }), async (packed: AsyncIterable<Buffer>) => {
    for await (const piece of packed) pieces.push(piece);
  });
  return { name, columns: columnsOf(db, name), packed: Buffer.concat(pieces) };
}

/** The clinic's whole data, as it is now, in one pg_dump -Fc file. Calls go on meanwhile. */
export async function dumpClinic(clinic: Clinic, at: Date): Promise<Buffer> {
  const db = clinic.snapshot();
  try {
    const tables: ArchiveTable[] = [];
    for (const name of DUMPED_TABLES) tables.push(await archived(db, name));
    return writeArchive(tables, at);
  } finally {
    db.close();
  }
}

/** A fingerprint of what a dump carries: two clinics with the same one hold the same. */
export function clinicDigest({ db }: Pick<Clinic, 'db'>): string {
  const digest = createHash('sha256');
  for (const table of DUMPED_TABLES) {
    digest.update(`${table}\n`);
    for (const line of [...copyLines(db, table)].sort()) digest.update(line);
  }
  return digest.digest('hex');
}

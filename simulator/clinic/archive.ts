import { deflateSync, inflateSync } from 'node:zlib';

/** A file that is no archive of ours, or not a whole one. Nothing was restored. */
export class DumpError extends Error {
  readonly code = 'DUMP';
}

export interface ArchiveTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: 'text' | 'bigint'; readonly isKey: boolean }[];
  /** Rows in COPY's text format. */
  readonly copy: string;
}

// pg_dump -Fc, archive version 1.14 (PostgreSQL 12 to 15), so that pg_restore reads what the simulator dumps.
const MAGIC = 'PGDMP';
const VERSION = [1, 14, 0] as const;
const INT_SIZE = 4;
const OFFSET_SIZE = 8;
const FORMAT_CUSTOM = 1;
const OFFSET_SET = 2;
const OFFSET_NO_DATA = 3;
const BLOCK_DATA = 1;
const PIECE = 256 * 1024;
const SECTION = { pre: 2, data: 3 } as const;

class Writer {
  readonly #pieces: Buffer[] = [];
  length = 0;

  bytes(piece: Buffer): void {
    this.#pieces.push(piece);
    this.length += piece.length;
  }
  byte(value: number): void {
    this.bytes(Buffer.from([value]));
  }
  int(value: number): void {
    const piece = Buffer.alloc(1 + INT_SIZE);
    piece.writeUInt8(value < 0 ? 1 : 0);
    piece.writeUInt32LE(Math.abs(value), 1);
    this.bytes(piece);
  }
  text(value: string | null): void {
    if (value === null) {
      this.int(-1);
      return;
    }
    const piece = Buffer.from(value);
    this.int(piece.length);
    this.bytes(piece);
  }
  /** Gives where the offset stands, so that it can be set once it is known. */
  offset(flag: number): number {
    const piece = Buffer.alloc(1 + OFFSET_SIZE);
    piece.writeUInt8(flag);
    this.bytes(piece);
    return this.length - OFFSET_SIZE;
  }
  done(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}

interface Entry {
  readonly tag: string;
  readonly desc: string;
  readonly section: number;
  readonly defn: string;
  readonly drop: string;
  readonly copy: string;
  readonly needs: readonly number[];
  readonly data: string | null;
}

function entriesOf(tables: readonly ArchiveTable[]): readonly Entry[] {
  const settings: readonly Entry[] = [
    setting('ENCODING', `SET client_encoding = 'UTF8';\n`),
    setting('STDSTRINGS', `SET standard_conforming_strings = 'on';\n`),
    setting('SEARCHPATH', `SELECT pg_catalog.set_config('search_path', '', false);\n`),
  ];
  const made = tables.map((table): Entry => {
    const keys = table.columns.filter((column) => column.isKey).map((column) => column.name);
    const lines = table.columns.map((column) => `    ${column.name} ${column.type}`);
    if (keys.length > 0) lines.push(`    PRIMARY KEY (${keys.join(', ')})`);
    return {
      tag: table.name,
      desc: 'TABLE',
      section: SECTION.pre,
      defn: `CREATE TABLE public.${table.name} (\n${lines.join(',\n')}\n);\n`,
      drop: `DROP TABLE public.${table.name};\n`,
      copy: '',
      needs: [],
      data: null,
    };
  });
  const filled = tables.map((table, index): Entry => {
    const columns = table.columns.map((column) => column.name).join(', ');
    return {
      tag: table.name,
      desc: 'TABLE DATA',
      section: SECTION.data,
      defn: '',
      drop: '',
      copy: `COPY public.${table.name} (${columns}) FROM stdin;\n`,
      needs: [settings.length + index + 1],
      data: table.copy,
    };
  });
  return [...settings, ...made, ...filled];
}

function setting(desc: string, defn: string): Entry {
  return { tag: desc, desc, section: SECTION.pre, defn, drop: '', copy: '', needs: [], data: null };
}

/** Writes the tables as a custom-format archive. */
export function writeArchive(tables: readonly ArchiveTable[], at: Date): Buffer {
  const out = new Writer();
  const entries = entriesOf(tables);
  out.bytes(Buffer.from(MAGIC));
  for (const value of [...VERSION, INT_SIZE, OFFSET_SIZE, FORMAT_CUSTOM]) out.byte(value);
  out.int(6);
  const moment = [at.getUTCSeconds(), at.getUTCMinutes(), at.getUTCHours(), at.getUTCDate(), at.getUTCMonth()];
  for (const value of [...moment, at.getUTCFullYear() - 1900, 0]) out.int(value);
  for (const value of ['orca', '14.0', '14.0']) out.text(value);
  out.int(entries.length);
  const offsets = new Map<number, number>();
  for (const [index, entry] of entries.entries()) {
    out.int(index + 1);
    out.int(entry.data === null ? 0 : 1);
    const isTable = entry.desc.startsWith('TABLE');
    out.text(isTable ? '1259' : '0');
    out.text(isTable ? String(16384 + index) : '0');
    out.text(entry.tag);
    out.text(entry.desc);
    out.int(entry.section);
    for (const value of [entry.defn, entry.drop, entry.copy]) out.text(value);
    out.text(isTable ? 'public' : '');
    out.text('');
    out.text(entry.desc === 'TABLE' ? 'heap' : '');
    out.text(isTable ? 'orca' : '');
    out.text('false');
    for (const need of entry.needs) out.text(String(need));
    out.text(null);
    offsets.set(index, out.offset(entry.data === null ? OFFSET_NO_DATA : OFFSET_SET));
  }
  const starts = new Map<number, number>();
  for (const [index, entry] of entries.entries()) {
    if (entry.data === null) continue;
    starts.set(index, out.length);
    out.byte(BLOCK_DATA);
    out.int(index + 1);
    const packed = deflateSync(Buffer.from(`${entry.data}\\.\n\n\n`), { level: 3 });
    for (let from = 0; from < packed.length; from += PIECE) {
      const piece = packed.subarray(from, from + PIECE);
      out.int(piece.length);
      out.bytes(piece);
    }
    out.int(0);
  }
  const archive = out.done();
  for (const [index, start] of starts) archive.writeBigUInt64LE(BigInt(start), offsets.get(index) ?? 0);
  return archive;
}

class Reader {
  readonly #archive: Buffer;
  #at = 0;

  constructor(archive: Buffer) {
    this.#archive = archive;
  }

  bytes(length: number): Buffer {
    if (this.#at + length > this.#archive.length) throw new DumpError('the dump ends too early');
    this.#at += length;
    return this.#archive.subarray(this.#at - length, this.#at);
  }
  byte(): number {
    return this.bytes(1).readUInt8();
  }
  int(): number {
    const piece = this.bytes(1 + INT_SIZE);
    const size = piece.readUInt32LE(1);
    return piece.readUInt8() === 1 ? -size : size;
  }
  text(): string | null {
    const length = this.int();
    return length < 0 ? null : this.bytes(length).toString('utf8');
  }
}

/** The rows of each table, in COPY's text format. Throws DumpError where the file is not whole. */
export function readArchive(
  archive: Buffer,
): ReadonlyMap<string, { readonly columns: readonly string[]; readonly copy: string }> {
  const from = new Reader(archive);
  if (archive.subarray(0, MAGIC.length).toString('latin1') !== MAGIC)
    throw new DumpError('this is no dump: PGDMP is missing');
  from.bytes(MAGIC.length);
  const numbers = [from.byte(), from.byte(), from.byte(), from.byte(), from.byte(), from.byte()];
  if (numbers.join() !== [...VERSION, INT_SIZE, OFFSET_SIZE, FORMAT_CUSTOM].join()) {
    throw new DumpError('only archives of version 1.14 in the custom format can be restored here');
  }
  for (let field = 0; field < 8; field++) from.int();
  for (let field = 0; field < 3; field++) from.text();
  const tables = new Map<number, { tag: string; columns: readonly string[] }>();
  for (let left = from.int(); left > 0; left--) {
    const id = from.int();
    const hasData = from.int() === 1;
    from.text();
    from.text();
    const tag = from.text() ?? '';
    from.text();
    from.int();
    from.text();
    from.text();
    const columns = /\(([^)]*)\)/.exec(from.text() ?? '')?.[1]?.split(', ') ?? [];
    for (let field = 0; field < 5; field++) from.text();
    while (from.text() !== null);
    from.bytes(1 + OFFSET_SIZE);
    if (hasData) tables.set(id, { tag, columns });
  }
  const rows = new Map<string, { columns: readonly string[]; copy: string }>();
  for (let left = tables.size; left > 0; left--) {
    if (from.byte() !== BLOCK_DATA) throw new DumpError('the dump is damaged');
    const table = tables.get(from.int());
    if (table === undefined) throw new DumpError('the dump is damaged');
    const pieces: Buffer[] = [];
    for (let length = from.int(); length > 0; length = from.int()) pieces.push(from.bytes(length));
    const copy = inflated(Buffer.concat(pieces));
    rows.set(table.tag, { columns: table.columns, copy: copy.slice(0, copy.lastIndexOf('\\.\n')) });
  }
  return rows;
}

function inflated(packed: Buffer): string {
  try {
    return inflateSync(packed).toString('utf8');
  } catch (error) {
    throw new DumpError('the dump is damaged', { cause: error });
  }
}

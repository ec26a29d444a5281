import { BLOCK_DATA, FORMAT_CUSTOM, INT_SIZE, MAGIC, OFFSET_SIZE, VERSION } from './archive.ts';
import { definitionOf, type Column } from './tables.ts';

export interface ArchiveTable {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Rows in COPY's text format, compressed. */
  readonly packed: Buffer;
}

const OFFSET_SET = 2;
const OFFSET_NO_DATA = 3;
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
  readonly data: Buffer | null;
}

function entriesOf(tables: readonly ArchiveTable[]): readonly Entry[] {
  const settings: readonly Entry[] = [
    setting('ENCODING', `SET client_encoding = 'UTF8';\n`),
    setting('STDSTRINGS', `SET standard_conforming_strings = 'on';\n`),
    setting('SEARCHPATH', `SELECT pg_catalog.set_config('search_path', '', false);\n`),
  ];
  const made = tables.map((table): Entry => {
    return {
      tag: table.name,
      desc: 'TABLE',
      section: SECTION.pre,
      defn: `${definitionOf(table.name, table.columns)};\n`,
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
      data: table.packed,
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
    out.text(entry.desc === 'TABLE' ? 'heap' : null);
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
    for (let from = 0; from < entry.data.length; from += PIECE) {
      const piece = entry.data.subarray(from, from + PIECE);
      out.int(piece.length);
      out.bytes(piece);
    }
    out.int(0);
  }
  const archive = out.done();
  for (const [index, start] of starts) archive.writeBigUInt64LE(BigInt(start), offsets.get(index) ?? 0);
  return archive;
}

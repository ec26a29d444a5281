import { BLOCK_DATA, DumpError, FORMAT_CUSTOM, INT_SIZE, MAGIC, OFFSET_SIZE, VERSION } from './archive.ts';

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

/** A table's rows as they lie in the archive. */
export interface ArchivedTable {
  readonly columns: readonly string[];
  readonly packed: Buffer;
}

/** What each table holds. Throws DumpError where the file is not whole. */
export function readArchive(archive: Buffer): ReadonlyMap<string, ArchivedTable> {
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
  const rows = new Map<string, ArchivedTable>();
  for (let left = tables.size; left > 0; left--) {
    if (from.byte() !== BLOCK_DATA) throw new DumpError('the dump is damaged');
    const table = tables.get(from.int());
    if (table === undefined) throw new DumpError('the dump is damaged');
    const pieces: Buffer[] = [];
    for (let length = from.int(); length > 0; length = from.int()) pieces.push(from.bytes(length));
    rows.set(table.tag, { columns: table.columns, packed: Buffer.concat(pieces) });
  }
  return rows;
}

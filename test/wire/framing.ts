/** A field as it stands on the wire: name in its own case, value without the white space around it. */
export type Field = readonly [name: string, value: string];

export type Framing = 'none' | 'length' | 'chunked' | 'close';

export function valuesOf(fields: readonly Field[], name: string): string[] {
  const wanted = name.toLowerCase();
  return fields.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}

const FIELD_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/s;
// RFC 9110 5.5: no control characters; DEL is let through, as parsers in the field do.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0a-\x1f]/;

/** One line of a head, strictly read; null where it is none. */
export function readField(line: string): Field | null {
  const match = FIELD_LINE.exec(line);
  const [, name, value] = match ?? [];
  if (name === undefined || value === undefined || CONTROL.test(value)) return null;
  return [name, value];
}

/** What came out of the bytes handed to a `ChunkReader`. */
export interface Chunks {
  readonly data: readonly Buffer[];
  /** Set once the body has ended: what lies behind it. */
  readonly rest?: Buffer;
  readonly fault?: string;
}

/** Reads a chunked body (RFC 9112 7.1) by the letter: CRLF only, no extensions unless allowed, trailers kept apart. */
export class ChunkReader {
  readonly trailers: Field[] = [];
  #pending: Buffer = Buffer.alloc(0);
  #state: 'size' | 'data' | 'data end' | 'trailer' = 'size';
  #left = 0;
  readonly #size: RegExp;

  constructor({ extensions = false } = {}) {
    // RFC 9112 7.1.1: extensions are legal from a partner, but end at the gateway.
    this.#size = extensions ? /^([0-9A-Fa-f]{1,13})(?:[ \t]*;[^\r\n]*|[ \t]*)$/ : /^([0-9A-Fa-f]{1,8})$/;
  }

  push(bytes: Buffer): Chunks {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const data: Buffer[] = [];
    for (;;) {
      if (this.#state === 'data') {
        const taken = this.#take(Math.min(this.#left, this.#pending.length));
        if (taken.length > 0) data.push(taken);
        this.#left -= taken.length;
        if (this.#left > 0) return { data };
        this.#state = 'data end';
      }
      const line = this.#line();
      if (line === null) return this.#pending.length > 20_000 ? { data, fault: 'an endless chunk line' } : { data };
      if (this.#state === 'data end') {
        if (line !== '') return { data, fault: `bytes behind a chunk: ${line}` };
        this.#state = 'size';
      } else if (this.#state === 'size') {
        const size = this.#size.exec(line)?.[1];
        if (size === undefined) return { data, fault: `not a chunk size: ${line}` };
        this.#left = Number.parseInt(size, 16);
        this.#state = this.#left === 0 ? 'trailer' : 'data';
      } else if (line === '') {
        return { data, rest: this.#take(this.#pending.length) };
      } else {
        const field = readField(line);
        if (field === null) return { data, fault: `not a trailer: ${line}` };
        this.trailers.push(field);
      }
    }
  }

  #take(count: number): Buffer {
    const taken = this.#pending.subarray(0, count);
    this.#pending = this.#pending.subarray(count);
    return taken;
  }

  #line(): string | null {
    const end = this.#pending.indexOf('\r\n');
    if (end < 0) return null;
    const line = this.#take(end + 2);
    return line.toString('latin1', 0, end);
  }
}

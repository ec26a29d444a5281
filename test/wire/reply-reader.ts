import { ChunkReader, readField, valuesOf, type Field, type Framing } from './framing.ts';

/** A final answer as the partner sees it. */
export interface Reply {
  readonly status: number;
  readonly version: string;
  readonly fields: readonly Field[];
  readonly framing: Framing;
  body: Buffer;
  complete: boolean;
  /** What a client could misread in it. */
  readonly faults: string[];
}

/** At most so much of a body is kept. */
const KEPT = 1024 * 1024;

/** Reads replies off the partner's connection as they come, and finds what is wrong with them. */
export class ReplyReader {
  readonly replies: Reply[] = [];
  readonly interim: number[] = [];
  /** Bytes of a tunnel, after a 101. */
  tunnel: Buffer = Buffer.alloc(0);
  /** Set where the bytes are no reply. */
  broken: string | null = null;
  #state: 'head' | 'length' | 'chunked' | 'close' | 'tunnel' = 'head';
  #pending: Buffer = Buffer.alloc(0);
  #left = 0;
  #chunks = new ChunkReader();
  readonly #isHead: boolean;

  constructor(isHead: boolean) {
    this.#isHead = isHead;
  }

  get finished(): number {
    return this.replies.filter((reply) => reply.complete).length;
  }

  /** Bytes of a reply that has not come whole, or none. */
  get isBetweenReplies(): boolean {
    return this.#state === 'head' && this.#pending.length === 0;
  }

  push(bytes: Buffer): void {
    let rest: Buffer | null = bytes;
    while (rest !== null && rest.length > 0 && this.broken === null) rest = this.#read(rest);
  }

  /** The gateway has closed the connection, cleanly or not. */
  end(clean: boolean): void {
    const last = this.replies.at(-1);
    if (this.#state === 'close' && clean && last !== undefined) last.complete = true;
    if (clean && this.#pending.length > 0) this.broken ??= 'the connection ends within the head of a reply';
  }

  #read(bytes: Buffer): Buffer | null {
    if (this.#state === 'tunnel') {
      this.tunnel = Buffer.concat([this.tunnel, bytes]);
      return null;
    }
    if (this.#state === 'head') return this.#readHead(bytes);
    const reply = this.replies.at(-1);
    if (reply === undefined) return null;
    if (this.#state === 'close') {
      keep(reply, bytes);
      return null;
    }
    if (this.#state === 'length') {
      const taken = bytes.subarray(0, this.#left);
      this.#left -= taken.length;
      keep(reply, taken);
      if (this.#left === 0) this.#finish(reply);
      return bytes.subarray(taken.length);
    }
    const { data, rest, fault } = this.#chunks.push(bytes);
    for (const part of data) keep(reply, part);
    if (fault !== undefined) this.broken = fault;
    if (rest === undefined) return null;
    if (this.#chunks.trailers.length > 0) {
      reply.faults.push(`trailers: ${this.#chunks.trailers.map(([name, value]) => `${name}: ${value}`).join(', ')}`);
    }
    this.#finish(reply);
    return rest;
  }

  #finish(reply: Reply): void {
    reply.complete = true;
    this.#state = 'head';
  }

  #readHead(bytes: Buffer): Buffer | null {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end < 0) return null;
    const [first = '', ...lines] = this.#pending.toString('latin1', 0, end).split('\r\n');
    const rest = this.#pending.subarray(end + 4);
    this.#pending = Buffer.alloc(0);
    const [, version, code] = /^(HTTP\/1\.[01]) ([1-9][0-9][0-9]) [\t -~\x80-\xff]*$/.exec(first) ?? [];
    if (version === undefined || code === undefined) {
      this.broken = `no status line: ${first}`;
      return null;
    }
    const fields = lines.map(readField);
    const known = fields.filter((field) => field !== null);
    if (known.length < fields.length) this.broken = `no field: ${lines[fields.indexOf(null)]}`;
    const status = Number(code);
    if (status < 200 && status !== 101) {
      this.interim.push(status);
      return rest;
    }
    this.#begin(version, status, known);
    return rest;
  }

  #begin(version: string, status: number, fields: readonly Field[]): void {
    const lengths = valuesOf(fields, 'content-length');
    const codings = valuesOf(fields, 'transfer-encoding');
    const faults: string[] = [];
    if (lengths.length + codings.length > 1) faults.push('more than one framing field in a reply');
    if (lengths.some((length) => !/^[0-9]{1,15}$/.test(length))) {
      this.broken = `Content-Length: ${lengths.join(', ')}`;
      return;
    }
    if (codings.some((coding) => coding !== 'chunked')) faults.push(`Transfer-Encoding: ${codings.join(', ')}`);
    const bodiless = this.#isHead || status === 204 || status === 304 || status === 101;
    // RFC 9110 8.6: no Content-Length in a 204 (nor a coding in a 204 or 101).
    if ((status === 204 || status === 101) && (codings.length > 0 || lengths.some((length) => Number(length) > 0))) {
      faults.push(`a framing field in a ${status}`);
    }
    const framing = bodiless ? 'none' : codings.length > 0 ? 'chunked' : lengths.length > 0 ? 'length' : 'close';
    const reply: Reply = { status, version, fields, framing, body: Buffer.alloc(0), complete: false, faults };
    this.replies.push(reply);
    this.#left = Number(lengths[0] ?? 0);
    if (framing === 'none' || (framing === 'length' && this.#left === 0)) {
      reply.complete = true;
      if (status === 101) this.#state = 'tunnel';
      return;
    }
    if (framing === 'chunked') this.#chunks = new ChunkReader();
    this.#state = framing;
  }
}

function keep(reply: Reply, bytes: Buffer): void {
  if (reply.body.length + bytes.length <= KEPT) reply.body = Buffer.concat([reply.body, bytes]);
}

import { ChunkReader, readField, valuesOf, type Field, type Framing } from './framing.ts';

/** The head of a request, as RFC 9112 reads it. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly fields: readonly Field[];
  readonly framing: Framing;
  /** Of the body, where `framing` is `length`. */
  readonly length: number;
  /** Byte for byte, with the empty line. */
  readonly text: string;
}

export interface RequestListener {
  head(head: RequestHead): void;
  data(bytes: Buffer): void;
  /** `message`: all bytes of the request, or nothing where they are too many. */
  end(trailers: readonly Field[], message: Buffer | null): void;
  /** No request any more: nothing behind this point is read. */
  broken(reason: string): void;
}

/** More than this of one message is not kept. */
const KEPT = 256 * 1024;

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~\x80-\xff]+) (HTTP\/1\.[01])$/;
// RFC 9112 3: a server may take more white space from a client, if it makes the line anew.
const LOOSE_REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]+([!-~\x80-\xff]+)[ \t]+(HTTP\/1\.[01])$/;

/** Whose requests are read: what is legal from a partner may still be wrong from the gateway. */
export type Sender = 'gateway' | 'partner';

/** Why this is no head that a strict server takes, or the head. */
export function readHead(text: string, sender: Sender): RequestHead | string {
  const [first = '', ...lines] = text.slice(0, -4).split('\r\n');
  const [, method, target, version] = (sender === 'gateway' ? REQUEST_LINE : LOOSE_REQUEST_LINE).exec(first) ?? [];
  if (method === undefined || target === undefined || version === undefined) return `no request line: ${first}`;
  const fields: Field[] = [];
  for (const line of lines) {
    const field = readField(line);
    if (field === null) return `no field: ${line}`;
    fields.push(field);
  }
  const hosts = valuesOf(fields, 'host');
  if (hosts.length > 1 || (hosts.length === 0 && version === 'HTTP/1.1')) return `${hosts.length} Host fields`;
  const lengths = valuesOf(fields, 'content-length');
  const codings = valuesOf(fields, 'transfer-encoding');
  if (lengths.length + codings.length > 1) return 'more than one framing field';
  const [length] = lengths;
  const [coding] = codings;
  if (length !== undefined && !/^[0-9]{1,15}$/.test(length)) return `Content-Length: ${length}`;
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return `Transfer-Encoding: ${coding}`;
  if (coding !== undefined && version === 'HTTP/1.0') return 'Transfer-Encoding in HTTP/1.0';
  const framing = coding !== undefined ? 'chunked' : length !== undefined ? 'length' : 'none';
  return { method, target, version, fields, framing, length: Number(length ?? 0), text };
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 0x0d || byte === 0x0a;
}

/** Reads requests off a connection as they come, by RFC 9112 and nothing more. */
export class StrictReader {
  readonly #listener: RequestListener;
  #pending: Buffer = Buffer.alloc(0);
  #message: Buffer[] = [];
  #messageBytes = 0;
  #state: 'head' | 'length' | 'chunked' | 'broken' = 'head';
  #left = 0;
  #chunks = new ChunkReader();
  readonly #sender: Sender;

  constructor(listener: RequestListener, sender: Sender = 'gateway') {
    this.#listener = listener;
    this.#sender = sender;
  }

  /** Bytes that are not yet part of a read head or body. */
  get leftover(): Buffer {
    return this.#pending;
  }

  takeLeftover(): Buffer {
    const taken = this.#pending;
    this.#pending = Buffer.alloc(0);
    return taken;
  }

  get isBetweenMessages(): boolean {
    return this.#state === 'head' && this.#pending.length === 0;
  }

  push(bytes: Buffer): void {
    let rest: Buffer | null = bytes;
    while (rest !== null && rest.length > 0) rest = this.#read(rest);
  }

  #read(bytes: Buffer): Buffer | null {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes);
      case 'length': {
        const taken = bytes.subarray(0, this.#left);
        this.#left -= taken.length;
        this.#keep(taken);
        this.#listener.data(taken);
        if (this.#left === 0) this.#end([]);
        return bytes.subarray(taken.length);
      }
      case 'chunked': {
        const { data, rest, fault } = this.#chunks.push(bytes);
        this.#keep(rest === undefined ? bytes : bytes.subarray(0, bytes.length - rest.length));
        for (const part of data) this.#listener.data(part);
        if (fault !== undefined) return this.#break(fault);
        if (rest === undefined) return null;
        this.#end(this.#chunks.trailers);
        return rest;
      }
      case 'broken':
        return null;
    }
  }

  #readHead(bytes: Buffer): Buffer | null {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    // RFC 9112 2.2: empty lines before a request are passed over; the gateway has no reason to send any.
    while (this.#sender === 'partner' && isLineEnd(this.#pending[0])) this.#pending = this.#pending.subarray(1);
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end < 0) return this.#pending.length > KEPT ? this.#break('an endless head') : null;
    const head = readHead(this.#pending.toString('latin1', 0, end + 4), this.#sender);
    if (typeof head === 'string') return this.#break(head);
    const rest = this.#pending.subarray(end + 4);
    this.#keep(this.#pending.subarray(0, end + 4));
    this.#pending = Buffer.alloc(0);
    this.#listener.head(head);
    if (head.framing === 'chunked') {
      this.#chunks = new ChunkReader({ extensions: this.#sender === 'partner' });
      this.#state = 'chunked';
    } else if (head.length > 0) {
      this.#left = head.length;
      this.#state = 'length';
    } else {
      this.#end([]);
    }
    return rest;
  }

  #keep(bytes: Buffer): void {
    this.#messageBytes += bytes.length;
    if (this.#messageBytes <= KEPT) this.#message.push(bytes);
  }

  #end(trailers: readonly Field[]): void {
    const message = this.#messageBytes <= KEPT ? Buffer.concat(this.#message) : null;
    this.#message = [];
    this.#messageBytes = 0;
    this.#state = 'head';
    this.#listener.end(trailers, message);
  }

  #break(reason: string): null {
    this.#state = 'broken';
    this.#listener.broken(reason);
    return null;
  }
}

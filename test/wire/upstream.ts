import type { Socket } from 'node:net';
import type { Play, Script, Scripts } from './case.ts';
import type { Field } from './framing.ts';
import { CARELESS, readCarelessly } from './lenient-reader.ts';
import { bytesOf, TOKEN_FORM } from './notation.ts';
import { acceptance, dribble, flood, ordinaryAnswer, pause } from './plays.ts';
import { StrictReader, type RequestHead } from './strict-reader.ts';

/** At most so much of a body is kept. */
const KEPT = 256 * 1024;

/** A request that reached an environment, and what became of it there. */
export interface UpstreamRequest {
  readonly environment: string;
  readonly connection: UpstreamConnection;
  readonly head: RequestHead;
  readonly token: string | null;
  /** When its head was whole, as `performance.now()`. */
  readonly at: number;
  body: Buffer;
  bodyBytes: number;
  trailers: readonly Field[];
  complete: boolean;
  /** The environment has sent all it had to send for it, on a connection that may be used again. */
  settled: boolean;
  /** What was received in the tunnel that it became. */
  tunnel: Buffer;
  /** Where a strict and a careless server would differ, or a strict one would refuse. */
  readonly faults: string[];
}

/** Who waits for which token, shared by the environments of one world. */
export interface Book {
  /** The first request of this token has come (`sent` is what reached the environment so far). */
  scriptsOf(token: string): Scripts | undefined;
  record(request: UpstreamRequest): void;
  /** Bytes that no strict reader takes for a request. */
  broken(token: string | null, environment: string, reason: string, bytes: Buffer): void;
}

export function scriptFor(scripts: Scripts | undefined, target: string): Script | undefined {
  if (scripts === undefined || 'plays' in scripts) return scripts;
  const path = target.split('?')[0] ?? '';
  return Object.entries(scripts.byPath).find(([end]) => path.endsWith(end))?.[1];
}

/** One connection from the gateway: everything that came over it, read strictly and carelessly. */
export class UpstreamConnection {
  readonly environment: string;
  readonly requests: UpstreamRequest[] = [];
  closed = false;
  readonly #socket: Socket;
  readonly #book: Book;
  readonly #address: string;
  readonly #reader: StrictReader;
  #waiting: (() => Promise<void>)[] = [];
  #playing = false;
  #tunnel: { request: UpstreamRequest; echo: boolean } | null = null;
  #lastBytes: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, environment: string, address: string, book: Book, onClose: () => void) {
    this.#socket = socket;
    this.environment = environment;
    this.#address = address;
    this.#book = book;
    this.#reader = new StrictReader({
      head: (head) => this.#begin(head),
      data: (bytes) => this.#body(bytes),
      end: (trailers, message) => this.#end(trailers, message),
      broken: (reason) => this.#broken(reason),
    });
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('end', () => socket.end());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
      this.#leftover();
      onClose();
    });
  }

  /** Bytes that the gateway has really taken of what was sent to it. */
  get bytesTaken(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  get isIdle(): boolean {
    return this.closed || (this.#reader.isBetweenMessages && this.requests.every((request) => request.settled));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (this.#tunnel === null) {
      this.#lastBytes = bytes.subarray(0, 4096);
      this.#reader.push(bytes);
      return;
    }
    const { request, echo } = this.#tunnel;
    request.tunnel = Buffer.concat([request.tunnel, bytes]);
    if (echo && this.#socket.writable) this.#socket.write(bytes);
  }

  #begin(head: RequestHead): void {
    const token = TOKEN_FORM.exec(head.text)?.[0] ?? null;
    const request: UpstreamRequest = {
      environment: this.environment,
      connection: this,
      head,
      token,
      at: performance.now(),
      body: Buffer.alloc(0),
      bodyBytes: 0,
      trailers: [],
      complete: false,
      settled: false,
      tunnel: Buffer.alloc(0),
      faults: [],
    };
    this.requests.push(request);
    const script = token === null ? undefined : scriptFor(this.#book.scriptsOf(token), head.target);
    this.#book.record(request);
    if (script?.at === 'head') this.#queue(request, script.plays);
  }

  #body(bytes: Buffer): void {
    const request = this.requests.at(-1);
    if (request === undefined) return;
    request.bodyBytes += bytes.length;
    if (request.bodyBytes <= KEPT) request.body = Buffer.concat([request.body, bytes]);
  }

  #end(trailers: readonly Field[], message: Buffer | null): void {
    const request = this.requests.at(-1);
    if (request === undefined) return;
    request.complete = true;
    request.trailers = [...trailers];
    if (message !== null) request.faults.push(...differences(request, message));
    const script =
      request.token === null ? undefined : scriptFor(this.#book.scriptsOf(request.token), request.head.target);
    if (script === undefined) this.#queue(request, ['ordinary']);
    else if (script.at === 'end') this.#queue(request, script.plays);
  }

  #broken(reason: string): void {
    const bytes = this.#reader.leftover.length > 0 ? this.#reader.leftover : this.#lastBytes;
    const open = this.requests.at(-1);
    const token = TOKEN_FORM.exec(bytes.toString('latin1'))?.[0] ?? open?.token ?? null;
    this.#book.broken(token, this.environment, reason, bytes);
    this.#socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }

  // A head that never ended strictly may have ended for a careless server.
  #leftover(): void {
    const { leftover } = this.#reader;
    if (leftover.length === 0) return;
    const text = leftover.toString('latin1');
    const how = CARELESS.find((how) => readCarelessly(text, 0, how) !== null);
    const token = TOKEN_FORM.exec(text)?.[0] ?? null;
    if (how !== undefined)
      this.#book.broken(token, this.environment, `only a careless server reads it (${how.name})`, leftover);
  }

  #queue(request: UpstreamRequest, plays: readonly Play[]): void {
    this.#waiting.push(() => this.#play(request, plays));
    if (!this.#playing) void this.#next();
  }

  async #next(): Promise<void> {
    this.#playing = true;
    for (let play = this.#waiting.shift(); play !== undefined; play = this.#waiting.shift()) await play();
    this.#playing = false;
  }

  async #play(request: UpstreamRequest, plays: readonly Play[]): Promise<void> {
    for (const play of plays) {
      if (!this.#socket.writable) return;
      if (play === 'silence') return await new Promise((resolve) => this.#socket.once('close', () => resolve()));
      if (play === 'FIN') return void this.#socket.end();
      if (play === 'RST') return void this.#socket.resetAndDestroy();
      if (play === 'echo' || play === 'tunnel') return this.#becomeTunnel(request, play === 'echo');
      if (play === 'ordinary') this.#socket.write(ordinaryAnswer(request));
      else if (play === 'accept') this.#socket.write(acceptance(request, ''));
      else if ('accept' in play) this.#socket.write(acceptance(request, play.accept));
      else if ('send' in play) this.#socket.write(this.#bytes(play.send, request));
      else if ('pauseMs' in play) await pause(play.pauseMs, this.#socket);
      else if ('dribble' in play) await dribble(this.#socket, this.#bytes(play.dribble, request), play.everyMs);
      else await flood(this.#socket, play.flood);
    }
    request.settled = true;
  }

  #becomeTunnel(request: UpstreamRequest, echo: boolean): void {
    this.#tunnel = { request, echo };
    // What came in one segment with the head was taken for the next request.
    setImmediate(() => {
      const early = this.#reader.takeLeftover();
      if (early.length > 0) this.#receive(early);
    });
  }

  #bytes(text: string, request: UpstreamRequest): Buffer {
    return bytesOf(text.replaceAll('{environment}', this.#address), request.token ?? '');
  }
}

function differences(request: UpstreamRequest, message: Buffer): string[] {
  const text = message.toString('latin1');
  return CARELESS.flatMap((how) => {
    const read = readCarelessly(text, 0, how);
    const same =
      read !== null &&
      read.method === request.head.method &&
      read.target === request.head.target &&
      read.end === text.length &&
      read.bodyBytes === request.bodyBytes;
    return same ? [] : [`a careless server reads another request here (${how.name})`];
  });
}

import { EventEmitter, once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';

/** One request as it arrived at a backend. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** Resolves when the request's connection has gone, or its answer was whole. */
  readonly closed: Promise<void>;
  /** Reads the body, whole; rejects where it broke off. A body that nobody asks for is not read. */
  body(): Promise<Buffer>;
}

/** How a backend answers one request. */
export type Script = (seen: Seen, response: ServerResponse) => unknown;

export interface BackendOptions {
  readonly name?: string;
  readonly tls?: ServerOptions;
  readonly script?: Script;
}

/** A WebORCA made of node:http: it records what arrives and answers by script. */
export class Backend {
  readonly name: string;
  readonly requests: Seen[] = [];
  /** Connections that are open now. */
  readonly sockets = new Set<Socket>();
  /** How many connections there ever were. */
  opened = 0;
  /** Answers what no `next` script does. */
  script: Script;
  readonly #next: Script[] = [];
  readonly #tls: ServerOptions | undefined;
  readonly #arrivals = new EventEmitter();
  #server: Server;
  #port = 0;

  private constructor({ name = 'backend', tls, script = ordinarily }: BackendOptions) {
    this.name = name;
    this.script = script;
    this.#tls = tls;
    this.#server = this.#create();
  }

  static async start(options: BackendOptions = {}): Promise<Backend> {
    const backend = new Backend(options);
    await backend.up();
    return backend;
  }

  get port(): number {
    return this.#port;
  }

  get url(): URL {
    return new URL(`${this.#tls ? 'https' : 'http'}://127.0.0.1:${this.#port}`);
  }

  /** Scripts for the next requests, one each, in order. */
  next(...scripts: Script[]): void {
    this.#next.push(...scripts);
  }

  /** Resolves with request number `count` (the first is 1) once it has arrived. */
  async arrival(count = 1): Promise<Seen> {
    while (this.requests.length < count) await once(this.#arrivals, 'request');
    return this.requests[count - 1]!;
  }

  /** The port is closed, and everything that was connected is cut. */
  async down(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Listens, again on the same port. */
  async up(): Promise<void> {
    if (this.#server.listening) return;
    this.#server = this.#create();
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.down();
  }

  #create(): Server {
    const serve: RequestListener = (request, response) => this.#serve(request, response);
    const server = this.#tls ? createTlsServer(this.#tls, serve) : createServer(serve);
    server.keepAliveTimeout = 60_000;
    server.requestTimeout = 0;
    server.on('checkContinue', (request, response) => {
      response.writeContinue();
      serve(request, response);
    });
    server.on('connection', (socket: Socket) => {
      this.opened += 1;
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    });
    return server;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    request.on('error', () => undefined);
    const seen: Seen = {
      method: request.method ?? '',
      url: request.url ?? '',
      rawHeaders: request.rawHeaders,
      headers: request.headers,
      request,
      socket: request.socket,
      closed: new Promise<void>((resolve) => response.once('close', resolve)),
      body: () => bodyOf(request),
    };
    this.requests.push(seen);
    const script = this.#next.shift() ?? this.script;
    // A partner that goes away breaks off what a script was reading: that is the test's business, by `closed`.
    void (async () => script(seen, response))().catch(() => response.destroy());
    this.#arrivals.emit('request');
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Reads the body and answers 200 with what arrived, and with a mode that no partner must ever see. */
export const ordinarily: Script = async (seen, response) => {
  const body = await seen.body();
  response.writeHead(200, { 'Content-Type': 'text/plain', 'X-Hybridmode': 'said-by-the-environment' });
  response.end(`${seen.method} ${seen.url} ${body.length}`);
};

/** Answers with a status (and a body), after reading the request. */
export function answers(status: number, body = '', headers: Record<string, string> = {}): Script {
  return async (seen, response) => {
    await seen.body();
    response.writeHead(status, headers).end(body);
  };
}

/** Takes the request and never says a word. */
export const silently: Script = (seen) => seen.body();

/** Takes the request and resets the connection. */
export const resets: Script = async (seen) => {
  await seen.body();
  seen.socket.resetAndDestroy();
};

/** Takes the request and closes the connection. */
export const hangsUp: Script = async (seen) => {
  await seen.body();
  seen.socket.destroy();
};

/** Echoes the body, byte for byte, as it comes. */
export const echoes: Script = (seen, response) => {
  response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
  seen.request.pipe(response);
};

import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import type { Scripts } from './case.ts';
import { UpstreamConnection, type Book, type UpstreamRequest } from './upstream.ts';

/** An environment made of sockets only: it answers by script and records every byte. */
export class RawBackend {
  readonly name: string;
  readonly connections = new Set<UpstreamConnection>();
  readonly port: number;
  readonly #book: Book;
  #server: Server;

  private constructor(name: string, server: Server, port: number, book: Book) {
    this.name = name;
    this.port = port;
    this.#server = server;
    this.#book = book;
    this.#serve();
  }

  static async start(name: string, book: Book): Promise<RawBackend> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    return new RawBackend(name, server, await listen(server, 0), book);
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  /** The port is closed, and everything that was connected is cut. */
  async vanish(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const connection of this.connections) connection.destroy();
    await closed;
  }

  async comeBack(): Promise<void> {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true });
    this.#serve();
    await listen(this.#server, this.port);
  }

  #serve(): void {
    this.#server.on('connection', (socket) => {
      const connection = new UpstreamConnection(socket, this.name, this.address, this.#book, () => {
        this.connections.delete(connection);
      });
      this.connections.add(connection);
    });
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1', 1024);
  await once(server, 'listening');
  const address = server.address();
  return isAddress(address) ? address.port : port;
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return address !== null && typeof address === 'object';
}

/** Bytes at an environment that are no request. */
export interface Stray {
  readonly environment: string;
  readonly reason: string;
  readonly bytes: Buffer;
}

/** What reached the environments, by token. */
export class Recording implements Book {
  /** What came without a token: the gateway's own calls, or something mangled. */
  readonly nameless: UpstreamRequest[] = [];
  readonly strays = new Map<string | null, Stray[]>();
  readonly #scripts = new Map<string, Scripts>();
  readonly #requests = new Map<string, UpstreamRequest[]>();

  expect(token: string, scripts: Scripts | undefined): void {
    if (scripts !== undefined) this.#scripts.set(token, scripts);
  }

  scriptsOf(token: string): Scripts | undefined {
    return this.#scripts.get(token);
  }

  requestsOf(token: string): readonly UpstreamRequest[] {
    return this.#requests.get(token) ?? [];
  }

  straysOf(token: string | null): readonly Stray[] {
    return this.strays.get(token) ?? [];
  }

  forget(token: string): void {
    this.#scripts.delete(token);
    this.#requests.delete(token);
    this.strays.delete(token);
  }

  record(request: UpstreamRequest): void {
    if (request.token === null) this.nameless.push(request);
    else append(this.#requests, request.token, request);
  }

  broken(token: string | null, environment: string, reason: string, bytes: Buffer): void {
    append(this.strays, token, { environment, reason, bytes });
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

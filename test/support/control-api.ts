import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'hybrid-gateway.js');

/** What the command line asked for. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly lastEventId: string | undefined;
  readonly body: unknown;
}

type Reply = (asked: Asked, response: ServerResponse) => void;

/** A control API that answers as a test says, on a free port. */
export class ControlApiStage {
  readonly asked: Asked[] = [];
  readonly #server: Server;
  #reply: Reply = (_, response) => response.destroy();

  private constructor(create: (listener: RequestListener) => Server) {
    this.#server = create((request, response) => void this.#serve(request, response));
  }

  static async open(tls?: { cert: string; key: string }): Promise<ControlApiStage> {
    const stage = new ControlApiStage((listener) => (tls ? createTlsServer(tls, listener) : createServer(listener)));
    stage.#server.listen(0, '127.0.0.1');
    await once(stage.#server, 'listening');
    return stage;
  }

  get port(): number {
    const address = this.#server.address();
    return isInet(address) ? address.port : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Forgets what was asked, and answers like this from now on. */
  plays(reply: Reply): void {
    this.asked.length = 0;
    this.#reply = reply;
  }

  /** Answers by `METHOD /path`, with status and JSON. */
  answers(table: Readonly<Record<string, readonly [status: number, body: unknown]>>): void {
    this.plays(({ method, path }, response) => {
      const [status, body] = table[`${method} ${path}`] ?? [404, { title: `nothing at ${method} ${path}` }];
      const type = status === 200 ? 'application/json' : 'application/problem+json';
      response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const asked: Asked = {
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization,
      lastEventId: request.headers['last-event-id']?.toString(),
      body: body === '' ? undefined : JSON.parse(body),
    };
    this.asked.push(asked);
    this.#reply(asked, response);
  }
}

function isInet(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program as a script would: no terminal, no colours, an environment of its own. */
export function start(args: readonly string[], { cwd, env }: { cwd?: string; env?: Record<string, string> } = {}) {
  const { PATH = '' } = process.env;
  return spawn(process.execPath, [PROGRAM, ...args], { ...(cwd && { cwd }), env: { PATH, ...env } });
}

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: typeof code === 'number' ? code : null, stdout, stderr };
}

/** A staged API, a folder with a token in it, and the program to run there; for the time of one test file. */
export function staged() {
  let stage: ControlApiStage;
  let folder: string;
  before(async () => {
    stage = await ControlApiStage.open();
    folder = mkdtempSync(join(tmpdir(), 'hybrid-cli-'));
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'control.token'), 'from-the-file\n', { mode: 0o600 });
  });
  after(async () => {
    await stage.close();
    rmSync(folder, { recursive: true });
  });
  return {
    get stage(): ControlApiStage {
      return stage;
    },
    get folder(): string {
      return folder;
    },
    /** Runs the program in the folder, against the staged API. */
    call(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
      return ended(start([...args, '--url', stage.url], { cwd: folder, env }));
    },
    /** Runs the program in the folder. */
    local(args: readonly string[]): Promise<Ended> {
      return ended(start(args, { cwd: folder }));
    },
  };
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** The proxy has one core to itself, load and origin share the other one. */
export const CORES = { load: 0, proxy: 1 } as const;
export type Role = keyof typeof CORES;

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that ended otherwise than it should, with the end of what it said. */
export class ProgramFailed extends Error {
  readonly code = 'PROGRAM_FAILED';
}

/** The processes of one benchmark. Whatever happens, `stopAll` ends those, by their ids, and no others. */
export class Children {
  readonly #running = new Set<ChildProcess>();
  readonly #taskset: string | null;

  /** @param taskset null: nothing is pinned to a core */
  constructor(taskset: string | null) {
    this.#taskset = taskset;
  }

  /** Starts a program on the core of its role. Its output is kept to its last 8000 characters. */
  start(role: Role, command: string, args: readonly string[]): Child {
    const [file, ...rest] =
      this.#taskset === null ? [command, ...args] : [this.#taskset, '-c', String(CORES[role]), command, ...args];
    const child = spawn(file ?? command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#running.add(child);
    child.once('close', () => this.#running.delete(child));
    return new Child(child, command);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map(stop));
  }
}

export class Child {
  readonly pid: number;
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #command: string;
  readonly #closed: Promise<unknown>;

  constructor(child: ChildProcess, command: string) {
    this.#child = child;
    this.#command = command;
    // Without a pid the program could not be started: `closed` tells why.
    this.pid = child.pid ?? 0;
    this.#closed = once(child, 'close');
    this.#closed.catch(() => undefined);
    child.stdout?.on('data', (bytes: Buffer) => (this.stdout = (this.stdout + bytes.toString()).slice(-8000)));
    child.stderr?.on('data', (bytes: Buffer) => (this.stderr = (this.stderr + bytes.toString()).slice(-8000)));
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Waits for the end, at most so long; then it is stopped. @throws ProgramFailed unless it ended well and in time */
  async output(withinMs: number): Promise<Output> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      void stop(this.#child);
    }, withinMs);
    await this.#closed.finally(() => clearTimeout(timer));
    if (isLate) throw this.failed(`had no end within ${withinMs} ms`);
    if (this.#child.exitCode !== 0) throw this.failed(`ended with ${this.#child.exitCode ?? this.#child.signalCode}`);
    return { stdout: this.stdout, stderr: this.stderr };
  }

  failed(how: string): ProgramFailed {
    return new ProgramFailed(`${this.#command} ${how}\n${this.stdout}${this.stderr}`.trimEnd());
  }

  async stop(): Promise<void> {
    await stop(this.#child);
  }
}

const GRACE_MS = 3000;

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await gone;
  clearTimeout(timer);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return address.port;
}

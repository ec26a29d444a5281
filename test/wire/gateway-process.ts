import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What tells that something was thrown past a handler. */
const UNCAUGHT = /uncaught|unhandled ?(promise)? ?rejection|triggerUncaughtException|node:internal\/process\/promises/i;

export interface GatewayPlace {
  /** The script that takes `--config FILE`. */
  readonly script: string;
  readonly configFile: string;
  readonly stateDir: string;
  readonly port: number;
  readonly controlPort: number;
}

export interface ModeAnswer {
  readonly mode: string;
  readonly target: string;
  readonly epoch: number;
}

export interface ModeWish {
  readonly to: string;
  readonly target?: string;
}

/** The system under test, as a process of its own; known only by its ports and its error output. */
export class GatewayProcess {
  readonly place: GatewayPlace;
  /** Grows by one at every start: what began before a death does not count after it. */
  generation = 0;
  /** Set while the process is gone though nobody stopped it. */
  death: string | null = null;
  /** How often something was thrown past a handler. */
  uncaught = 0;
  errorOutput = '';
  #child: ChildProcess | null = null;
  #stopping = false;

  constructor(place: GatewayPlace) {
    this.place = place;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    this.generation += 1;
    this.death = null;
    this.errorOutput = '';
    this.#stopping = false;
    const child = spawn(process.execPath, [this.place.script, '--config', this.place.configFile], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout.on('data', (bytes: Buffer) => this.#listen(bytes));
    child.stderr.on('data', (bytes: Buffer) => this.#listen(bytes));
    child.once('exit', (code, signal) => {
      if (!this.#stopping && this.#child === child) this.death = `the process ended (${signal ?? code})`;
    });
    await this.#ready(child);
  }

  /** Ends the process (SIGTERM, then SIGKILL) and waits until it is gone. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#stopping = true;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
    await gone;
    clearTimeout(timer);
  }

  /** kill -9, as a power cut does it. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#stopping = true;
    if (child === null || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async controlToken(): Promise<string> {
    return (await readFile(join(this.place.stateDir, 'control.token'), 'utf8')).trim();
  }

  async mode(): Promise<ModeAnswer> {
    const response = await this.#control('GET', '/api/mode');
    if (response.status !== 200) throw new Error(`GET /api/mode: ${response.status} ${response.text}`);
    return stateOf(response.text);
  }

  /** Asks for a switch; gives the status and the body of the answer. */
  async switchTo(wish: ModeWish): Promise<{ status: number; text: string }> {
    const { epoch } = await this.mode();
    return await this.#control('POST', '/api/mode', {
      ...wish,
      expectedEpoch: epoch,
      reason: 'a wire test',
      override: ['*'],
    });
  }

  async #control(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.place.controlPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.controlToken()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: response.status, text: await response.text() };
  }

  async #ready(child: ChildProcess): Promise<void> {
    const deadline = performance.now() + 15_000;
    while (performance.now() < deadline) {
      if (child.exitCode !== null) break;
      if (await this.#isReady()) return;
      await wait(40);
    }
    throw new Error(`the gateway did not become ready: ${this.death ?? 'no 200 from /readyz'}\n${this.errorOutput}`);
  }

  async #isReady(): Promise<boolean> {
    try {
      const url = `http://127.0.0.1:${this.place.controlPort}/readyz`;
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      await response.arrayBuffer();
      return response.status === 200;
    } catch {
      return false;
    }
  }

  #listen(bytes: Buffer): void {
    const text = bytes.toString();
    if (UNCAUGHT.test(text)) this.uncaught += 1;
    this.errorOutput = (this.errorOutput + text).slice(-8000);
  }
}

function stateOf(text: string): ModeAnswer {
  const answer: unknown = JSON.parse(text);
  if (typeof answer === 'object' && answer !== null && 'state' in answer && isModeAnswer(answer.state))
    return answer.state;
  throw new Error(`GET /api/mode: no state in ${text}`);
}

function isModeAnswer(state: unknown): state is ModeAnswer {
  return (
    typeof state === 'object' &&
    state !== null &&
    'mode' in state &&
    'target' in state &&
    'epoch' in state &&
    typeof state.epoch === 'number'
  );
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blackholeAt, type Blackhole } from './blackhole.ts';

export const ENVIRONMENTS = ['operational', 'cloudEmergency', 'localEmergency'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** A write as an environment wrote it down. */
export interface Arrived {
  readonly id: string | null;
  readonly environment: EnvironmentName;
  /** When it was stored, right before its answer: the machine's monotonic clock. */
  readonly at: number;
  /** False: its body broke off, nothing was stored. */
  readonly isWhole: boolean;
}

/** A recording environment in a process of its own, which can hang, die and come back on the same port. */
export class EnvironmentProcess {
  readonly name: EnvironmentName;
  readonly port: number;
  readonly #records: string;
  #child: ChildProcess | null = null;
  #blackhole: Blackhole | null = null;

  constructor(name: EnvironmentName, port: number, folder: string) {
    this.name = name;
    this.port = port;
    this.#records = join(folder, `${name}.ndjson`);
  }

  async start(): Promise<void> {
    await this.#blackhole?.close();
    this.#blackhole = null;
    const script = join(import.meta.dirname, 'environment.ts');
    const child = spawn(process.execPath, [script, this.name, String(this.port), this.#records], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error(`${this.name} ended at its start`))),
    ]);
  }

  /** Its port still takes connections, and nothing is answered any more. */
  hang(): void {
    this.#child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Dead, and nothing answers a connection attempt to where it was. */
  async vanish(): Promise<void> {
    await this.kill();
    this.#blackhole = await blackholeAt(this.port);
  }

  /** Resolves when what had come before is written down: asked on a connection of its own, it is answered after that. */
  async settled(): Promise<void> {
    for (let i = 0; i < 3; i += 1) await (await fetch(`http://127.0.0.1:${this.port}/`)).arrayBuffer();
  }

  arrived(): Arrived[] {
    if (!existsSync(this.#records)) return [];
    return readFileSync(this.#records, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ ...JSON.parse(line), environment: this.name }));
  }

  async close(): Promise<void> {
    await this.kill();
    await this.#blackhole?.close();
  }
}

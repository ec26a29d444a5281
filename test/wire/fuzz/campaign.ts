import { readdirSync } from 'node:fs';
import { RawClient } from '../client.ts';
import { bytesOf, get, P, readable } from '../notation.ts';
import { eventually } from '../stage.ts';
import type { World } from '../world.ts';
import { tryJob, type Aim, type Failure } from './fuzzer.ts';
import { baseFor, jobOf, type Job } from './job.ts';
import { meaningOf } from './reference.ts';

/** How many jobs are under way at once. */
const WIDTH = 48;
/** Failures that say the same count as one kind; of each a few are kept. */
const MOST_KINDS = 10;
const KEPT_OF_A_KIND = 2;
const MOST_FAILURES = 300;

/** Many jobs against one gateway, until all are done or enough have failed. */
export class Campaign {
  readonly failures: Failure[] = [];
  /** How many failed, in all. */
  failed = 0;
  done = 0;
  readonly #kinds = new Map<string, number>();
  readonly #aim: Aim;
  readonly #seed: number;
  readonly #count: number;
  readonly #world: World | null;
  readonly #tell: (line: string) => void;
  readonly #underWay = new Set<Job>();
  #next = 0;

  /** `world`: the gateway where it is ours; null where it is somebody else's. */
  constructor(aim: Aim, work: { seed: number; count: number }, world: World | null, tell: (line: string) => void) {
    this.#aim = aim;
    this.#seed = work.seed;
    this.#count = work.count;
    this.#world = world;
    this.#tell = tell;
  }

  async run(): Promise<void> {
    const began = performance.now();
    const socketsBefore = this.#sockets();
    const telling = setInterval(() => this.#tell(this.#progress(began)), 5000);
    while (!this.#isOver) {
      await Promise.all(Array.from({ length: WIDTH }, async () => await this.#lane()));
      if (this.#isDead) await this.#findKiller();
    }
    clearInterval(telling);
    this.#tell(this.#progress(began));
    await this.#lookAround(socketsBefore);
  }

  /** Tries one job; the reason why it could not be tried is a failure as well. */
  async attempt(job: Job): Promise<Failure | null> {
    try {
      return await tryJob(this.#aim, job);
    } catch (error) {
      return { job, faults: [`could not be tried: ${String(error)}`], evidence: `recipe    ${job.recipe}` };
    }
  }

  get #isOver(): boolean {
    return this.#next >= this.#count || this.#kinds.size >= MOST_KINDS || this.failed >= MOST_FAILURES;
  }

  fail(failure: Failure): void {
    const kind = kindOf(failure.faults[0] ?? '');
    const known = this.#kinds.get(kind) ?? 0;
    this.#kinds.set(kind, known + 1);
    this.failed += 1;
    if (known < KEPT_OF_A_KIND) this.failures.push(failure);
  }

  get #isDead(): boolean {
    return this.#world !== null && this.#world.gateway.death !== null;
  }

  async #lane(): Promise<void> {
    while (!this.#isOver && !this.#isDead) {
      const job = jobOf(this.#seed, this.#next++);
      this.#underWay.add(job);
      const uncaught = this.#world?.gateway.uncaught;
      const failure = await this.attempt(job);
      // What was under way when the gateway died is tried again, alone.
      if (failure !== null) await eventually(() => this.#isDead, 200);
      if (this.#isDead) return;
      this.#underWay.delete(job);
      this.done += 1;
      if (failure !== null) this.fail(failure);
      if (this.#world !== null && this.#world.gateway.uncaught !== uncaught) {
        this.fail({ job, faults: ['thrown past a handler (at about this job)'], evidence: this.#lastWords() });
      }
    }
  }

  async #findKiller(): Promise<void> {
    const world = this.#world;
    if (world === null) return;
    const suspects = [...this.#underWay];
    this.#underWay.clear();
    await world.restart();
    for (const job of suspects) {
      const failure = await this.attempt(job);
      if (await eventually(() => this.#isDead, failure === null ? 30 : 300)) {
        const faults = [`the gateway died: ${world.gateway.death}`, this.#lastWords()];
        this.fail({ job, faults, evidence: `recipe    ${job.recipe}\nsent      ${readable(job.text, 3000)}` });
        await world.restart();
      } else if (failure !== null) {
        this.fail(failure);
      }
      this.done += 1;
    }
  }

  /** At the end: it answers, nothing came late or from nowhere, and no socket is left. */
  async #lookAround(socketsBefore: number | null): Promise<void> {
    const faults: string[] = [];
    const status = await this.#plainGet();
    if (status !== 200 && this.#aim.hybridMode !== null) faults.push(`a plain GET afterwards got ${status}`);
    const world = this.#world;
    if (world !== null) {
      await eventually(() => world.busy().length === 0, 3000);
      faults.push(...world.busy().map((request) => `left open at ${request}`));
      const idle = world.backends.reduce((sum, { connections }) => sum + connections.size, 0);
      const left = (): number => (this.#sockets() ?? 0) - (socketsBefore ?? 0) - idle;
      // The files of a journal may have been opened meanwhile.
      if (socketsBefore !== null && !(await eventually(() => left() < 20, 8000))) {
        faults.push(`the gateway has ${left()} more descriptors open than before`);
      }
    }
    faults.push(...(this.#aim.recording?.lateFaults() ?? []));
    if (faults.length > 0) {
      this.fail({ job: jobOf(this.#seed, this.#next), faults, evidence: 'after the last job' });
    }
  }

  async #plainGet(): Promise<number> {
    const base = baseFor(0);
    const bytes = bytesOf(get('', `${P}/probe`), `${base}00z`);
    this.#aim.recording?.open(base, meaningOf(bytes), undefined);
    const client = await RawClient.connect(this.#aim.port, { host: this.#aim.host }).catch(() => null);
    if (client === null) return 0;
    client.send(bytes);
    await client.until(() => client.reader.finished > 0 || client.closing !== 'open', 5000);
    await client.leave();
    return client.reader.replies[0]?.status ?? 0;
  }

  #progress(began: number): string {
    const seconds = (performance.now() - began) / 1000;
    const rate = Math.round(this.done / seconds);
    return `${this.done} of ${this.#count} in ${seconds.toFixed(0)} s, ${rate} a second, ${this.failed} failed`;
  }

  #lastWords(): string {
    return this.#world?.gateway.errorOutput.slice(-2000) ?? '';
  }

  /** Open descriptors of the gateway, where the system tells. */
  #sockets(): number | null {
    try {
      return readdirSync(`/proc/${this.#world?.gateway.pid}/fd`).length;
    } catch {
      return null;
    }
  }
}

/** What a fault says, without tokens, targets and numbers. */
export function kindOf(fault: string): string {
  return fault
    .replace(/w[0-9a-z]{10}z/g, '')
    .replace(/\/\S*/g, '/')
    .replace(/\b(GET|POST|PUT|PATCH|DELETE|OPTIONS|PROPFIND)\b/g, 'request')
    .replace(/[0-9]+/g, '')
    .slice(0, 60);
}

import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Partner } from './partner.ts';
import { Random } from '../wire/fuzz/random.ts';
import type { Stand } from './stand.ts';

/** One write of a partner, and what came back. */
export interface Write extends Answer {
  readonly id: string;
  /** SHA-256 of its body, hex: how the journal calls it. */
  readonly digest: string;
}

export interface CrowdOptions {
  readonly writers: number;
  readonly readers: number;
  /** The mean pause of each between an answer and its next request. */
  readonly thinkMs: number;
  readonly seed: number;
  /** How long the environments take for a write. */
  readonly writeMs?: number;
  /** One of so many writes takes that long; each where it is left out. */
  readonly slowOneIn?: number;
  /** One of so many writes is stored and not answered whole; none where it is left out. */
  readonly brokenOneIn?: number;
}

/** What the partners saw. */
export interface Seen {
  readonly writes: readonly Write[];
  readonly reads: readonly Answer[];
}

const CALLS = ['orca11/acceptmodv2?class=01', 'orca12/patientmodv2?class=02', 'api21/medicalmodv2?class=01'];
const READ = '/api/api01rv2/patientgetv2?id=00001';

let crowds = 0;

/** Partners that write and read without end, each over a connection of its own, until they are told to stop. */
export class Crowd {
  readonly #writeMs: number;
  readonly #slowOneIn: number;
  readonly #brokenOneIn: number;
  readonly #writes: Write[] = [];
  readonly #reads: Answer[] = [];
  readonly #atWork: Promise<void>[] = [];
  readonly #partners: Partner[] = [];
  #isStopping = false;

  constructor(stand: Stand, options: CrowdOptions) {
    const { writers, readers, thinkMs, seed } = options;
    this.#writeMs = options.writeMs ?? 0;
    this.#slowOneIn = options.slowOneIn ?? 1;
    this.#brokenOneIn = options.brokenOneIn ?? Number.POSITIVE_INFINITY;
    const name = `c${(crowds += 1)}`;
    for (let i = 0; i < writers + readers; i += 1) {
      const partner = stand.partner();
      this.#partners.push(partner);
      const random = new Random(seed * 1000 + i);
      const pause = (): Promise<void> => wait(random.next() * 2 * thinkMs);
      this.#atWork.push(i < writers ? this.#write(partner, `${name}-${i}`, pause) : this.#read(partner, pause));
    }
  }

  /** How many answers there were until now. */
  get answered(): number {
    return this.#writes.length + this.#reads.length;
  }

  /** No further request; those under way are waited for. */
  async stop(): Promise<Seen> {
    this.#isStopping = true;
    await Promise.all(this.#atWork);
    for (const partner of this.#partners) partner.leave();
    return { writes: this.#writes, reads: this.#reads };
  }

  async #write(partner: Partner, name: string, pause: () => Promise<void>): Promise<void> {
    for (let n = 0; !this.#isStopping; n += 1) {
      await pause();
      const id = `${name}-${n}`;
      this.#writes.push(await write(partner, id, this.#call(n)));
    }
  }

  #call(n: number): string {
    const asked = [CALLS[n % CALLS.length] ?? ''];
    if (this.#writeMs > 0 && n % this.#slowOneIn === 0) asked.push(`delay=${this.#writeMs}`);
    if ((n + 1) % this.#brokenOneIn === 0) asked.push(`answer=${n % 2 === 0 ? 'reset' : 'half'}`);
    return asked.join('&');
  }

  async #read(partner: Partner, pause: () => Promise<void>): Promise<void> {
    while (!this.#isStopping) {
      await pause();
      this.#reads.push(await partner.ask({ path: READ }));
    }
  }
}

/** Sends one write that is told from all others by `id`. @param more goes into its body */
export async function write(
  partner: Partner,
  id: string,
  call = CALLS[0],
  more = '',
  signal?: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Write> {
  const body = bodyOf(id, more);
  const answer = await partner.ask({ path: `/api/${call}`, body, headers }, signal);
  return { ...answer, id, digest: digestOf(body) };
}

export function bodyOf(id: string, more = ''): string {
  return (
    `<data><request type="record"><Test_Id type="string">${id}</Test_Id>` +
    `<Patient_ID type="string">00001</Patient_ID>${more}</request></data>`
  );
}

export function digestOf(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

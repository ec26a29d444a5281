import { setTimeout as wait } from 'node:timers/promises';
import { Backend, type Script } from '../support/backend.ts';
import { write, type Write } from './crowd.ts';
import { ENVIRONMENTS, type EnvironmentName } from './environments.ts';
import type { Place, Switching } from './operator.ts';
import type { Partner } from './partner.ts';
import { Stand } from './stand.ts';

/** A write that a hand-worked environment took, with the moment that it may be answered. */
interface Taken {
  readonly id: string;
  readonly bytes: number;
}

/** A clinic whose environments answer a write when they are told to: a switch can be looked at in the middle. */
export class HandWorked {
  readonly stand: Stand;
  readonly #backends: ReadonlyMap<EnvironmentName, Backend>;
  /** What each environment took whole, in its order. */
  readonly #taken: ReadonlyMap<EnvironmentName, Taken[]>;

  private constructor(
    stand: Stand,
    backends: ReadonlyMap<EnvironmentName, Backend>,
    taken: ReadonlyMap<EnvironmentName, Taken[]>,
  ) {
    this.stand = stand;
    this.#backends = backends;
    this.#taken = taken;
  }

  static async start(drainMs = 3000): Promise<HandWorked> {
    const backends = new Map<EnvironmentName, Backend>();
    const taken = new Map<EnvironmentName, Taken[]>();
    const urls: Partial<Record<EnvironmentName, string>> = {};
    for (const name of ENVIRONMENTS) {
      taken.set(name, []);
      const script = answering(name, taken.get(name) ?? []);
      const backend = await Backend.start({ name, script });
      backends.set(name, backend);
      urls[name] = backend.url.origin;
    }
    return new HandWorked(await Stand.start({ urls, drainMs }), backends, taken);
  }

  backend(name: EnvironmentName): Backend {
    const backend = this.#backends.get(name);
    if (backend === undefined) throw new Error(`no environment ${name}`);
    return backend;
  }

  /** Which environments took this write whole. */
  whoTook(id: string): EnvironmentName[] {
    return ENVIRONMENTS.flatMap(
      (name) =>
        this.#taken
          .get(name)
          ?.filter((one) => one.id === id)
          .map(() => name) ?? [],
    );
  }

  /**
   * Asks for a switch while a write is under way that keeps it in its drain, does `work` there, then lets that write be
   * answered, so that the switch goes on.
   */
  async inTheDrain<T>(to: Place, work: (partner: Partner) => Promise<T>): Promise<{ result: T; switching: Switching }> {
    const { stand } = this;
    const from = await stand.state();
    const old = this.backend(from.mode === 'normal' ? 'operational' : from.target);
    const answerIt = Promise.withResolvers<void>();
    const isThere = Promise.withResolvers<void>();
    const ordinarily = answering(old.name, this.#taken.get(from.mode === 'normal' ? 'operational' : from.target) ?? []);
    old.next(async (seen, response) => {
      isThere.resolve();
      await answerIt.promise;
      await ordinarily(seen, response);
    });
    const holding = write(stand.partner(), `holding-${from.epoch}`);
    await isThere.promise;
    const switching = stand.operator.switchTo(to, from.epoch);
    await this.#fenced();
    const result = await work(stand.partner());
    answerIt.resolve();
    const { status, code } = await holding;
    if (status !== 200) throw new Error(`the write that kept the drain waiting: ${status} ${code}`);
    return { result, switching: await switching };
  }

  /** Resolves when the gateway has read what was sent before: what is asked after that is answered later. */
  async hasRead(): Promise<void> {
    const partner = this.stand.partner();
    for (let i = 0; i < 3; i += 1) await partner.ask({ path: '/api/api01rv2/patientgetv2?id=1' });
  }

  async #fenced(): Promise<void> {
    for (let i = 0; i < 500; i += 1) {
      const { text } = await this.stand.operator.ask('GET', '/api/mode');
      if (JSON.parse(text).fenced === 'switch') return;
      await wait(5);
    }
    throw new Error('the switch has not closed the fence');
  }

  async stop(): Promise<void> {
    await this.stand.stop();
    for (const backend of this.#backends.values()) await backend.close();
  }
}

/** Sends a write and does not wait for it. */
export function sent(partner: Partner, id: string, more = '', headers: Readonly<Record<string, string>> = {}) {
  const leaves = new AbortController();
  const answer: Promise<Write> = write(partner, id, undefined, more, leaves.signal, headers);
  return { answer, leave: () => leaves.abort() };
}

function answering(name: string, taken: Taken[]): Script {
  return async (seen, response) => {
    const body = await seen.body();
    const id = /<Test_Id[^>]*>([\w-]+)</.exec(body.toString('latin1', 0, 4096))?.[1];
    if (id !== undefined) taken.push({ id, bytes: body.length });
    const text = JSON.stringify({ environment: name, id: id ?? null });
    response.writeHead(200, { 'Content-Type': 'application/json', 'X-Hybridmode': 'normal' }).end(text);
  };
}

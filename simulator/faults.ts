import { z } from 'zod';
import { Random } from './random.ts';

const matching = {
  /** Requests whose path begins so; all where it is left out. */
  path: z.string().optional(),
  method: z.string().optional(),
  /** Let so many matching requests pass first. */
  skip: z.int().min(0).optional(),
  /** How often it strikes; for good where it is left out. */
  count: z.int().min(1).optional(),
  /** Of each matching request, drawn from the simulator's seed. */
  probability: z.number().min(0).max(1).optional(),
};
/** Before the call is carried out, or after it, when only the answer is lost. */
const moment = z.enum(['arrival', 'answer']).optional();

const requestFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slow'), latencyMs: z.number().min(0), moment, ...matching }),
  z.strictObject({ kind: z.literal('hang'), moment, ...matching }),
  z.strictObject({ kind: z.literal('reset'), moment, ...matching }),
  z.strictObject({ kind: z.literal('truncate'), ...matching }),
  z.strictObject({ kind: z.literal('bad-gateway'), moment, ...matching }),
  z.strictObject({ kind: z.literal('hybridmode'), value: z.string(), ...matching }),
]);
const standingFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('refuse'), durationMs: z.number().min(1).optional() }),
  z.strictObject({ kind: z.literal('clock'), skewMs: z.number() }),
  z.strictObject({ kind: z.literal('version'), version: z.string().optional(), masterVersion: z.string().optional() }),
  z.strictObject({ kind: z.literal('lock'), patient: z.string(), screen: z.string().optional() }),
  z.strictObject({ kind: z.literal('certificate') }),
]);
/** What can be asked for, in code and as the JSON body of POST /simulator/faults. */
export const faultSchema = z.union([requestFault, standingFault]);

/** Strikes requests one by one. */
export type RequestFault = z.infer<typeof requestFault>;
/** Holds from when it is added until it is removed. */
export type StandingFault = z.infer<typeof standingFault>;
export type Fault = RequestFault | StandingFault;
export type Moment = 'arrival' | 'answer';

interface Entry {
  readonly id: number;
  readonly fault: Fault;
  seen: number;
  struck: number;
  readonly undo: () => void;
}

const isStanding = (fault: Fault): fault is StandingFault => standingFault.safeParse(fault).success;

function momentOf(fault: RequestFault): Moment {
  if (fault.kind === 'truncate' || fault.kind === 'hybridmode') return 'answer';
  return fault.moment ?? 'arrival';
}

/** The faults that are on. Several may be: each request meets every one that matches it, in the order they were added. */
export class Faults {
  readonly #random: Random;
  readonly #apply: (fault: StandingFault) => () => void;
  #entries: Entry[] = [];
  #lastId = 0;

  /** `apply` puts a standing fault into force and gives what takes it back. */
  constructor(seed: number, apply: (fault: StandingFault) => () => void) {
    this.#random = new Random(seed);
    this.#apply = apply;
  }

  /** Gives the id by which it can be removed. Throws where a standing fault cannot be put into force. */
  add(fault: Fault): number {
    const undo = isStanding(fault) ? this.#apply(fault) : () => undefined;
    this.#entries.push({ id: ++this.#lastId, fault, seen: 0, struck: 0, undo });
    return this.#lastId;
  }

  list(): readonly { readonly id: number; readonly fault: Fault; readonly struck: number }[] {
    return this.#entries.map(({ id, fault, struck }) => ({ id, fault, struck }));
  }

  /** True where there was one. */
  remove(id: number): boolean {
    const entry = this.#entries.find((each) => each.id === id);
    this.#entries = this.#entries.filter((each) => each !== entry);
    entry?.undo();
    return entry !== undefined;
  }

  clear(): void {
    for (const { id } of this.#entries) this.remove(id);
  }

  /** What strikes this request now; striking is counted. */
  strike(method: string, path: string, at: Moment): readonly RequestFault[] {
    const striking: RequestFault[] = [];
    for (const entry of this.#entries) {
      const { fault } = entry;
      if (isStanding(fault) || momentOf(fault) !== at) continue;
      if (fault.path !== undefined && !path.startsWith(fault.path)) continue;
      if (fault.method !== undefined && fault.method !== method) continue;
      if (entry.seen++ < (fault.skip ?? 0)) continue;
      if (fault.count !== undefined && entry.struck >= fault.count) continue;
      if (fault.probability !== undefined && !this.#random.chance(fault.probability)) continue;
      entry.struck++;
      striking.push(fault);
    }
    return striking;
  }
}

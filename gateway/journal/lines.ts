import { z } from 'zod';
import { ENVIRONMENTS } from '../../mode/mode.ts';

/** One write of a partner, as it was let through. Patients' data is in no line but the patient's number. */
const record = z.object({
  id: z.string(),
  /** What headers and logs call it; absent in lines of before. */
  request: z.string().optional(),
  partner: z.string(),
  method: z.string(),
  path: z.string(),
  call: z.string().nullable(),
  patient: z.string().nullable(),
  /** SHA-256 of the body, hex; null where it was streamed. */
  digest: z.string().nullable(),
  bytes: z.number().nullable(),
  environment: z.enum(ENVIRONMENTS),
  epoch: z.number(),
  at: z.string(),
});
export type WriteRecord = z.infer<typeof record>;

/** Why nobody knows whether a write is in its environment. */
const cause = z.string();

const line = z.discriminatedUnion('t', [
  z.object({ t: z.literal('begin'), ...record.shape }),
  z.object({ t: z.literal('end'), id: z.string(), at: z.string(), status: z.number(), result: z.string().nullable() }),
  /** No byte of it had left. */
  z.object({ t: z.literal('unsent'), id: z.string(), at: z.string() }),
  z.object({ t: z.literal('unknown'), id: z.string(), at: z.string(), cause }),
  z.object({ t: z.literal('tick'), id: z.string(), at: z.string(), by: z.string(), note: z.string() }),
]);
export type Line = z.infer<typeof line>;

/** An unknown outcome (結果不明): it may or may not be in that environment, until a person has looked. */
export interface Outcome extends WriteRecord {
  readonly cause: string;
  /** When it became unknown. */
  readonly since: string;
}

export interface Replayed {
  readonly outcomes: Map<string, Outcome>;
  /** Lines that could not be read: a disk that was full in the middle of one. */
  readonly broken: number;
}

export function formatLine(entry: Line): string {
  return `${JSON.stringify(entry)}\n`;
}

/** What a journal says of unknown outcomes. A write without an end is one: the process was killed in the middle of it. */
export function replay(text: string): Replayed {
  const open = new Map<string, WriteRecord>();
  const outcomes = new Map<string, Outcome>();
  let broken = 0;
  for (const one of text.split('\n')) {
    if (one === '') continue;
    const entry = parseLine(one);
    if (entry === null) broken += 1;
    else apply(entry, open, outcomes);
  }
  for (const [id, begun] of open) outcomes.set(id, { ...begun, cause: 'process-killed', since: begun.at });
  return { outcomes, broken };
}

function apply(entry: Line, open: Map<string, WriteRecord>, outcomes: Map<string, Outcome>): void {
  switch (entry.t) {
    case 'begin': {
      const { t: _, ...begun } = entry;
      open.set(entry.id, begun);
      return;
    }
    case 'unknown': {
      const begun = open.get(entry.id);
      if (begun !== undefined) outcomes.set(entry.id, { ...begun, cause: entry.cause, since: entry.at });
      open.delete(entry.id);
      return;
    }
    case 'tick':
      outcomes.delete(entry.id);
      open.delete(entry.id);
      return;
    case 'end':
    case 'unsent':
      open.delete(entry.id);
  }
}

function parseLine(text: string): Line | null {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

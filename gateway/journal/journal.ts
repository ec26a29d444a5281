import { createHash } from 'node:crypto';
import { openLines, type LineFile } from './file.ts';
import { formatLine, replay, type Line, type Outcome, type WriteRecord } from './lines.ts';

export type { Outcome, WriteRecord } from './lines.ts';

/** Every write of a partner: before its first byte goes on, and when its answer came whole. */
export interface WriteJournal {
  /** Resolves when the line is with the operating system: a killed process does not lose it. */
  begin(record: WriteRecord): Promise<void>;
  /** The environment's answer came whole. */
  end(id: string, answer: { readonly status: number; readonly result: string | null }): void;
  /** No byte of it had left. */
  unsent(id: string): void;
  /** A byte may have arrived, and no whole answer came. */
  unknown(id: string, cause: string): void;
  /** Unknown outcomes that nobody has ticked off, oldest first. */
  outcomes(): Outcome[];
  /** On disk before it is believed. @returns the outcome, or null where there is none of that id */
  tick(id: string, by: string, note: string): Promise<Outcome | null>;
  onOutcome(listener: (outcome: Outcome) => void): () => void;
  /** What the disk last said; null while it takes lines. */
  readonly failure: Error | null;
  close(): Promise<void>;
}

/** @returns also how many lines of the last journal could not be read */
export async function openJournal(
  folder: string,
  now: () => Date = () => new Date(),
): Promise<{ readonly journal: WriteJournal; readonly broken: number }> {
  let replayed: ReturnType<typeof replay> = { outcomes: new Map(), broken: 0 };
  const file = await openLines(
    folder,
    (text) => {
      replayed = replay(text);
      return [...replayed.outcomes.values()].flatMap(carried).map(formatLine).join('');
    },
    now,
  );
  return { journal: writeJournal(file, replayed.outcomes, now), broken: replayed.broken };
}

function writeJournal(file: LineFile, outcomes: Map<string, Outcome>, now: () => Date): WriteJournal {
  const open = new Map<string, WriteRecord>();
  // Of two who tick one off at once, the second finds nothing to tick.
  const ticking = new Set<string>();
  const listeners = new Set<(outcome: Outcome) => void>();
  const at = (): string => now().toISOString();
  const note = (entry: Line): void => void file.append(formatLine(entry));
  return {
    begin(record) {
      open.set(record.id, record);
      return file.append(formatLine({ t: 'begin', ...record }));
    },
    end(id, { status, result }) {
      open.delete(id);
      note({ t: 'end', id, at: at(), status, result });
    },
    unsent(id) {
      open.delete(id);
      note({ t: 'unsent', id, at: at() });
    },
    unknown(id, cause) {
      const record = open.get(id);
      if (record === undefined) return;
      open.delete(id);
      const outcome = { ...record, cause, since: at() };
      outcomes.set(id, outcome);
      note({ t: 'unknown', id, at: outcome.since, cause });
      for (const listener of listeners) listener(outcome);
    },
    outcomes: () => [...outcomes.values()].sort((a, b) => a.since.localeCompare(b.since)),
    async tick(id, by, text) {
      const outcome = outcomes.get(id);
      if (outcome === undefined || ticking.has(id)) return null;
      ticking.add(id);
      await file.appendDurably(formatLine({ t: 'tick', id, at: at(), by, note: text }));
      ticking.delete(id);
      outcomes.delete(id);
      return outcome;
    },
    onOutcome(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get failure() {
      return file.failure;
    },
    close: () => file.close(),
  };
}

/** SHA-256 of a body, hex: two writes that are the same can be told, without keeping what they say. */
export function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

function carried({ cause, since, ...record }: Outcome): Line[] {
  return [
    { t: 'begin', ...record },
    { t: 'unknown', id: record.id, at: since, cause },
  ];
}

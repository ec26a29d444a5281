import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { EnvironmentName } from './environments.ts';

/** What the write journal says of one write. */
export interface Journalled {
  readonly id: string;
  readonly digest: string | null;
  readonly environment: EnvironmentName;
  readonly epoch: number;
  /** How it ended, by the journal; null where no second line is there. */
  readonly ended: 'end' | 'unsent' | 'unknown' | 'tick' | null;
  readonly cause: string | null;
}

/**
 * Reads the journal as somebody who only has its files: all of them, oldest first. Each begins with what was left open
 * before, which then stands there only. One write may have been begun several times; each beginning is an entry.
 */
export function readJournal(stateDir: string): Journalled[] {
  const folder = join(stateDir, 'journal');
  const names = readdirSync(folder).filter((name) => name.endsWith('.ndjson'));
  const all = new Map<string, Journalled[]>();
  for (const name of names.sort()) {
    const inFile = new Map<string, Journalled[]>();
    const lines = readFileSync(join(folder, name), 'utf8').split('\n');
    for (const line of lines) apply(line, inFile);
    for (const [id, entries] of inFile) all.set(id, entries);
  }
  return [...all.values()].flat();
}

function apply(text: string, journal: Map<string, Journalled[]>): void {
  const line = parse(text);
  if (line === null) return;
  const begun = journal.get(line.id);
  if (line.t === 'begin') {
    const { id, digest, environment, epoch } = line;
    journal.set(id, [...(begun ?? []), { id, digest, environment, epoch, ended: null, cause: null }]);
    return;
  }
  const last = begun?.pop();
  if (begun === undefined || last === undefined) throw new Error(`the journal ends what it did not begin: ${line.id}`);
  begun.push({ ...last, ended: line.t, cause: line.cause ?? null });
}

type Line = Journalled & { readonly t: 'begin' | NonNullable<Journalled['ended']> };

/** Null for half a line: it is being written at this moment, or the disk was full in the middle of it. */
function parse(text: string): Line | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * The same once nothing is under way any more: that an answer came is written down beside it, not before it. What is still
 * open after `withinMs` stays so.
 */
export async function readJournalAtRest(stateDir: string, withinMs = 2000): Promise<Journalled[]> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const journal = readJournal(stateDir);
    if (performance.now() > deadline || journal.every(({ ended }) => ended !== null)) return journal;
    await wait(20);
  }
}

/** The unknown outcomes: not ticked off, and those that nothing was said of any more. */
export function outcomesOf(journal: readonly Journalled[]): Journalled[] {
  return journal.filter(({ ended }) => ended === 'unknown' || ended === null);
}

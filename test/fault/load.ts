import { setTimeout as wait } from 'node:timers/promises';
import { breaches, failures } from './accounts.ts';
import { Crowd, type CrowdOptions, type Seen } from './crowd.ts';
import { nowMs } from './clock.ts';
import { outcomesOf, readJournalAtRest } from './journal.ts';
import type { Switching } from './operator.ts';
import { median } from '../bench/statistics.ts';
import { pausesOf, type Pauses } from './pauses.ts';
import { onStand, type Stand } from './stand.ts';
import { START, walk } from './walk.ts';

export interface LoadOptions extends CrowdOptions {
  readonly forMs: number;
  readonly everyMs: number;
  /** How long they are at work without a switch, for comparison. */
  readonly quietMs: number;
  /** How many requests an environment bears at once; the others wait in line. */
  readonly concurrency?: number;
}

export interface LoadReport {
  readonly breaches: readonly string[];
  readonly failures: Readonly<Record<string, number>>;
  /** Switches that were answered with 200, and how long they took. */
  readonly switches: number;
  readonly switchMs: { readonly median: number; readonly longest: number };
  /** What the others were answered. */
  readonly notSwitched: readonly string[];
  readonly outcomes: number;
  /** Writes that were begun in the journal and have no second line at the end. */
  readonly leftOpen: number;
  readonly writers: Pauses;
  readonly readers: Pauses;
  /** The same partners, and no switch. */
  readonly withoutSwitches: { readonly writers: Pauses; readonly readers: Pauses };
}

/** Partners at work while the mode changes every so often, beside the same without a switch. */
export function underLoad(options: LoadOptions): Promise<LoadReport> {
  return onStand({ concurrency: options.concurrency ?? 64 }, async (stand) => {
    // Nobody is measured on a cold engine.
    await quiet(stand, options, Math.min(options.quietMs / 2, 3000));
    const before = await quiet(stand, options, options.quietMs);
    const crowd = new Crowd(stand, options);
    const switchings: Switching[] = [];
    const places = walk(START, options.seed);
    const until = nowMs() + options.forMs;
    for (let next = nowMs() + options.everyMs; next < until; next += options.everyMs) {
      await wait(Math.max(0, next - nowMs()));
      switchings.push(await stand.operator.switchTo(places.next().value));
    }
    await wait(Math.max(0, until - nowMs()));
    const seen = await crowd.stop();
    const journal = await readJournalAtRest(stand.gateway.place.stateDir);
    return {
      breaches: breaches({ seen, arrived: stand.arrived(), journal, start: START, switchings }),
      failures: failures(seen),
      ...switched(switchings),
      outcomes: outcomesOf(journal).length,
      leftOpen: journal.filter(({ ended }) => ended === null).length,
      writers: pausesOf(seen.writes),
      readers: pausesOf(seen.reads),
      withoutSwitches: { writers: pausesOf(before.writes), readers: pausesOf(before.reads) },
    };
  });
}

function switched(switchings: readonly Switching[]): Pick<LoadReport, 'switches' | 'switchMs' | 'notSwitched'> {
  const done = switchings.filter(({ status }) => status === 200);
  const times = done.map(({ askedAt, answeredAt }) => answeredAt - askedAt);
  return {
    switches: done.length,
    switchMs: { median: median(times), longest: Math.max(...times) },
    notSwitched: switchings.filter((one) => !done.includes(one)).map(({ status, text }) => `${status} ${text}`),
  };
}

async function quiet(stand: Stand, options: CrowdOptions, forMs: number): Promise<Seen> {
  const crowd = new Crowd(stand, options);
  await wait(forMs);
  return crowd.stop();
}

import { setTimeout as wait } from 'node:timers/promises';
import { breachesAfter, isAt } from './after-kill.ts';
import { breaches } from './accounts.ts';
import { Crowd, type Seen, type Write } from './crowd.ts';
import type { Answer } from './partner.ts';
import { readJournal } from './journal.ts';
import type { Place, Switching } from './operator.ts';
import { Random } from '../wire/fuzz/random.ts';
import { CLOUD, NORMAL } from './places.ts';
import { onStand, type Stand } from './stand.ts';
import { START, walk } from './walk.ts';

export interface KillOptions {
  readonly times: number;
  readonly seed: number;
}

export interface KillReport {
  readonly breaches: readonly string[];
  /** What was found after the restarts. */
  readonly found: { readonly old: number; readonly new: number };
  /** Kills that came after the switch had been answered. */
  readonly answered: number;
  readonly writes: number;
  readonly processKilled: number;
}

/** Made ready before a switch is asked for; what it gives is called right after that, and resolves when it is dead. */
export type Kill = (stand: Stand, random: Random) => Promise<() => Promise<void>>;

/**
 * Kills the gateway in the middle of switches, with partners at work, and looks at what a new start finds.
 * @param ways in turn; at a random moment where none is given
 */
export function killedInSwitches({ times, seed }: KillOptions, ways: readonly Kill[] = []): Promise<KillReport> {
  return onStand({}, async (stand) => {
    const random = new Random(seed);
    const anywhere = ways.length > 0 ? null : atRandom(await howLong(stand, seed));
    const found: string[] = [];
    const seen: { writes: Write[]; reads: Answer[] } = { writes: [], reads: [] };
    const counts = { old: 0, new: 0 };
    let answered = 0;
    let at: Place = START;
    let { epoch } = await stand.state();
    let inEmergencySince = 0;
    for (let i = 0; i < times; i += 1) {
      const to = walk(at, seed + i).next().value;
      const kill = anywhere ?? ways[i % ways.length];
      if (kill === undefined) throw new Error('no way to kill it');
      const { switching, during } = await switchAndKill(stand, to, seed + i, await kill(stand, random));
      seen.writes.push(...during.writes);
      seen.reads.push(...during.reads);
      await stand.gateway.start();
      stand.operator.leave();
      const state = await stand.state();
      if (switching.status === 200) answered += 1;
      counts[isAt(state, to) ? 'new' : 'old'] += 1;
      if (at.mode === 'normal' && state.mode !== 'normal') inEmergencySince = switching.askedAt;
      const around = { at, epoch, to, switching, state, inEmergencySince };
      for (const breach of await breachesAfter(stand, around, i)) found.push(`kill ${i}: ${breach}`);
      ({ epoch } = state);
      at = state;
    }
    const journal = readJournal(stand.gateway.place.stateDir);
    found.push(...breaches({ seen, arrived: stand.arrived(), journal, start: START, switchings: null }));
    return {
      breaches: found,
      found: counts,
      answered,
      writes: seen.writes.length,
      processKilled: journal.filter(({ cause }) => cause === 'process-killed').length,
    };
  });
}

/** A moment that is anywhere in a switch with the same chance. */
function atRandom(switchMs: number): Kill {
  return async (stand, random) => {
    const afterMs = random.next() * switchMs;
    return async () => {
      await wait(afterMs);
      await stand.gateway.kill();
    };
  };
}

/** How long the first switch after a start takes: the one that is killed is always that. */
async function howLong(stand: Stand, seed: number): Promise<number> {
  const times: number[] = [];
  for (const to of [CLOUD, NORMAL]) {
    await stand.gateway.kill();
    await stand.gateway.start();
    stand.operator.leave();
    const crowd = atWork(stand, seed);
    while (crowd.answered < 20) await wait(5);
    const { askedAt, answeredAt } = await stand.operator.switchTo(to);
    times.push(answeredAt - askedAt);
    await crowd.stop();
  }
  return Math.max(...times) * 1.1;
}

function atWork(stand: Stand, seed: number): Crowd {
  return new Crowd(stand, { writers: 4, readers: 2, thinkMs: 4, seed, writeMs: 10 });
}

async function switchAndKill(
  stand: Stand,
  to: Place,
  seed: number,
  kill: () => Promise<void>,
): Promise<{ switching: Switching; during: Seen }> {
  const crowd = atWork(stand, seed);
  const { epoch } = await stand.state();
  while (crowd.answered < 20) await wait(5);
  const asked = stand.operator.switchTo(to, epoch);
  await kill();
  const [switching, during] = await Promise.all([asked, crowd.stop()]);
  return { switching, during };
}

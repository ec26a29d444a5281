import { setTimeout as wait } from 'node:timers/promises';
import { breaches, failures } from './accounts.ts';
import { Crowd, type CrowdOptions, type Seen } from './crowd.ts';
import { outcomesOf, readJournalAtRest } from './journal.ts';
import type { Place, Switching } from './operator.ts';
import { onStand, SETTLE_MS, type Stand } from './stand.ts';
import { START } from './walk.ts';

/** What becomes of the environment that partners are about to leave. */
export type Fate = 'hung' | 'killed' | 'killed in the drain' | 'unreachable';
export const FATES: readonly Fate[] = ['hung', 'killed', 'killed in the drain', 'unreachable'];

export interface OldSideReport {
  readonly breaches: readonly string[];
  readonly failures: Readonly<Record<string, number>>;
  readonly switching: Switching;
  readonly switchMs: number;
  /** What the switch may take: drain + settle + 200 ms. */
  readonly allowedMs: number;
  readonly outcomes: number;
  /** Of those, writes that were begun after the environment was gone. */
  readonly outcomesAfterwards: number;
  readonly writesAfterTheSwitch: number;
}

const AWAY: Place = { mode: 'emergency', target: 'localEmergency' };

/** A switch away from an environment that is dying, with partners writing to it. */
export function awayFrom(fate: Fate, options: CrowdOptions): Promise<OldSideReport> {
  return onStand({ drainMs: 600, firstByteMs: 2500 }, async (stand) => {
    const old = stand.environment('operational');
    let crowd = new Crowd(stand, { ...options, writeMs: fate === 'killed in the drain' ? 400 : 30 });
    await wait(500);
    let seen: Seen = { writes: [], reads: [] };
    switch (fate) {
      case 'hung':
        old.hang();
        break;
      case 'killed':
        await old.kill();
        break;
      case 'killed in the drain':
        void wait(100).then(() => old.kill());
        break;
      case 'unreachable':
        // Nobody has anything under way when it vanishes: what comes after that finds no connection to send a byte on.
        seen = await crowd.stop();
        await old.vanish();
        crowd = new Crowd(stand, options);
    }
    if (fate !== 'killed in the drain') await wait(300);
    const switching = await stand.operator.switchTo(AWAY);
    const answered = crowd.answered;
    await until(() => crowd.answered > answered + 100, 5000);
    const after = await crowd.stop();
    seen = { writes: [...seen.writes, ...after.writes], reads: [...seen.reads, ...after.reads] };
    if (fate === 'hung') {
      old.goOn();
      await old.settled();
    }
    return report(stand, seen, after, switching);
  });
}

async function report(stand: Stand, seen: Seen, after: Seen, switching: Switching): Promise<OldSideReport> {
  const journal = await readJournalAtRest(stand.gateway.place.stateDir);
  const outcomes = outcomesOf(journal);
  const late = new Set(after.writes.map(({ digest }) => digest));
  return {
    breaches: breaches({ seen, arrived: stand.arrived(), journal, start: START, switchings: [switching] }),
    failures: failures(seen),
    switching,
    switchMs: switching.answeredAt - switching.askedAt,
    allowedMs: stand.drainMs + SETTLE_MS + 200,
    outcomes: outcomes.length,
    outcomesAfterwards: outcomes.filter(({ digest }) => digest !== null && late.has(digest)).length,
    writesAfterTheSwitch: seen.writes.filter(({ environment }) => environment === AWAY.target).length,
  };
}

async function until(isSo: () => boolean, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isSo() && performance.now() < deadline) await wait(20);
}

import { setTimeout as wait } from 'node:timers/promises';
import { breaches, failures } from './accounts.ts';
import { Crowd, type CrowdOptions, type Seen } from './crowd.ts';
import { outcomesOf, readJournalAtRest } from './journal.ts';
import type { Place, Switching } from './operator.ts';
import { outcomeBreaches } from './outcomes.ts';
import { onStand, SETTLE_MS, type Stand } from './stand.ts';
import { START } from './walk.ts';

/** What becomes of the environment that partners are about to leave. */
export type Fate = 'hung' | 'killed' | 'killed in the drain' | 'unreachable';
export const FATES: readonly Fate[] = ['hung', 'killed', 'killed in the drain', 'unreachable'];

/** What partners may be answered beside 2xx: all that is honest about such a fate. */
const HONEST: Readonly<Record<Fate, readonly string[]>> = {
  hung: ['504 cut-by-switch', '504 first-byte-timeout'],
  killed: ['502 environment-reset', '502 connect-failed'],
  'killed in the drain': ['502 environment-reset', '502 connect-failed'],
  unreachable: [],
};

export interface OldSideReport {
  readonly breaches: readonly string[];
  readonly failures: Readonly<Record<string, number>>;
  readonly switchMs: number;
  /** What the switch may take: drain + settle + 200 ms. */
  readonly allowedMs: number;
  readonly outcomes: number;
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
    return report(stand, fate, seen, switching);
  });
}

async function report(stand: Stand, fate: Fate, seen: Seen, switching: Switching): Promise<OldSideReport> {
  const journal = await readJournalAtRest(stand.gateway.place.stateDir);
  const outcomes = outcomesOf(journal).length;
  const switchMs = switching.answeredAt - switching.askedAt;
  const allowedMs = stand.drainMs + SETTLE_MS + 200;
  const failed = failures(seen);
  const found = breaches({ seen, arrived: stand.arrived(), journal, start: START, switchings: [switching] });
  found.push(...(await outcomeBreaches(stand)));
  if (switching.status !== 200) found.push(`the switch: ${switching.status} ${switching.text}`);
  if (switchMs >= allowedMs) found.push(`${switchMs.toFixed(1)} ms, allowed are ${allowedMs}: ${switching.text}`);
  for (const what of Object.keys(failed)) if (!HONEST[fate].includes(what)) found.push(`${failed[what]} × ${what}`);
  if (!seen.writes.some(({ environment }) => environment === AWAY.target)) found.push('nobody writes to the new side');
  if (fate === 'unreachable' && outcomes > 0) found.push(`${outcomes} unknown outcomes, and no byte left`);
  if (fate !== 'unreachable' && outcomes === 0) found.push('nothing was under way: this run shows nothing');
  return { breaches: found, failures: failed, switchMs, allowedMs, outcomes };
}

async function until(isSo: () => boolean, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isSo() && performance.now() < deadline) await wait(20);
}

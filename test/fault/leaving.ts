import { setTimeout as wait } from 'node:timers/promises';
import { breaches } from './accounts.ts';
import { write, type Write } from './crowd.ts';
import { readJournalAtRest } from './journal.ts';
import { Random } from '../wire/fuzz/random.ts';
import { onStand, type Stand } from './stand.ts';
import { START } from './walk.ts';

export interface LeavingReport {
  readonly breaches: readonly string[];
  readonly left: number;
  readonly outcomes: number;
  /** Requests that still count as under way once nobody is there. */
  readonly inFlight: number;
  /** How long a switch waits for them. */
  readonly switchMs: number;
}

/** Partners that leave at any moment of a write. */
export function leaving(options: { readonly times: number; readonly seed: number }): Promise<LeavingReport> {
  return onStand({ drainMs: 2000 }, async (stand) => {
    const random = new Random(options.seed);
    const writes: Write[] = [];
    for (let i = 0; i < options.times; i += 8) {
      const some = Array.from({ length: 8 }, async (_, n) => {
        const partner = stand.partner();
        const leaves = new AbortController();
        const sent = write(partner, `l${i + n}`, 'orca11/acceptmodv2?class=01&delay=2', '', leaves.signal);
        void wait(random.next() * 12).then(() => leaves.abort());
        writes.push(await sent);
        partner.leave();
      });
      await Promise.all(some);
    }
    const inFlight = await underWay(stand);
    const { askedAt, answeredAt } = await stand.operator.switchTo({ mode: 'emergency', target: 'cloudEmergency' });
    const journal = await readJournalAtRest(stand.gateway.place.stateDir);
    const run = { seen: { writes, reads: [] }, arrived: stand.arrived(), journal, start: START, switchings: [] };
    return {
      breaches: breaches(run),
      left: writes.filter(({ status }) => status === null).length,
      outcomes: journal.filter(({ ended }) => ended === 'unknown').length,
      inFlight,
      switchMs: answeredAt - askedAt,
    };
  });
}

/** What the gateway itself counts as under way; a moment is given to those that are just ending. */
async function underWay(stand: Stand): Promise<number> {
  for (let i = 0; ; i += 1) {
    const { text } = await stand.operator.ask('GET', '/api/environments');
    const environments: { name: string; inFlight: number }[] = JSON.parse(text).environments ?? JSON.parse(text);
    const inFlight = environments.reduce((sum, each) => sum + each.inFlight, 0);
    if (inFlight === 0 || i === 50) return inFlight;
    await wait(20);
  }
}

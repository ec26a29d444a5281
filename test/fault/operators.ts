import { Operator, type Switching } from './operator.ts';
import { Random } from '../wire/fuzz/random.ts';
import { onStand } from './stand.ts';
import { nextPlaces } from './walk.ts';

export interface ContestReport {
  readonly breaches: readonly string[];
  readonly contests: number;
  /** How often each answer was given. */
  readonly answers: Readonly<Record<string, number>>;
}

/** Two operators that have seen the same mode wish to switch at the same moment, again and again. */
export function contested({ times, seed }: { readonly times: number; readonly seed: number }): Promise<ContestReport> {
  return onStand({}, async ({ operator, gateway }) => {
    let token: Promise<string> | null = null;
    const other = new Operator(gateway.place.controlPort, () => (token ??= gateway.controlToken()));
    const random = new Random(seed);
    const found: string[] = [];
    const answers: Record<string, number> = {};
    for (let i = 0; i < times; i += 1) {
      const { mode, target, epoch } = await operator.state();
      const places = nextPlaces({ mode, target });
      const wishes = [operator, other].map((who) => who.switchTo(random.pick(places), epoch));
      const results = await Promise.all(wishes);
      const winners = results.filter(({ status }) => status === 200);
      const losers = results.filter((one) => isConflict(one));
      for (const { status } of results) answers[`${status}`] = (answers[`${status}`] ?? 0) + 1;
      const after = await operator.state();
      const say = (what: string): void => void found.push(`contest ${i} from epoch ${epoch}: ${what}`);
      if (winners.length !== 1 || losers.length !== 1)
        say(results.map(({ status, text }) => `${status} ${text}`).join());
      if (after.epoch !== epoch + 1) say(`the epoch is ${after.epoch} now`);
      const [winner] = winners;
      if (winner !== undefined && (winner.to.mode !== after.mode || winner.to.target !== after.target))
        say(`${winner.to.mode} ${winner.to.target} won, and the mode is ${after.mode} ${after.target}`);
    }
    other.leave();
    const history = await operator.history();
    if (history.length !== times + 1 || history.some(({ epoch }, n) => epoch !== times + 1 - n))
      found.push(`the history: ${history.map(({ epoch }) => epoch).join()}`);
    return { breaches: found, contests: times, answers };
  });
}

function isConflict({ status, text }: Switching): boolean {
  return status === 409 && text.includes('"EPOCH_CONFLICT"');
}

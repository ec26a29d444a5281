import { z } from 'zod';
import type { Outcome, WriteJournal } from '../../gateway/journal/journal.ts';
import type { Caller } from '../access.ts';
import { readBody } from '../body.ts';
import { kept } from '../kept.ts';
import type { ControlLog } from '../log.ts';
import { Problem } from '../problem.ts';
import type { Route } from '../route.ts';
import type { Audit } from '../switch/audit.ts';
import { createTurn } from '../switch/turn.ts';
import { sentence } from './fields.ts';

/** What of the write journal is shown. */
export type Outcomes = Pick<WriteJournal, 'outcomes' | 'tick' | 'onOutcome'>;

/** Told of every change: an outcome that came up, or was ticked off. */
export type OutcomeChange = (change: 'opened' | 'ticked', outcome: Outcome) => void;

export interface OutcomeRouteDeps {
  readonly journal: Outcomes;
  readonly audit: Audit;
  readonly epoch: () => number;
  readonly log: ControlLog;
  readonly onChange: OutcomeChange;
}

const TickBody = z.strictObject({ note: sentence });

interface Tick {
  readonly by: string;
  readonly at: string;
}

// Of so many it is remembered who ticked them off: for those who look at a list that is a moment old.
const REMEMBERED = 1000;

/** Unknown outcomes (結果不明): the list, and ticking one off once a person has looked. */
export function outcomeRoutes(deps: OutcomeRouteDeps): Route[] {
  const ticked = new Map<string, Tick>();
  const turn = createTurn();
  return [
    {
      method: 'GET',
      path: '/api/outcomes',
      scopes: ['patients'],
      handle: (ctx) => {
        ctx.body = { outcomes: deps.journal.outcomes().map(outcomeView) };
      },
    },
    {
      method: 'POST',
      path: '/api/outcomes/:id',
      scopes: ['patients', 'switch'],
      handle: async (ctx, caller) => {
        const id = String(ctx['params'].id);
        const { note } = await readBody(ctx, TickBody);
        // One at a time: the journal waits for the disk before it forgets an outcome.
        const outcome = await turn(() => tickOff({ id, note, caller, ticked }, deps));
        const { partner, environment, cause } = outcome;
        const fields = { outcome: id, partner, environment, code: cause, epoch: deps.epoch() };
        deps.log.info({ requestId: ctx.state.requestId, by: caller.name, ...fields }, 'outcome ticked off');
        deps.onChange('ticked', outcome);
        ctx.body = { outcome: outcomeView(outcome), open: deps.journal.outcomes().length };
      },
    },
  ];
}

interface Ticking {
  readonly id: string;
  readonly note: string;
  readonly caller: Caller;
  readonly ticked: Map<string, Tick>;
}

async function tickOff({ id, note, caller, ticked }: Ticking, deps: OutcomeRouteDeps): Promise<Outcome> {
  const { audit, journal, epoch } = deps;
  const { name: by, whence } = caller;
  if (!journal.outcomes().some((outcome) => outcome.id === id)) throw notOpen(id, ticked.get(id));
  // First the row, then the deed: a kill in between leaves an outcome that has to be ticked off once more.
  const row = {
    by,
    whence,
    action: 'outcome-tick',
    outcome: 'done',
    epoch: epoch(),
    subject: id,
    reason: note,
  } as const;
  await kept(() => audit.append(row));
  const outcome = await journal.tick(id, by, note);
  if (outcome === null) throw notOpen(id, ticked.get(id));
  remember(ticked, id, { by, at: new Date().toISOString() });
  return outcome;
}

/** An outcome as the API shows it, to those who may see patients' data. */
export function outcomeView({ id, partner, method, path, call, patient, environment, epoch, at, ...rest }: Outcome) {
  const { digest, bytes, cause, since } = rest;
  return { id, partner, method, path, call, patient, digest, bytes, environment, epoch, at, cause, since };
}

/** The same without anything that points to a patient: a digest could be compared with that of a guessed body. */
export function outcomeWithoutPatient(outcome: Outcome) {
  return { ...outcomeView(outcome), patient: null, digest: null };
}

function remember(ticked: Map<string, Tick>, id: string, tick: Tick): void {
  ticked.set(id, tick);
  for (const oldest of ticked.keys()) {
    if (ticked.size <= REMEMBERED) return;
    ticked.delete(oldest);
  }
}

function notOpen(id: string, tick: Tick | undefined): Problem {
  if (tick === undefined)
    return new Problem('OUTCOME_NOT_FOUND', {
      ja: '結果不明の一覧にその番号はありません。一覧を読み直してください。',
      en: `No unknown outcome has the id ${JSON.stringify(id)}. Read the list again.`,
    });
  const { by, at } = tick;
  return new Problem(
    'OUTCOME_TICKED',
    {
      ja: `すでに ${by} が確認済みにしています (${at})。`,
      en: `${by} has ticked it off already, at ${at}.`,
    },
    { members: { by, at } },
  );
}

import { setTimeout as wait } from 'node:timers/promises';
import { nowMs } from '../fault/clock.ts';
import { Partner, type Answer } from '../fault/partner.ts';
import { Random } from '../wire/fuzz/random.ts';
import { PARTNER } from './calls.ts';
import type { Side, SwitchRow } from './switch-rows.ts';

/** What partners saw of one switch; milliseconds. */
export interface SwitchSample {
  /** From the command to its return. */
  readonly commandMs: number;
  /** From the command to the first answer of the new side. */
  readonly firstNewMs: number;
  /** Requests that got no answer, or none of a side. */
  readonly failed: number;
  /** Answers of the old side to requests that were sent after the command had returned. */
  readonly oldAfter: number;
  /** When, after the command's return, the old side answered for the last time; 0 where it did not. */
  readonly lastOldMs: number;
  /** How long the gateway held writes; the others hold none, and let them through to the side that is being left. */
  readonly heldMs: number;
  /** The longest that a partner waited for one answer, from the command on. */
  readonly longestMs: number;
}

const CLIENTS = 32;
const THINK_MS = 8;
const BEFORE_MS = 700;
const AFTER_MS = 1500;
const BODY = '<data><acceptreq type="record"><Patient_ID type="string">00001</Patient_ID></acceptreq></data>';

/** One switch under load: as many readers as writers, each over a connection of its own that is kept. */
export async function sampleSwitch(row: SwitchRow, to: Side, seed: number): Promise<SwitchSample> {
  const answers: Answer[] = [];
  const over = new AbortController();
  const partners = Array.from({ length: CLIENTS }, () => new Partner(row.port, PARTNER));
  const atWork = partners.map(async (partner, i) => {
    const random = new Random(seed * CLIENTS + i);
    const ask =
      i % 2 === 0
        ? { path: '/api/api01rv2/patientgetv2?id=1' }
        : { path: '/api/orca11/acceptmodv2?class=01', body: BODY };
    while (!over.signal.aborted) {
      await wait(random.next() * 2 * THINK_MS);
      answers.push(await partner.ask(ask));
    }
  });
  await wait(BEFORE_MS);
  const askedAt = nowMs();
  const heldMs = await row.to(to);
  const returnedAt = nowMs();
  await wait(AFTER_MS);
  over.abort();
  await Promise.all(atWork);
  for (const partner of partners) partner.leave();

  const since = answers.filter(({ answeredAt }) => answeredAt >= askedAt);
  const ofNew = since.filter(({ environment }) => environment === to);
  const ofOld = since.filter(({ environment }) => environment !== null && environment !== to);
  return {
    commandMs: returnedAt - askedAt,
    firstNewMs: Math.min(...ofNew.map(({ answeredAt }) => answeredAt)) - askedAt,
    failed: since.filter(({ status }) => status !== 200).length,
    oldAfter: ofOld.filter((answer) => answer.askedAt > returnedAt).length,
    lastOldMs: Math.max(0, ...ofOld.map(({ answeredAt }) => answeredAt - returnedAt)),
    heldMs,
    longestMs: Math.max(...since.map((answer) => answer.answeredAt - answer.askedAt)),
  };
}

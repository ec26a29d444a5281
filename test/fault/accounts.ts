import type { Seen, Write } from './crowd.ts';
import type { Arrived } from './environments.ts';
import type { Journalled } from './journal.ts';
import { routed, type Place, type Switching } from './operator.ts';
import type { Answer } from './partner.ts';
import { isOfItsTime, periods } from './periods.ts';

/** Everything that is known of a run, from all sides. */
export interface Run {
  readonly seen: Seen;
  readonly arrived: readonly Arrived[];
  readonly journal: readonly Journalled[];
  /** Where it began, and the switches after that, in order; null where they are not known. */
  readonly start: Place;
  readonly switchings: readonly Switching[] | null;
}

/** After these a partner must be told to look: a byte may have arrived. After all others nothing was sent. */
const UNKNOWN = new Set(['cut-by-switch', 'environment-reset', 'first-byte-timeout', 'idle-timeout', 'bad-answer']);

/** Every breach of what a switch promises, in words; none in a good run. */
export function breaches(run: Run): string[] {
  const { seen, arrived } = run;
  const stored = new Map<string, Arrived[]>();
  for (const one of arrived)
    if (one.isWhole && one.id !== null) stored.set(one.id, [...(stored.get(one.id) ?? []), one]);
  const journalled = new Map<string, Journalled[]>();
  for (const one of run.journal)
    if (one.digest !== null) journalled.set(one.digest, [...(journalled.get(one.digest) ?? []), one]);
  return [
    ...seen.writes.flatMap((write) =>
      breachesOf(write, stored.get(write.id) ?? [], journalled.get(write.digest) ?? []),
    ),
    ...seen.reads.flatMap(breachOfRead),
    ...(run.switchings === null ? [] : [...afterTheAnswer(run, run.switchings), ...outOfTime(run, run.switchings)]),
  ];
}

function breachesOf(write: Write, stored: readonly Arrived[], journalled: readonly Journalled[]): string[] {
  const found: string[] = [];
  const say = (what: string): void => void found.push(`${write.id} (${whatCame(write)}): ${what}`);
  const isUnknown = journalled.some(({ ended }) => ended === 'unknown' || ended === null);
  if (stored.length > 1)
    say(`stored ${stored.length} times, in ${stored.map(({ environment }) => environment).join()}`);
  if (write.status === 500) say('the gateway itself failed');
  const [where] = stored;
  if (isAnswered(write)) {
    if (where === undefined) say('acknowledged and stored nowhere');
    else if (!isRoleOf(where.environment, write.hybridmode)) say(`stored in ${where.environment}`);
    else if (where.environment !== write.environment) say(`${write.environment} answered, ${where.environment} stored`);
    // Killed between an answer and the line that tells of it, a gateway can only say that it does not know.
    if (isUnknown && !journalled.some(({ cause }) => cause === 'process-killed'))
      say('acknowledged, and an unknown outcome');
    return found;
  }
  const isWhole = journalled.at(-1)?.ended === 'end';
  if (where !== undefined && !isUnknown && !isWhole) say(`stored in ${where.environment}, and no unknown outcome`);
  const outcome = journalled.find(({ ended }) => ended === 'unknown');
  if (where !== undefined && outcome !== undefined && outcome.environment !== where.environment)
    say(`stored in ${where.environment}, an unknown outcome of ${outcome.environment}`);
  if (write.code !== null && UNKNOWN.has(write.code) && !isUnknown) say('may have arrived, and no unknown outcome');
  if (write.code !== null && !UNKNOWN.has(write.code)) {
    if (where !== undefined) say(`said to be not sent, and stored in ${where.environment}`);
    if (isUnknown) say('said to be not sent, and an unknown outcome');
  }
  return found;
}

function breachOfRead(read: Answer): string[] {
  if (read.status === 500) return [`a read (${whatCame(read)}): the gateway itself failed`];
  if (!isAnswered(read) || isRoleOf(read.environment, read.hybridmode)) return [];
  return [`a read answered by ${read.environment} says ${read.hybridmode}`];
}

/** What an environment stored between the answer to a switch away from it and the next wish to switch. */
function afterTheAnswer({ start, arrived, journal, seen }: Run, switchings: readonly Switching[]): string[] {
  const digests = new Map(seen.writes.map(({ id, digest }) => [id, digest]));
  const unknown = new Set(journal.filter(({ ended }) => ended === 'unknown').map(({ digest }) => digest));
  const done = switchings.filter(({ status }) => status === 200);
  return done.flatMap(({ to, answeredAt }, i) => {
    const from = done[i - 1]?.to ?? start;
    if (routed(from) === routed(to)) return [];
    const until = done[i + 1]?.askedAt ?? Number.POSITIVE_INFINITY;
    return (
      arrived
        .filter(({ environment, at }) => environment === routed(from) && at > answeredAt && at < until)
        // Without an id it is no partner's write: the gateway itself asks how an environment is.
        .filter(({ id }) => id !== null && !unknown.has(digests.get(id) ?? null))
        .map(
          ({ id, at }) =>
            `${id} was stored in ${routed(from)} ${(at - answeredAt).toFixed(1)} ms after the switch's answer`,
        )
    );
  });
}

function outOfTime({ start, seen }: Run, switchings: readonly Switching[]): string[] {
  const all = periods(start, switchings);
  return [...seen.writes, ...seen.reads]
    .filter((answer) => isAnswered(answer) && !isOfItsTime(answer, all))
    .map(({ environment, hybridmode }) => `${environment} answered ${hybridmode}, in no mode that held meanwhile`);
}

export function isAnswered({ status }: Answer): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** Everything that is no 2xx, by what it was: `503 switch-in-progress`, `ECONNREFUSED`. */
export function failures({ writes, reads }: Seen): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of [...writes, ...reads].filter((each) => !isAnswered(each)))
    counts[whatCame(one)] = (counts[whatCame(one)] ?? 0) + 1;
  return counts;
}

function whatCame({ status, code, error, hybridmode }: Answer): string {
  if (status === null) return error ?? 'nothing';
  return code === null ? `${status} ${hybridmode}` : `${status} ${code}`;
}

/** Whether `X-Hybridmode` can be of an answer of this environment. */
function isRoleOf(environment: string | null, hybridmode: string | null): boolean {
  if (environment === null || !/^(?:normal|emergency|recovery)(?:-fa)?$/.test(hybridmode ?? '')) return false;
  return (hybridmode ?? '').endsWith('-fa') === (environment !== 'operational');
}

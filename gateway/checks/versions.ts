import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { ENVIRONMENTS } from '../../mode/mode.ts';
import type { EnvironmentName } from '../../mode/mode.ts';
import { orcaClient } from '../../orca/client.ts';
import type { OrcaClient } from '../../orca/client.ts';
import type { Environment } from '../../orca/environment.ts';
import { JA, ok, warn, within } from './check.ts';
import type { Finding, GatewayCheck, Plan } from './check.ts';

const versions = z.object({
  program: z.string(),
  database: z.string(),
  masters: z.record(z.string(), z.string()),
  /** When it was read: ISO 8601. */
  at: z.string(),
});
export type Versions = z.infer<typeof versions>;

const book = z.partialRecord(z.enum(ENVIRONMENTS), versions);

export interface VersionsParts {
  readonly environments: ReadonlyMap<EnvironmentName, Environment>;
  /** Where what was read is kept: an outage may outlive this process. */
  readonly file: string;
  /** How often they are read while nobody asks; 0: never. */
  readonly everyMs: number;
  readonly now: () => Date;
}

/** What the environments are made of: read a while ago, or now; of one that does not answer, what it last said. */
export interface VersionBook {
  ask(name: EnvironmentName): Promise<{ readonly versions: Versions; readonly isNow: boolean } | null>;
  stop(): void;
}

const ASK_MS = 1000;
/** A check that can only warn must not hold up a switch: an answer that comes later serves the next one. */
const WAIT_MS = 100;
/** What was read so long ago counts as now: programs are updated at night. */
const FRESH_MS = 2 * 60 * 60_000;

export function versionBook({ environments, file, everyMs, now }: VersionsParts): VersionBook {
  let known = recall(file);
  const clients = new Map<EnvironmentName, OrcaClient>();
  let writing = Promise.resolve();

  async function read(name: EnvironmentName): Promise<Versions | null> {
    const environment = environments.get(name);
    if (environment === undefined || environment.authorization === null) return null;
    const client = clients.get(name) ?? orcaClient(environment, { concurrency: 1, retries: 0 });
    clients.set(name, client);
    const outcome = await client.system.versions({ at: now() }, { signal: AbortSignal.timeout(ASK_MS) });
    if (outcome.kind !== 'ok' && outcome.kind !== 'warning') return null;
    const { program, database, masters } = outcome.answer;
    const each = masters.map(({ name: master, local }): [string, string] => [master, local]);
    const read = { program, database: database.local, masters: Object.fromEntries(each), at: now().toISOString() };
    known = { ...known, [name]: read };
    const text = JSON.stringify(known);
    // A note for the next outage: where the disk does not take it, this one goes on without.
    writing = writing.then(() => keep(file, text)).catch(() => undefined);
    return read;
  }

  const readAll = (): void => {
    for (const name of environments.keys()) void read(name);
  };
  const timer = everyMs > 0 ? setInterval(readAll, everyMs).unref() : null;
  if (timer !== null) readAll();
  return {
    async ask(name) {
      const kept = known[name];
      if (kept !== undefined && now().getTime() - Date.parse(kept.at) < FRESH_MS)
        return { versions: kept, isNow: true };
      const fresh = await within(read(name), null, WAIT_MS);
      const last = fresh ?? known[name];
      return last === undefined ? null : { versions: last, isNow: fresh !== null };
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      for (const client of clients.values()) client.close();
    },
  };
}

/** A difference is usual, and no reason to stay; but what is copied later may meet other masters. */
export function versionsCheck(known: VersionBook, pairOf: (plan: Plan) => readonly [EnvironmentName, EnvironmentName]) {
  return {
    name: 'versions',
    isOverridable: true,
    async run(plan) {
      const [one, other] = pairOf(plan);
      const [here, there] = await Promise.all([known.ask(one), known.ask(other)]);
      const missing = here === null ? one : there === null ? other : null;
      if (here === null || there === null) {
        const name = missing ?? one;
        return warn(
          `${JA[name]}のバージョンがわからないため、比較できません。`,
          `The versions of ${name} are not known, and cannot be compared.`,
        );
      }
      return compared([one, here.versions, here.isNow], [other, there.versions, there.isNow]);
    },
  } satisfies GatewayCheck;
}

type Told = readonly [name: EnvironmentName, versions: Versions, isNow: boolean];

export function compared(one: Told, other: Told): Finding {
  const skews = differences(one[1], other[1]);
  const old = [one, other].filter(([, , isNow]) => !isNow);
  const asOf = old.map(([name, { at }]) => ({ ja: `${JA[name]}は ${at} の時点`, en: `${name} as of ${at}` }));
  const ja = asOf.length === 0 ? '' : ` (${asOf.map((each) => each.ja).join('、')})`;
  const en = asOf.length === 0 ? '' : ` (${asOf.map((each) => each.en).join(', ')})`;
  const pair = `${JA[one[0]]}と${JA[other[0]]}`;
  if (skews.length === 0)
    return ok(`${pair}のバージョンは同じです${ja}。`, `${one[0]} and ${other[0]} have the same versions${en}.`);
  return warn(
    `${pair}のバージョンが違います${ja}: ${skews.join('、')}。`,
    `${one[0]} and ${other[0]} differ${en}: ${skews.join(', ')}.`,
    '切り替えはできます。復旧の前に、両方の環境のプログラムとマスタを更新してください。',
  );
}

function differences(one: Versions, other: Versions): string[] {
  const pairs: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['program', one.program, other.program],
    ['database', one.database, other.database],
    ...Object.keys({ ...one.masters, ...other.masters }).map(
      (name) => [name, one.masters[name], other.masters[name]] as const,
    ),
  ];
  return pairs.filter(([, a, b]) => a !== b).map(([name, a = '-', b = '-']) => `${name} ${a} / ${b}`);
}

function recall(file: string): Partial<Record<EnvironmentName, Versions>> {
  try {
    return book.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // None yet, or half of one: what matters is read anew.
    return {};
  }
}

async function keep(file: string, text: string): Promise<void> {
  await writeFile(`${file}.part`, text, { mode: 0o600 });
  await rename(`${file}.part`, file);
}

import { z } from 'zod';
import type { EnvironmentName } from '../../mode/mode.ts';
import { ENVIRONMENTS } from '../../mode/mode.ts';
import type { Batch, Line } from '../../state/batch.ts';
import { clinicTime } from './clock.ts';
import type { PushEvent } from './protocol.ts';

/** Where a subscriber stood: the place of an event in the journal. */
export interface Place {
  readonly seq: number;
  readonly environment: EnvironmentName;
  readonly receivedMs: number;
}

export interface KeptEvent {
  readonly seq: number;
  readonly event: string;
  readonly data: string;
}

/** From `seq` on, partners belong to `environment`. */
export interface Flip {
  readonly seq: number;
  readonly environment: EnvironmentName;
  readonly atMs: number;
}

/** What pusheventgetv2 asks for; times as `YYYY-MM-DD HH:MM:SS`, inclusive. */
export interface Wanted {
  readonly event: string;
  readonly user: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The events of each environment, by uuid, for 7 days. `audience` says who got it: everybody, or the subscribers of one
 * session with their own credentials. Every event gets its `seq` at once; the disk follows within 200 ms.
 */
export interface EventJournal {
  /** @returns its place in the order of all events */
  add(environment: EnvironmentName, audience: string, event: PushEvent): number;
  readonly lastSeq: number;
  readonly lastFlip: Flip | null;
  flip(environment: EnvironmentName, epoch: number): Flip;
  /** Where `uuid` stands: first among what these audiences got, else among all. */
  find(uuid: string, audiences: readonly string[]): Promise<Place | null>;
  /** In order, behind `after` and up to `upTo`. */
  page(wanted: {
    readonly environment: EnvironmentName;
    readonly audiences: readonly string[];
    readonly after: number;
    readonly upTo: number;
    readonly limit: number;
  }): Promise<KeptEvent[]>;
  /** What pusheventgetv2 would list: envelopes as JSON, in order. */
  list(environment: EnvironmentName, audiences: readonly string[], wanted: Wanted): Promise<string[]>;
  /** The uuids that one audience got since a moment, or those that went to single sessions and groups. */
  uuidsSince(environment: EnvironmentName, audience: string, sinceMs: number): Promise<Set<string>>;
  /** Up to when nothing is missing, as it was noted; null where nothing was. */
  coveredUntil(environment: EnvironmentName, audience: string): Promise<number | null>;
  cover(environment: EnvironmentName, audience: string, untilMs: number): void;
  /** Removes what is too old or too much. */
  clean(): void;
  readonly pending: number;
  readonly lost: number;
  readonly failure: string | null;
}

const KEEP_MS = 7 * 24 * 60 * 60 * 1000;
const KEEP_EVENTS = 200_000;

/** Each entry is released once and never edited; see `migrate`. */
export const PUSH_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE push_events (
    seq INTEGER PRIMARY KEY,
    environment TEXT NOT NULL,
    audience TEXT NOT NULL,
    uuid TEXT NOT NULL,
    event TEXT NOT NULL,
    user TEXT NOT NULL,
    pushed_at TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX push_events_once ON push_events (environment, audience, uuid);
  CREATE INDEX push_events_uuid ON push_events (uuid);
  CREATE INDEX push_events_order ON push_events (environment, audience, seq);
  CREATE INDEX push_events_received ON push_events (received_ms);
  CREATE TABLE push_coverage (
    environment TEXT NOT NULL,
    audience TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (environment, audience)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE push_flips (
    seq INTEGER PRIMARY KEY,
    environment TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
  `,
];

const SQL = {
  add: `INSERT OR IGNORE INTO push_events (seq, environment, audience, uuid, event, user, pushed_at, received_ms, data)
        VALUES (@seq, @environment, @audience, @uuid, @event, @user, @pushedAt, @receivedMs, @data)`,
  flip: `INSERT INTO push_flips (seq, environment, epoch, at_ms) VALUES (@seq, @environment, @epoch, @atMs)`,
  cover: `INSERT INTO push_coverage (environment, audience, until_ms) VALUES (@environment, @audience, @untilMs)
          ON CONFLICT DO UPDATE SET until_ms = excluded.until_ms`,
  last: `SELECT max(coalesce((SELECT max(seq) FROM push_events), 0), coalesce((SELECT max(seq) FROM push_flips), 0)) seq`,
  lastFlip: 'SELECT seq, environment, at_ms FROM push_flips ORDER BY seq DESC LIMIT 1',
  find: `SELECT seq, environment, received_ms FROM push_events WHERE uuid = @uuid
         ORDER BY audience IN (SELECT value FROM json_each(@audiences)) DESC, seq LIMIT 1`,
  page: `SELECT seq, event, data FROM push_events WHERE environment = @environment
         AND audience IN (SELECT value FROM json_each(@audiences)) AND seq > @after AND seq <= @upTo
         ORDER BY seq LIMIT @limit`,
  list: `SELECT data FROM push_events WHERE environment = @environment
         AND audience IN (SELECT value FROM json_each(@audiences)) AND pushed_at BETWEEN @from AND @to
         AND (@event = '' OR event = @event) AND (@user = '' OR user = @user)
         GROUP BY uuid ORDER BY min(seq)`,
  uuids: `SELECT DISTINCT uuid FROM push_events WHERE environment = @environment
          AND (audience = @audience OR (@audience = 'addressed' AND audience LIKE '%#%')) AND received_ms >= @sinceMs`,
  // Noted every few seconds; an event that came later says the same.
  covered: `SELECT max(until_ms) until_ms FROM (
              SELECT until_ms FROM push_coverage WHERE environment = @environment AND audience = @audience
              UNION ALL
              SELECT * FROM (SELECT received_ms FROM push_events WHERE environment = @environment AND audience = @audience
                             ORDER BY seq DESC LIMIT 1))`,
  clean: [
    'DELETE FROM push_events WHERE received_ms < @oldestMs OR seq <= @lastSeq - @most',
    'DELETE FROM push_coverage WHERE until_ms < @oldestMs',
    'DELETE FROM push_flips WHERE at_ms < @oldestMs AND seq < (SELECT max(seq) FROM push_flips)',
  ],
} as const;

const environmentName = z.enum(ENVIRONMENTS);
const rows = {
  last: z.object({ seq: z.number() }),
  flip: z.object({ seq: z.number(), environment: environmentName, at_ms: z.number() }),
  place: z.object({ seq: z.number(), environment: environmentName, received_ms: z.number() }),
  kept: z.object({ seq: z.number(), event: z.string(), data: z.string() }),
  data: z.object({ data: z.string() }),
  uuid: z.object({ uuid: z.string() }),
  covered: z.object({ until_ms: z.number().nullable() }),
};

/** The journal over a batch that was opened with PUSH_MIGRATIONS. @throws BatchUnreadable */
export async function eventJournal(batch: Batch, nowMs: () => number = Date.now): Promise<EventJournal> {
  const read = async <T>(row: z.ZodType<T>, sql: string, params: Line['params']): Promise<T[]> =>
    (await batch.read({ sql, params })).map((found) => row.parse(found));
  const [last] = await read(rows.last, SQL.last, {});
  const [flipped] = await read(rows.flip, SQL.lastFlip, {});
  let lastSeq = last?.seq ?? 0;
  let lastFlip: Flip | null = flipped
    ? { seq: flipped.seq, environment: flipped.environment, atMs: flipped.at_ms }
    : null;

  return {
    get lastSeq() {
      return lastSeq;
    },
    get lastFlip() {
      return lastFlip;
    },
    get pending() {
      return batch.pending;
    },
    get lost() {
      return batch.refused;
    },
    get failure() {
      return batch.failure;
    },
    add(environment, audience, { uuid, event, user, time, data }) {
      const seq = (lastSeq += 1);
      const receivedMs = nowMs();
      const pushedAt = clinicTime(time) ?? clinicTime(receivedMs);
      batch.write({
        sql: SQL.add,
        params: { seq, environment, audience, uuid, event, user, pushedAt, receivedMs, data },
      });
      return seq;
    },
    flip(environment, epoch) {
      const seq = (lastSeq += 1);
      const atMs = nowMs();
      batch.write({ sql: SQL.flip, params: { seq, environment, epoch, atMs } });
      return (lastFlip = { seq, environment, atMs });
    },
    async find(uuid, audiences) {
      const [place] = await read(rows.place, SQL.find, { uuid, audiences: JSON.stringify(audiences) });
      return place ? { seq: place.seq, environment: place.environment, receivedMs: place.received_ms } : null;
    },
    page: ({ audiences, ...wanted }) => read(rows.kept, SQL.page, { ...wanted, audiences: JSON.stringify(audiences) }),
    async list(environment, audiences, wanted) {
      const found = await read(rows.data, SQL.list, { ...wanted, environment, audiences: JSON.stringify(audiences) });
      return found.map(({ data }) => data);
    },
    async uuidsSince(environment, audience, sinceMs) {
      const found = await read(rows.uuid, SQL.uuids, { environment, audience, sinceMs });
      return new Set(found.map(({ uuid }) => uuid));
    },
    async coveredUntil(environment, audience) {
      const [covered] = await read(rows.covered, SQL.covered, { environment, audience });
      return covered?.until_ms ?? null;
    },
    cover(environment, audience, untilMs) {
      batch.write({ sql: SQL.cover, params: { environment, audience, untilMs } });
    },
    clean() {
      const params = { oldestMs: nowMs() - KEEP_MS, lastSeq, most: KEEP_EVENTS };
      for (const sql of SQL.clean) batch.write({ sql, params });
    },
  };
}

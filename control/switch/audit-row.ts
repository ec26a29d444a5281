import { createHash } from 'node:crypto';

/** Who asked for something, and how they came in. */
export interface Whence {
  /** `process`: nobody asked, the gateway itself did it. */
  readonly via: 'token' | 'session' | 'process';
  readonly address: string | null;
  readonly requestId: string | null;
}

export const FROM_PROCESS: Whence = { via: 'process', address: null, requestId: null };

export const AUDIT_ACTIONS = [
  'start',
  'stop',
  'begin',
  'switch',
  'confirm',
  'state-rewound',
  'outcome-tick',
  'login',
  'logout',
  'session-end',
  'operator-add',
  'operator-remove',
  'operator-password',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

type Facts = Readonly<Record<string, unknown>>;

/** One thing that was done, or tried. No patient's data stands in any field but `reason`, which people write. */
export interface AuditEntry {
  readonly by: string;
  readonly whence: Whence;
  readonly action: AuditAction;
  /** `asked`: about to be done; the row that concludes it tells what became of it. */
  readonly outcome: string;
  /** The id of the `asked` row that this one concludes. */
  readonly concludes?: number | null;
  /** Of an `asked` row the epoch that it starts from, else the one that it led to. */
  readonly epoch: number;
  /** What it was done to: an operator's name, an outcome's id. */
  readonly subject?: string | null;
  readonly reason?: string | null;
  readonly before?: Facts | null;
  readonly after?: Facts | null;
  readonly overrides?: readonly string[];
  readonly detail?: Facts | null;
}

/** A row as it stands in the database: what the hash is made of. */
export interface AuditRow {
  readonly id: number;
  readonly at: string;
  readonly by: string;
  readonly via: string;
  readonly address: string | null;
  readonly request: string | null;
  readonly action: string;
  readonly outcome: string;
  readonly concludes: number | null;
  readonly epoch: number;
  readonly subject: string | null;
  readonly reason: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly overrides: string;
  readonly detail: string | null;
  readonly previous: string;
  readonly hash: string;
}

/** What an outside copy needs to keep, in order to notice that the trail was shortened or written anew. */
export interface AuditHead {
  readonly id: number;
  readonly hash: string;
}

/** The hash before the first row. */
export const NO_HASH = '0'.repeat(64);

const HASHED = [
  'at',
  'by',
  'via',
  'address',
  'request',
  'action',
  'outcome',
  'concludes',
  'epoch',
  'subject',
  'reason',
  'before',
  'after',
  'overrides',
  'detail',
] as const satisfies readonly (keyof AuditRow)[];

/**
 * SHA-256, hex, over the hash before it and the row as JSON: a list of the columns in the order above, which leaves no
 * doubt where one ends. The id is not in it, but its place in the chain is: so an inserted row can be told from a
 * changed one.
 */
export function hashOf(row: Omit<AuditRow, 'id' | 'hash'>): string {
  const canonical = JSON.stringify(HASHED.map((column) => row[column]));
  return createHash('sha256').update(`${row.previous}\n${canonical}`).digest('hex');
}

export function rowOf(entry: AuditEntry, at: Date, last: AuditHead): AuditRow {
  const { by, whence, action, outcome, concludes = null, epoch, subject = null, reason = null } = entry;
  const row = {
    id: last.id + 1,
    at: at.toISOString(),
    by,
    via: whence.via,
    address: whence.address,
    request: whence.requestId,
    action,
    outcome,
    concludes,
    epoch,
    subject,
    reason,
    before: text(entry.before),
    after: text(entry.after),
    overrides: JSON.stringify(entry.overrides ?? []),
    detail: text(entry.detail),
    previous: last.hash,
  };
  return { ...row, hash: hashOf(row) };
}

function text(facts: Facts | null | undefined): string | null {
  return facts === null || facts === undefined ? null : JSON.stringify(facts);
}

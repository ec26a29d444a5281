import type { HistoryEntry } from '../../mode/rows.ts';
import { FROM_PROCESS } from './audit-row.ts';
import type { AuditEntry } from './audit-row.ts';

/** An `asked` row that nothing concludes yet, as far as a repair needs it. */
export interface OpenIntent extends AuditEntry {
  readonly id: number;
}

export interface Told {
  readonly epoch: number;
  readonly since: string;
}

export interface RepairFacts {
  /** Every committed mode, the oldest first. */
  readonly history: readonly HistoryEntry[];
  /** The modes that the trail tells of, the oldest first. */
  readonly told: readonly Told[];
  readonly intents: readonly OpenIntent[];
}

// A process can be killed between the row before a commit, the commit, and the row after it. The history is what was
// really done; what the trail lacks of it is written from there, and an intent that led to nothing is closed.

/** The rows that the trail owes. */
export function owedRows({ history, told, intents }: RepairFacts): AuditEntry[] {
  const known = new Set(told.map(key));
  const concluded = new Set<OpenIntent>();
  const owed: AuditEntry[] = [];
  const newest = told.at(-1);
  const current = history.at(-1);
  if (newest !== undefined && current !== undefined && !history.some((entry) => key(entry) === key(newest)))
    owed.push(rewound(newest, current));
  for (const entry of history) {
    if (known.has(key(entry))) continue;
    const intent = intents.find((one) => one.epoch === entry.epoch - 1 && isOf(one, entry));
    if (intent !== undefined) concluded.add(intent);
    owed.push(committed(entry, intent));
  }
  for (const intent of intents) if (!concluded.has(intent)) owed.push(notDone(intent));
  return owed;
}

/** A mode as the trail tells it. */
export function modeFacts({ mode, target, epoch, since }: Omit<HistoryEntry, 'from' | 'by' | 'reason'>) {
  return { mode, target, epoch, since };
}

function key({ epoch, since }: Told): string {
  return `${epoch} ${since}`;
}

function isOf(intent: OpenIntent, { by, reason }: HistoryEntry): boolean {
  return intent.by === by && intent.reason === reason;
}

function committed(entry: HistoryEntry, intent: OpenIntent | undefined): AuditEntry {
  const action = intent?.action ?? (entry.from === null ? 'begin' : 'switch');
  return {
    by: entry.by,
    whence: intent?.whence ?? FROM_PROCESS,
    action,
    outcome: action === 'confirm' ? 'confirmed' : 'switched',
    concludes: intent?.id ?? null,
    epoch: entry.epoch,
    reason: entry.reason,
    before: intent?.before ?? (entry.from === null ? null : { mode: entry.from }),
    after: modeFacts(entry),
    overrides: intent?.overrides ?? [],
    detail: { from: 'history' },
  };
}

function notDone(intent: OpenIntent): AuditEntry {
  const { by, whence, action, epoch, subject = null, reason = null, before = null, overrides = [] } = intent;
  return {
    by,
    whence,
    action,
    epoch,
    subject,
    reason,
    before,
    overrides,
    outcome: 'not-done',
    concludes: intent.id,
    after: null,
    detail: { why: 'the process ended before the commit' },
  };
}

function rewound(newest: Told, current: HistoryEntry): AuditEntry {
  return {
    by: 'start',
    whence: FROM_PROCESS,
    action: 'state-rewound',
    outcome: 'seen',
    epoch: current.epoch,
    before: { epoch: newest.epoch, since: newest.since },
    after: modeFacts(current),
    detail: { why: 'the mode on disk is not the one that the trail knows last: state.db was put back or replaced' },
  };
}

import type { EmergencyName, Mode, ModeState } from './mode.ts';

/** One committed state, and the mode before it (null for the first). */
export interface HistoryEntry extends Omit<ModeState, 'wrote'> {
  readonly from: Mode | null;
}

/** A row of `mode_history`; the CHECK constraints of the table are what makes these types true. */
export interface ModeRow {
  readonly epoch: number;
  readonly mode: Mode;
  readonly target: EmergencyName;
  readonly since: string;
  readonly by: string;
  readonly reason: string;
  readonly from_mode: Mode | null;
  readonly confirmed: 0 | 1;
  readonly fingerprint: string;
}

/** Each entry is released once and never edited; see `migrate`. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE mode_history (
    epoch INTEGER PRIMARY KEY,
    mode TEXT NOT NULL CHECK (mode IN ('normal', 'emergency', 'recovery')),
    target TEXT NOT NULL CHECK (target IN ('cloudEmergency', 'localEmergency')),
    since TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL,
    from_mode TEXT CHECK (from_mode IN ('normal', 'emergency', 'recovery')),
    confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
    fingerprint TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER mode_history_epoch_grows BEFORE INSERT ON mode_history
    WHEN NEW.epoch <> coalesce((SELECT max(epoch) FROM mode_history), 0) + 1
    BEGIN SELECT RAISE(ABORT, 'epoch must grow by one'); END;
  CREATE TRIGGER mode_history_no_update BEFORE UPDATE ON mode_history
    BEGIN SELECT RAISE(ABORT, 'mode_history is append-only'); END;
  CREATE TRIGGER mode_history_no_delete BEFORE DELETE ON mode_history
    BEGIN SELECT RAISE(ABORT, 'mode_history is append-only'); END;
  CREATE TABLE mode_wrote (
    environment TEXT PRIMARY KEY CHECK (environment IN ('cloudEmergency', 'localEmergency')),
    since TEXT NOT NULL,
    epoch INTEGER NOT NULL
  ) STRICT;
  `,
];

export const HISTORY = {
  latest: 'SELECT * FROM mode_history ORDER BY epoch DESC LIMIT 1',
  newest: 'SELECT * FROM mode_history ORDER BY epoch DESC LIMIT ?',
  insert: `INSERT INTO mode_history (epoch, mode, target, since, by, reason, from_mode, confirmed, fingerprint)
           VALUES (@epoch, @mode, @target, @since, @by, @reason, @from, @confirmed, @fingerprint)`,
} as const;

export function historyEntry(row: ModeRow): HistoryEntry {
  const { mode, target, epoch, since, by, reason } = row;
  return { mode, target, epoch, since, by, reason, from: row.from_mode };
}

export function parseRow(row: ModeRow, wrote: readonly EmergencyName[]): ModeState {
  const { mode, target, epoch, since, by, reason } = row;
  return { mode, target, epoch, since, by, reason, wrote };
}

import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { HistoryEntry } from '../../mode/rows.ts';
import { withRoom } from '../../state/ballast.ts';
import type { Ballast } from '../../state/ballast.ts';
import { openDurable } from '../../state/database.ts';
import { migrate } from '../../state/migrate.ts';
import { owedRows } from './audit-repair.ts';
import { NO_HASH, rowOf } from './audit-row.ts';
import type { AuditEntry, AuditHead, AuditRow } from './audit-row.ts';
import { AUDIT_MIGRATIONS, SQL, toldOf, toIntent } from './audit-sql.ts';

// intent row ──▶ commit of the mode ──▶ flip ──▶ outcome row ──▶ answer
//   on disk        on disk, another file           on disk
// A kill in between leaves an intent without its outcome; `mend` writes that from the history, at the next start.

export const AUDIT_FILE = 'audit.db';

export interface AuditParts {
  readonly dir: string;
  /** Every committed mode: what was really done. Any order. */
  readonly history: () => readonly HistoryEntry[];
  readonly ballast: Ballast;
  readonly now?: (() => Date) | undefined;
  /** Told when a row about something that is done already could not be written; it is written later. */
  readonly complain?: ((error: unknown) => void) | undefined;
}

/** The audit trail: append-only, each row on the disk before the call returns, each bound to the one before by a hash. */
export class Audit {
  readonly #db: Database;
  readonly #parts: AuditParts;
  /** Intents of this process, whose outcome is still to come. */
  readonly #underway = new Set<number>();
  #head: AuditHead;
  #owes = false;

  /** @throws SqliteError; SchemaTooNew */
  constructor(parts: AuditParts) {
    this.#parts = parts;
    this.#db = openDurable(join(parts.dir, AUDIT_FILE));
    migrate(this.#db, AUDIT_MIGRATIONS);
    this.#head = this.#db.prepare<[], AuditHead>(SQL.head).get() ?? { id: 0, hash: NO_HASH };
    this.mend();
  }

  /** The newest row; an outside copy of it pins everything up to there. */
  get head(): AuditHead {
    return this.#head;
  }

  /** One row, on the disk. @throws SqliteError where the disk does not take it */
  append(entry: AuditEntry): AuditHead {
    if (this.#owes) this.mend();
    return this.#write(entry);
  }

  /** What is about to be done. @returns its id, for `conclude` @throws SqliteError: then it must not be done */
  intend(entry: Omit<AuditEntry, 'outcome'>): number {
    const { id } = this.append({ ...entry, outcome: 'asked' });
    this.#underway.add(id);
    return id;
  }

  /** What became of it. Never throws: it has happened, and a row that the disk does not take now is written later. */
  conclude(intent: number | null, entry: AuditEntry): void {
    if (intent !== null) this.#underway.delete(intent);
    try {
      this.append({ ...entry, concludes: intent });
    } catch (error) {
      this.#owes = true;
      this.#parts.complain?.(error);
    }
  }

  /** Writes what the trail lacks of the history, but for what is under way. Never throws. */
  mend(): void {
    try {
      const intents = this.#db.prepare<[], AuditRow>(SQL.open).all().map(toIntent);
      const underway = intents.filter(({ id }) => this.#underway.has(id));
      const history = [...this.#parts.history()]
        .sort((a, b) => a.epoch - b.epoch)
        .filter(({ epoch, by, reason }) =>
          underway.every((one) => one.epoch !== epoch - 1 || one.by !== by || one.reason !== reason),
        );
      const owed = owedRows({
        history,
        told: this.#db.prepare<[], { told: string }>(SQL.told).all().map(toldOf),
        intents: intents.filter((intent) => !underway.includes(intent)),
      });
      for (const entry of owed) this.#write(entry);
      this.#owes = false;
    } catch (error) {
      this.#owes = true;
      this.#parts.complain?.(error);
    }
  }

  /** Whether the last start has no stop behind it: the process was killed, or the machine went down. */
  get endedBadly(): boolean {
    return this.#db.prepare<[], { action: string }>(SQL.lastRun).get()?.action === 'start';
  }

  /** Newest first, those before row `before`. */
  page(limit: number, before = Number.MAX_SAFE_INTEGER): AuditRow[] {
    return this.#db.prepare<[number, number], AuditRow>(SQL.page).all(before, limit);
  }

  close(): void {
    this.#db.close();
  }

  #write(entry: AuditEntry): AuditHead {
    const row = rowOf(entry, this.#parts.now?.() ?? new Date(), this.#head);
    withRoom(() => this.#db.prepare(SQL.insert).run(row), this.#parts.ballast);
    this.#head = { id: row.id, hash: row.hash };
    return this.#head;
  }
}

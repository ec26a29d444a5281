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
  /** What has happened and the disk did not take. */
  readonly #unwritten: AuditEntry[] = [];
  #head: AuditHead;

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

  /** One row, on the disk. @throws SqliteError where the disk does not take it: then it must not be done */
  append(entry: AuditEntry): AuditHead {
    this.#catchUp();
    return this.#write(entry);
  }

  /** What is about to be done. @returns its id, for `conclude` @throws as `append` */
  intend(entry: Omit<AuditEntry, 'outcome'>): number {
    const { id } = this.append({ ...entry, outcome: 'asked' });
    this.#underway.add(id);
    return id;
  }

  /** What became of it. Never throws: it has happened, and a row that the disk does not take now is written later. */
  conclude(intent: number | null, entry: AuditEntry): void {
    this.#unwritten.push({ ...entry, concludes: intent });
    try {
      this.#catchUp();
    } catch (error) {
      this.#parts.complain?.(error);
    }
  }

  /** Something that has happened. Never throws, as `conclude`. */
  note(entry: AuditEntry): void {
    this.conclude(null, entry);
  }

  /** Writes what the trail lacks of the history, but for what is under way. Never throws. */
  mend(): void {
    try {
      this.#catchUp();
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
    } catch (error) {
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

  #catchUp(): void {
    for (let next = this.#unwritten[0]; next !== undefined; next = this.#unwritten[0]) {
      this.#write(next);
      this.#unwritten.shift();
      if (typeof next.concludes === 'number') this.#underway.delete(next.concludes);
    }
  }

  #write(entry: AuditEntry): AuditHead {
    const row = rowOf(entry, this.#parts.now?.() ?? new Date(), this.#head);
    withRoom(() => this.#db.prepare(SQL.insert).run(row), this.#parts.ballast);
    this.#head = { id: row.id, hash: row.hash };
    return this.#head;
  }
}

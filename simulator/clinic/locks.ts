import type { Database } from 'better-sqlite3';
import type { LocalTime } from '../clock.ts';

/** 排他: somebody has a patient open on a business screen (LD). */
export interface Lock {
  /** Orca_Uid of a conversation, or a terminal's id */
  readonly uid: string;
  readonly karteUid: string;
  readonly operator: string;
  /** ORCA12 患者登録, ORCA21 診療行為, ORCA22 病名, ORCA23 収納, ORCA24 会計照会, ORCA31 … */
  readonly screen: string;
  readonly ptid: number;
  readonly date: string;
  readonly time: string;
  readonly terminal: 0 | 1;
}

const ACCOUNTING = ['ORCA12', 'ORCA21', 'ORCA23', 'ORCA24', 'ORCA31', 'ORCA32', 'ORCA33', 'ORCA34'];
// tbl_ldmap: which screens shut each other out for one patient.
const CONFLICTS: Readonly<Record<string, readonly string[]>> = { ORCA22: ['ORCA12', 'ORCA22'] };

export class Locks {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  all(): readonly Lock[] {
    return this.#db
      .prepare<[], Lock>(
        `select uid, karte_uid karteUid, opid operator, ld screen, ptid, lockymd date, lockhms time, terminal from tbl_lock
         order by lockymd, lockhms, uid`,
      )
      .all();
  }

  /** Is the patient open elsewhere, on a screen that shuts this one out? */
  isHeld(ptid: number, screen: string, exceptUid = ''): boolean {
    const conflicting = CONFLICTS[screen] ?? ACCOUNTING;
    return this.all().some((lock) => lock.ptid === ptid && lock.uid !== exceptUid && conflicting.includes(lock.screen));
  }

  take(lock: Omit<Lock, 'date' | 'time'>, at: LocalTime): void {
    this.#db
      .prepare(
        `insert or replace into tbl_lock values (@uid, @karteUid, @operator, @screen, @ptid, @date, @time, @terminal)`,
      )
      .run({ ...lock, date: at.date, time: at.time });
  }

  /** True where there was one. */
  release(uid: string): boolean {
    return this.#db.prepare(`delete from tbl_lock where uid = ?`).run(uid).changes > 0;
  }
}

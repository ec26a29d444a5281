import type { Database, Statement } from 'better-sqlite3';

export interface Reception {
  readonly date: string;
  readonly id: number;
  /** null for somebody who has no number yet */
  readonly ptid: number | null;
  readonly name: string;
  readonly department: string;
  readonly physician: string;
  readonly content: string;
  readonly combination: string;
  readonly time: string;
  /** empty until the visit is billed */
  readonly billedAt: string;
}

const COLUMNS = `ukeymd date, ukeid id, ptid, name, sryka department, drcd physician, srynaiyo content,
  hkncombinum combination, uketime time, kaikeitime billedAt`;

/** The reception desk's list, day by day; ids start at 1 every day. */
export class Receptions {
  readonly #db: Database;
  readonly #get: Statement<[string, number], Reception>;
  readonly #ofDay: Statement<[string], Reception>;
  readonly #add: Statement<[Reception]>;
  readonly #lastId: Statement<[string], { id: number | null }>;

  constructor(db: Database) {
    this.#db = db;
    this.#get = db.prepare(`select ${COLUMNS} from tbl_uketuke where ukeymd = ? and ukeid = ?`);
    this.#ofDay = db.prepare(`select ${COLUMNS} from tbl_uketuke where ukeymd = ? order by uketime, ukeid`);
    this.#lastId = db.prepare(`select max(ukeid) id from tbl_uketuke where ukeymd = ?`);
    this.#add = db.prepare(`insert into tbl_uketuke values (@date, @id, @ptid, @name, @department, @physician, @content,
      @combination, @time, @billedAt)`);
  }

  get(date: string, id: number): Reception | undefined {
    return this.#get.get(date, id);
  }

  ofDay(date: string): readonly Reception[] {
    return this.#ofDay.all(date);
  }

  nextId(date: string): number {
    return (this.#lastId.get(date)?.id ?? 0) + 1;
  }

  add(reception: Reception): void {
    this.#add.run(reception);
  }

  remove(date: string, id: number): void {
    this.#db.prepare(`delete from tbl_uketuke where ukeymd = ? and ukeid = ?`).run(date, id);
  }

  attach(date: string, id: number, ptid: number, name: string, combination: string): void {
    this.#db
      .prepare(`update tbl_uketuke set ptid = ?, name = ?, hkncombinum = ? where ukeymd = ? and ukeid = ?`)
      .run(ptid, name, combination, date, id);
  }

  /** The visit is registered: the patient's waiting reception of that department is billed. */
  bill(date: string, ptid: number, department: string, time: string): void {
    this.#db
      .prepare(
        `update tbl_uketuke set kaikeitime = ? where ukeymd = ? and ukeid = (select min(ukeid) from tbl_uketuke
         where ukeymd = ? and ptid = ? and sryka = ? and kaikeitime = '')`,
      )
      .run(time, date, date, ptid, department);
  }
}

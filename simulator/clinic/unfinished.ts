import type { Database, Statement } from 'better-sqlite3';
import type { ActBlock } from './visits.ts';

/** 中途データ: acts that were sent and are not a visit yet. */
export interface Unfinished {
  readonly row: number;
  readonly uid: string;
  readonly ptid: number;
  readonly inOut: string;
  readonly date: string;
  readonly time: string;
  readonly department: string;
  readonly physician: string;
  /** 0000 where the request's insurance fitted none */
  readonly combination: string;
  readonly blocks: readonly ActBlock[];
  /** 1 open at a terminal, 5 in a HAORI conversation */
  readonly mode: string;
  /** 1 saved from the screen: out of the API's reach */
  readonly mode2: string;
  readonly openedBy: string;
}
type UnfinishedRow = Omit<Unfinished, 'blocks'> & { readonly content: string };

const COLUMNS = `rowno row, uid, ptid, nyugaikbn inOut, sryymd date, srytime time, sryka department, drcd physician,
  hkncombinum combination, content, mode, mode2, opened_by openedBy`;

function fromRow({ content, ...rest }: UnfinishedRow): Unfinished {
  const blocks: readonly ActBlock[] = JSON.parse(content);
  return { ...rest, blocks };
}

export class UnfinishedActs {
  readonly #db: Database;
  readonly #ofDay: Statement<[string, string, string, string, number, number, number], UnfinishedRow>;
  readonly #find: Statement<[number, string, string, string, string], UnfinishedRow>;

  constructor(db: Database) {
    this.#db = db;
    this.#ofDay = db.prepare(
      `select ${COLUMNS} from tbl_wksryact where sryymd = ? and nyugaikbn = ? and (? = '' or sryka = ?)
       and (? = 0 or ptid = ?) order by rowno limit ?`,
    );
    this.#find = db.prepare(
      `select ${COLUMNS} from tbl_wksryact where ptid = ? and sryymd = ? and sryka = ? and hkncombinum = ? and nyugaikbn = ?`,
    );
  }

  /** In the order of registration; an empty department means all, ptid 0 everybody. */
  ofDay(date: string, inOut: string, department: string, ptid: number, limit: number): readonly Unfinished[] {
    return this.#ofDay.all(date, inOut, department, department, ptid, ptid, limit).map(fromRow);
  }

  find(ptid: number, date: string, department: string, combination: string, inOut: string): Unfinished | undefined {
    const row = this.#find.get(ptid, date, department, combination, inOut);
    return row && fromRow(row);
  }

  byUid(uid: string): Unfinished | undefined {
    const row = this.#db.prepare<[string], UnfinishedRow>(`select ${COLUMNS} from tbl_wksryact where uid = ?`).get(uid);
    return row && fromRow(row);
  }

  add(acts: Omit<Unfinished, 'row' | 'mode' | 'mode2' | 'openedBy'>): void {
    const { blocks, ...rest } = acts;
    this.#db
      .prepare(
        `insert into tbl_wksryact (uid, ptid, nyugaikbn, sryymd, srytime, sryka, drcd, hkncombinum, content, mode, mode2,
         opened_by) values (@uid, @ptid, @inOut, @date, @time, @department, @physician, @combination, @content, '', '', '')`,
      )
      .run({ ...rest, content: JSON.stringify(blocks) });
  }

  replace(row: number, uid: string, time: string, blocks: readonly ActBlock[]): void {
    this.#db
      .prepare(`update tbl_wksryact set uid = ?, srytime = ?, content = ? where rowno = ?`)
      .run(uid, time, JSON.stringify(blocks), row);
  }

  mark(row: number, mode: string, openedBy: string): void {
    this.#db.prepare(`update tbl_wksryact set mode = ?, opened_by = ? where rowno = ?`).run(mode, openedBy, row);
  }

  remove(row: number): void {
    this.#db.prepare(`delete from tbl_wksryact where rowno = ?`).run(row);
  }
}

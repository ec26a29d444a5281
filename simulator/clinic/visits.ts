import type { Database, Statement } from 'better-sqlite3';

export interface ActItem {
  readonly code: string;
  readonly name: string;
  readonly number: string;
  readonly unit: string;
  readonly unitName: string;
  readonly points: number;
}
/** 剤: one block of acts. */
export interface ActBlock {
  readonly class: string;
  readonly name: string;
  readonly count: string;
  readonly points: number;
  readonly items: readonly ActItem[];
}

/** One row of the 受診履歴. */
export interface Visit {
  readonly slip: number;
  /** The slip of the main row of a visit that has several. */
  readonly groupSlip: number;
  readonly ptid: number;
  /** 1 inpatient, 2 outpatient */
  readonly inOut: string;
  readonly date: string;
  readonly department: string;
  readonly sequence: number;
  readonly combination: string;
  readonly physician: string;
  readonly outside: string;
  readonly offTime: string;
  readonly points: number;
  /** yen */
  readonly charged: number;
  readonly paid: number;
  readonly created: string;
  readonly updated: string;
  readonly updatedTime: string;
}
export interface NewVisit extends Visit {
  readonly blocks: readonly ActBlock[];
}

const COLUMNS = `denpnum slip, grp_denpnum groupSlip, ptid, nyugaikbn inOut, sryymd date, sryka department, rennum sequence,
  hkncombinum combination, drcd physician, outside, offtime offTime, points, seikyu charged, nyukin paid, creymd created,
  upymd updated, uphms updatedTime`;

/** 受診履歴 with their acts and what was charged. Acts are stored once per content: most visits are like another. */
export class Visits {
  readonly #db: Database;
  readonly #bySlip: Statement<[number], Visit>;
  readonly #ofDay: Statement<[string, string, string, number], Visit>;
  readonly #ofPatient: Statement<[number, string, string, number], Visit>;
  readonly #sameDay: Statement<[number, string], Visit>;
  readonly #blocks: Statement<[number], { content: string }>;
  readonly #findActs: Statement<[string], { id: number }>;
  readonly #addActs: Statement<[string]>;
  readonly #add: Statement<[Visit & { acts: number }]>;
  readonly #bounds: Statement<[number], { first: string | null; last: string | null }>;

  constructor(db: Database) {
    this.#db = db;
    const select = `select ${COLUMNS} from tbl_jyurrk`;
    this.#bySlip = db.prepare(`${select} where denpnum = ?`);
    this.#ofDay = db.prepare(
      `${select} where sryymd = ? and nyugaikbn = '2' and (? = '' or sryka = ?) order by denpnum limit ?`,
    );
    this.#ofPatient = db.prepare(
      `${select} where ptid = ? and sryymd between ? and ? order by sryymd desc, denpnum desc limit ?`,
    );
    this.#sameDay = db.prepare(`${select} where ptid = ? and sryymd = ? order by denpnum`);
    this.#blocks = db.prepare(
      `select content from tbl_sryact where id = (select acts from tbl_jyurrk where denpnum = ?)`,
    );
    this.#findActs = db.prepare(`select id from tbl_sryact where content = ?`);
    this.#addActs = db.prepare(`insert into tbl_sryact (content) values (?)`);
    this.#add =
      db.prepare(`insert into tbl_jyurrk values (@slip, @groupSlip, @ptid, @inOut, @date, @department, @sequence,
      @combination, @physician, @outside, @offTime, @acts, @points, @charged, @paid, @created, @updated, @updatedTime)`);
    this.#bounds = db.prepare(`select min(sryymd) first, max(sryymd) last from tbl_jyurrk where ptid = ?`);
  }

  bySlip(slip: number): Visit | undefined {
    return this.#bySlip.get(slip);
  }

  /** Outpatients of a day, by slip number; an empty department means all. */
  ofDay(date: string, department: string, limit: number): readonly Visit[] {
    return this.#ofDay.all(date, department, department, limit);
  }

  /** Newest first. */
  ofPatient(ptid: number, from: string, to: string, limit: number): readonly Visit[] {
    return this.#ofPatient.all(ptid, from, to, limit);
  }

  sameDay(ptid: number, date: string): readonly Visit[] {
    return this.#sameDay.all(ptid, date);
  }

  group(groupSlip: number, ptid: number): readonly Visit[] {
    return this.#db
      .prepare<[number, number], Visit>(
        `select ${COLUMNS} from tbl_jyurrk where grp_denpnum = ? and ptid = ? order by denpnum`,
      )
      .all(groupSlip, ptid);
  }

  blocks(slip: number): readonly ActBlock[] {
    const content = this.#blocks.get(slip)?.content;
    const blocks: readonly ActBlock[] = content === undefined ? [] : JSON.parse(content);
    return blocks;
  }

  bounds(ptid: number): { readonly first: string | null; readonly last: string | null } {
    return this.#bounds.get(ptid) ?? { first: null, last: null };
  }

  add(visit: NewVisit): void {
    const { blocks, ...row } = visit;
    this.#add.run({ ...row, acts: this.actsId(blocks) });
  }

  /** For bulk entry: the acts are known already. */
  addRow(row: Visit & { readonly acts: number }): void {
    this.#add.run(row);
  }

  actsId(blocks: readonly ActBlock[]): number {
    const content = JSON.stringify(blocks);
    return this.#findActs.get(content)?.id ?? Number(this.#addActs.run(content).lastInsertRowid);
  }

  remove(slip: number): void {
    this.#db.prepare(`delete from tbl_jyurrk where denpnum = ?`).run(slip);
  }
}

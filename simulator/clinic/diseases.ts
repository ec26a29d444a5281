import type { Database, Statement } from 'better-sqlite3';
import type { OrcaRecord } from '../../orca/xml2.ts';

export interface Disease {
  readonly id: number;
  readonly ptid: number;
  readonly department: string;
  /** I inpatient, O outpatient, empty both */
  readonly inOut: string;
  /** empty, or the combination that 労災/自賠責 diseases belong to */
  readonly combination: string;
  /** Parts joined with a dot. */
  readonly code: string;
  readonly name: string;
  readonly suspected: string;
  readonly start: string;
  readonly end: string;
  readonly outcome: string;
  /** Singles, supplement, category, class, …, under their names on the wire. */
  readonly content: OrcaRecord;
}
type DiseaseRow = Omit<Disease, 'content'> & { readonly content: string };

const COLUMNS = `id, ptid, sryka department, nyugaikbn inOut, hkncombinum combination, code, name, suspected, startymd start,
  endymd end, tenki outcome, content`;

function fromRow(row: DiseaseRow): Disease {
  const content: OrcaRecord = JSON.parse(row.content);
  return { ...row, content };
}

export class Diseases {
  readonly #db: Database;
  readonly #ofPatient: Statement<[number], DiseaseRow>;
  readonly #add: Statement<[Omit<DiseaseRow, 'id'>]>;

  constructor(db: Database) {
    this.#db = db;
    this.#ofPatient = db.prepare(`select ${COLUMNS} from tbl_ptbyomei where ptid = ? order by startymd, id`);
    this.#add = db.prepare(
      `insert into tbl_ptbyomei (ptid, sryka, nyugaikbn, hkncombinum, code, name, suspected, startymd, endymd, tenki, content)
       values (@ptid, @department, @inOut, @combination, @code, @name, @suspected, @start, @end, @outcome, @content)`,
    );
  }

  /** Oldest start first. */
  ofPatient(ptid: number): readonly Disease[] {
    return this.#ofPatient.all(ptid).map(fromRow);
  }

  add(disease: Omit<Disease, 'id'>): void {
    this.#add.run({ ...disease, content: JSON.stringify(disease.content) });
  }

  change(id: number, to: Omit<Disease, 'id'>): void {
    this.#db
      .prepare(
        `update tbl_ptbyomei set sryka = @department, nyugaikbn = @inOut, hkncombinum = @combination, code = @code,
         name = @name, suspected = @suspected, startymd = @start, endymd = @end, tenki = @outcome, content = @content
         where id = @id`,
      )
      .run({ ...to, id, content: JSON.stringify(to.content) });
  }

  remove(id: number): void {
    this.#db.prepare(`delete from tbl_ptbyomei where id = ?`).run(id);
  }
}

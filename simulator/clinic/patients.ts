import type { Database, Statement } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { OrcaRecord } from '../../orca/xml2.ts';
import type { LocalTime } from '../clock.ts';

export interface PatientFields {
  readonly number: string;
  readonly name: string;
  readonly kana: string;
  readonly birth: string;
  readonly sex: string;
  readonly test: string;
  /** Address, work place, comments, …, under their names on the wire. */
  readonly content: OrcaRecord;
}
export interface Patient extends PatientFields {
  readonly ptid: number;
  readonly created: string;
  readonly updated: string;
  readonly updatedTime: string;
}
export interface FormerName {
  readonly name: string;
  readonly kana: string;
  readonly changed: string;
}

interface PatientRow extends Omit<Patient, 'content'> {
  readonly content: string;
}
const COLUMNS = `ptid, ptnum number, name, kananame kana, birthday birth, sex, tstptkbn test, creymd created, upymd updated,
  uphms updatedTime, content`;

function fromRow(row: PatientRow): Patient {
  const content: OrcaRecord = JSON.parse(row.content);
  return { ...row, content };
}

/** Everybody the clinic knows. */
export class Patients {
  readonly #db: Database;
  // Lists name the same people again and again.
  readonly #known = new LRUCache<number, Patient>({ max: 5000 });
  readonly #byNumber: Statement<[string], PatientRow>;
  readonly #bySerial: Statement<[number], PatientRow>;
  readonly #insert: Statement<[number, string, string, string, string, string, string, string, string, string, string]>;
  readonly #same: Statement<[string, string, string], PatientRow>;
  readonly #former: Statement<[number], FormerName>;
  readonly #largest: Statement<[], { number: string | null }>;

  constructor(db: Database) {
    this.#db = db;
    this.#byNumber = db.prepare(`select ${COLUMNS} from tbl_ptinf where ptnum = ?`);
    this.#bySerial = db.prepare(`select ${COLUMNS} from tbl_ptinf where ptid = ?`);
    this.#insert = db.prepare(`insert into tbl_ptinf values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#same = db.prepare(`select ${COLUMNS} from tbl_ptinf where name = ? and birthday = ? and sex = ?`);
    this.#former = db.prepare(
      `select name, kananame kana, chgymd changed from tbl_ptkyusei where ptid = ? order by rennum`,
    );
    this.#largest = db.prepare(`select max(ptnum) number from tbl_ptinf where ptnum not glob '*[^0-9]*'`);
  }

  byNumber(number: string): Patient | undefined {
    const row = this.#byNumber.get(number);
    return row && fromRow(row);
  }

  bySerial(ptid: number): Patient | undefined {
    const known = this.#known.get(ptid);
    if (known) return known;
    const row = this.#bySerial.get(ptid);
    const patient = row && fromRow(row);
    if (patient) this.#known.set(ptid, patient);
    return patient;
  }

  /** Somebody of the same name, birth date and sex (二重登録疑い). */
  sameAs(name: string, birth: string, sex: string): Patient | undefined {
    const row = this.#same.get(name, birth, sex);
    return row && fromRow(row);
  }

  largestNumber(): number {
    return Number(this.#largest.get()?.number ?? 0);
  }

  add(ptid: number, fields: PatientFields, at: LocalTime): void {
    const { number, name, kana, birth, sex, test, content } = fields;
    const text = JSON.stringify(content);
    this.#insert.run(ptid, number, name, kana, birth, sex, test, at.date, at.date, at.time, text);
  }

  change(patient: Patient, fields: Omit<PatientFields, 'number' | 'test'>, at: LocalTime): void {
    this.#known.delete(patient.ptid);
    const { name, kana, birth, sex, content } = fields;
    if (patient.name !== name || patient.kana !== kana) this.#rename(patient, at);
    this.#db
      .prepare(
        `update tbl_ptinf set name = ?, kananame = ?, birthday = ?, sex = ?, content = ?, upymd = ?, uphms = ? where ptid = ?`,
      )
      .run(name, kana, birth, sex, JSON.stringify(content), at.date, at.time, patient.ptid);
  }

  formerNames(ptid: number): readonly FormerName[] {
    return this.#former.all(ptid);
  }

  /** Nothing that was read is trusted any more: the tables were filled anew. */
  forget(): void {
    this.#known.clear();
  }

  touch(ptid: number, at: LocalTime): void {
    this.#known.delete(ptid);
    this.#db.prepare(`update tbl_ptinf set upymd = ?, uphms = ? where ptid = ?`).run(at.date, at.time, ptid);
  }

  remove(ptid: number): void {
    this.#known.delete(ptid);
    this.#db.prepare(`delete from tbl_ptinf where ptid = ?`).run(ptid);
    this.#db.prepare(`delete from tbl_ptkyusei where ptid = ?`).run(ptid);
  }

  /** Registered, or registered or updated, between two days; at most `limit`, in WebORCA's order. */
  changed(what: 'created' | 'updated', from: string, to: string, withTest: boolean, limit: number): readonly Patient[] {
    const range =
      what === 'created'
        ? 'creymd between @from and @to'
        : '(upymd between @from and @to or creymd between @from and @to)';
    const order = what === 'created' ? 'creymd, ptnum' : 'upymd, uphms, creymd, ptnum';
    return this.#db
      .prepare<[{ from: string; to: string; limit: number; test: string }], PatientRow>(
        `select ${COLUMNS} from tbl_ptinf where ${range} and tstptkbn <= @test order by ${order} limit @limit`,
      )
      .all({ from, to, limit, test: withTest ? '1' : '0' })
      .map(fromRow);
  }

  /** By a part of the name or its kana, birth dates and sex. */
  search(part: string, born: { from: string; to: string }, sex: string, limit: number): readonly Patient[] {
    return this.#db
      .prepare<[{ part: string; from: string; to: string; sex: string; limit: number }], PatientRow>(
        `select ${COLUMNS} from tbl_ptinf where (instr(name, @part) = 1 or instr(kananame, @part) = 1)
         and birthday between @from and @to and (@sex = '' or sex = @sex) order by kananame, ptnum limit @limit`,
      )
      .all({ part, from: born.from, to: born.to, sex, limit })
      .map(fromRow);
  }

  #rename(patient: Patient, at: LocalTime): void {
    this.#db
      .prepare(
        `insert into tbl_ptkyusei select @ptid, coalesce(max(rennum), 0) + 1, @name, @kana, @changed
         from tbl_ptkyusei where ptid = @ptid`,
      )
      .run({ ptid: patient.ptid, name: patient.name, kana: patient.kana, changed: at.date });
  }
}

import type { Database, Statement } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { OrcaRecord } from '../../orca/xml2.ts';
import { textOf } from '../draft.ts';
import { zeroPadded } from '../text.ts';

/** What a patient pays by: an insurance and up to four public ones. Its number depends on the order of registration. */
export interface Combination {
  /** 4 digits */
  readonly number: string;
  readonly insurance: OrcaRecord;
  readonly publics: readonly OrcaRecord[];
  readonly nondisplay: string;
}

interface CombinationRow {
  readonly number: number;
  readonly insurance: string | null;
  readonly kohids: string;
  readonly nondisplay: string;
}
interface ContentRow {
  readonly id: number;
  readonly content: string;
}

const PUBLIC_RATES: Readonly<Record<string, number>> = { '010': 0.05, '012': 0, '054': 0.2 };

/** The patient's share: 0.30 is 30 percent. */
export function rateOf(combination: Combination): number {
  const base = baseRate(
    textOf(combination.insurance, 'InsuranceProvider_Class'),
    textOf(combination.insurance, 'HealthInsuredPerson_Assistance'),
  );
  const rates = combination.publics.map((each) => PUBLIC_RATES[textOf(each, 'PublicInsurance_Class')] ?? base);
  return Math.min(base, ...rates);
}

function baseRate(insuranceClass: string, assistance: string): number {
  if (insuranceClass === '980') return 1;
  if (insuranceClass === '971') return 0;
  if (/^[1-3]$/.test(assistance)) return Number(assistance) / 10;
  return insuranceClass === '039' ? 0.1 : 0.3;
}

/** Insurances, public insurances and their combinations, per patient. */
export class Insurances {
  readonly #db: Database;
  readonly #known = new LRUCache<number, readonly Combination[]>({ max: 5000 });
  readonly #insurances: Statement<[number], ContentRow>;
  readonly #publics: Statement<[number], ContentRow>;
  readonly #combinations: Statement<[number], CombinationRow>;
  readonly #addInsurance: Statement<[number, number, string]>;
  readonly #addPublic: Statement<[number, number, string]>;
  readonly #addCombination: Statement<[number, number, number, string]>;

  constructor(db: Database) {
    this.#db = db;
    this.#insurances = db.prepare(`select hknid id, content from tbl_pthkninf where ptid = ? order by hknid`);
    this.#publics = db.prepare(`select kohid id, content from tbl_ptkohinf where ptid = ? order by kohid`);
    this.#combinations = db.prepare(
      `select k.hkncombinum number, h.content insurance, k.kohids, k.nondisplay from tbl_pthknkumi k
       left join tbl_pthkninf h on h.ptid = k.ptid and h.hknid = k.hknid where k.ptid = ? order by k.hkncombinum`,
    );
    this.#addInsurance = db.prepare(`insert into tbl_pthkninf values (?, ?, ?)`);
    this.#addPublic = db.prepare(`insert into tbl_ptkohinf values (?, ?, ?)`);
    this.#addCombination = db.prepare(`insert into tbl_pthknkumi values (?, ?, ?, ?, 'N')`);
  }

  of(ptid: number): readonly OrcaRecord[] {
    return this.#insurances.all(ptid).map(contentOf);
  }

  publicsOf(ptid: number): readonly OrcaRecord[] {
    return this.#publics.all(ptid).map(contentOf);
  }

  combinations(ptid: number): readonly Combination[] {
    const known = this.#known.get(ptid) ?? this.#read(ptid);
    this.#known.set(ptid, known);
    return known;
  }

  #read(ptid: number): readonly Combination[] {
    const rows = this.#combinations.all(ptid);
    const publics = rows.some((row) => row.kohids !== '')
      ? new Map(this.#publics.all(ptid).map((row) => [String(row.id), contentOf(row)]))
      : new Map<string, OrcaRecord>();
    return rows.map((row) => ({
      number: zeroPadded(row.number, 4),
      insurance: row.insurance === null ? {} : parsed(row.insurance),
      publics: row.kohids
        .split(' ')
        .map((id) => publics.get(id))
        .filter((each) => each !== undefined),
      nondisplay: row.nondisplay,
    }));
  }

  combination(ptid: number, number: string): Combination | undefined {
    return this.combinations(ptid).find((each) => each.number === number);
  }

  forget(): void {
    this.#known.clear();
  }

  remove(ptid: number): void {
    this.#known.delete(ptid);
    for (const table of ['tbl_pthkninf', 'tbl_ptkohinf', 'tbl_pthknkumi']) {
      this.#db.prepare(`delete from ${table} where ptid = ?`).run(ptid);
    }
  }

  /** Stores an insurance (if any) and public ones, and builds the combinations that they allow. */
  add(ptid: number, insurance: OrcaRecord | undefined, publics: readonly OrcaRecord[]): void {
    this.#known.delete(ptid);
    const hknid = insurance ? (this.#insurances.all(ptid).at(-1)?.id ?? 0) + 1 : 0;
    if (insurance) this.#addInsurance.run(ptid, hknid, JSON.stringify(insurance));
    let kohid = this.#publics.all(ptid).at(-1)?.id ?? 0;
    let number = this.#combinations.all(ptid).at(-1)?.number ?? 0;
    if (insurance) this.#addCombination.run(ptid, ++number, hknid, '');
    const kohids: number[] = [];
    for (const each of publics) {
      this.#addPublic.run(ptid, ++kohid, JSON.stringify(each));
      kohids.push(kohid);
    }
    if (kohids.length > 0) this.#addCombination.run(ptid, ++number, hknid, kohids.join(' '));
  }
}

function contentOf(row: ContentRow): OrcaRecord {
  return parsed(row.content);
}

function parsed(text: string): OrcaRecord {
  const record: OrcaRecord = JSON.parse(text);
  return record;
}

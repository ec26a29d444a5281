import type { Database, Statement } from 'better-sqlite3';

/**
 * 管理連番: outpatient slips, inpatient slips, internal patient keys; `from` and `width` are their digits' place in kanritbl.
 * In 1009 the schemes of patient numbers stand before the key (SYS-1009-PTID), a month behind it.
 */
export const COUNTERS = {
  outpatientSlip: { kanricd: '0041', from: 1, width: 8, largest: 9_999_999, blank: '0'.repeat(8) },
  inpatientSlip: { kanricd: '0042', from: 1, width: 8, largest: 9_999_999, blank: '0'.repeat(8) },
  patientSerial: {
    kanricd: '1009',
    from: 31,
    width: 10,
    largest: 9_999_999_999,
    // Kind, free, standard and extended scheme, year, serial number of patients, the key, month.
    blank: ['1', ' 00', '10105', ' 000000', '0000', '0000000000', '0000000000', '00'].join(''),
  },
} as const;
export type CounterName = keyof typeof COUNTERS;
export type Numbers = Readonly<Record<CounterName, number>>;
export type WishedNumbers = { readonly [name in CounterName]?: number | undefined };

/** The one institution's row that is valid now; there may be older ones. */
export const CURRENT = `hospnum = 1 and kbncd = '*' and edyukymd = '99999999'`;

const COUNTER_NAMES = ['outpatientSlip', 'inpatientSlip', 'patientSerial'] as const;

/** What tbl_syskanri holds of a number. */
export interface NumberRow {
  readonly kanricd: string;
  readonly kanritbl: string;
  readonly upymd: string;
  readonly uphms: string;
}

/** The last numbers given out, in tbl_syskanri. */
export class Counters {
  readonly #read: Statement<[string], NumberRow>;
  readonly #create: Statement<[{ kanricd: string; kanritbl: string; day: string }]>;
  readonly #write: Statement<[string, string]>;
  readonly #adopt: Statement<[NumberRow]>;

  constructor(db: Database) {
    this.#read = db.prepare(
      `select kanricd, kanritbl, upymd, uphms from tbl_syskanri where kanricd = ? and ${CURRENT}`,
    );
    this.#create = db.prepare(
      `insert into tbl_syskanri (kanricd, kbncd, styukymd, edyukymd, kanritbl, termid, opid, creymd, upymd, uphms, hospnum)
       values (@kanricd, '*', '00000000', '99999999', @kanritbl, '', '', @day, @day, '000000', 1)`,
    );
    this.#write = db.prepare(`update tbl_syskanri set kanritbl = ? where kanricd = ? and ${CURRENT}`);
    this.#adopt = db.prepare(
      `update tbl_syskanri set kanritbl = @kanritbl, upymd = @upymd, uphms = @uphms where kanricd = @kanricd and ${CURRENT}`,
    );
  }

  /** All begin at 0. */
  create(date: string): void {
    for (const name of COUNTER_NAMES) {
      const { kanricd, blank } = COUNTERS[name];
      this.#create.run({ kanricd, kanritbl: blank, day: date.replaceAll('-', '') });
    }
  }

  last(name: CounterName): number {
    const { from, width } = COUNTERS[name];
    return Number(this.#text(name).slice(from - 1, from - 1 + width));
  }

  all(): Numbers {
    return {
      outpatientSlip: this.last('outpatientSlip'),
      inpatientSlip: this.last('inpatientSlip'),
      patientSerial: this.last('patientSerial'),
    };
  }

  /** Draws the next number; after the largest comes 1, because WebORCA skips 0. */
  next(name: CounterName): number {
    const last = this.last(name);
    const next = last >= COUNTERS[name].largest ? 1 : last + 1;
    this.set(name, next);
    return next;
  }

  set(name: CounterName, value: number): void {
    const { kanricd, from, width } = COUNTERS[name];
    const text = this.#text(name);
    const digits = String(value).padStart(width, '0');
    this.#write.run(`${text.slice(0, from - 1)}${digits}${text.slice(from - 1 + width)}`, kanricd);
  }

  /** Never lowers; what is left out stays. Gives what held before and what holds now. */
  raise(atLeast: WishedNumbers): { readonly before: Numbers; readonly after: Numbers } {
    const before = this.all();
    for (const name of COUNTER_NAMES) {
      const least = atLeast[name] ?? 0;
      if (least > before[name]) this.set(name, least);
    }
    return { before, after: this.all() };
  }

  change(to: WishedNumbers): void {
    for (const name of COUNTER_NAMES) {
      const value = to[name];
      if (value !== undefined) this.set(name, value);
    }
  }

  /** Takes over what another place holds. */
  adopt(row: NumberRow): void {
    const held = this.#read.get(row.kanricd);
    if (held !== undefined && held.kanritbl !== row.kanritbl) this.#adopt.run(row);
  }

  #text(name: CounterName): string {
    return this.#read.get(COUNTERS[name].kanricd)?.kanritbl ?? COUNTERS[name].blank;
  }
}

import type { Database, Statement } from 'better-sqlite3';

/** 管理連番: outpatient slips, inpatient slips, internal patient keys. */
export const COUNTERS = {
  outpatientSlip: { kanricd: '0041', width: 8, largest: 9_999_999 },
  inpatientSlip: { kanricd: '0042', width: 8, largest: 9_999_999 },
  patientSerial: { kanricd: '1009', width: 10, largest: 9_999_999_999 },
} as const;
export type CounterName = keyof typeof COUNTERS;
export type Numbers = Readonly<Record<CounterName, number>>;

/** The last numbers given out; the row carries the number in its first digits, as tbl_syskanri does. */
export class Counters {
  readonly #read: Statement<[string], { kanritbl: string }>;
  readonly #write: Statement<[string, string]>;

  constructor(db: Database) {
    this.#read = db.prepare(`select kanritbl from tbl_syskanri where kanricd = ? and kbncd = '*'`);
    this.#write = db.prepare(
      `insert into tbl_syskanri (kanricd, kbncd, kanritbl) values (?, '*', ?)
       on conflict (kanricd, kbncd) do update set kanritbl = excluded.kanritbl`,
    );
  }

  last(name: CounterName): number {
    return Number(this.#read.get(COUNTERS[name].kanricd)?.kanritbl ?? 0);
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
    this.#write.run(COUNTERS[name].kanricd, String(value).padStart(COUNTERS[name].width, '0'));
  }

  /** Never lowers. Gives the number that holds now. */
  raise(name: CounterName, value: number): number {
    const raised = Math.max(this.last(name), value);
    this.set(name, raised);
    return raised;
  }
}

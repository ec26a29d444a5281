import Sqlite, { type Database } from 'better-sqlite3';
import { Counters } from './counters.ts';
import { Diseases } from './diseases.ts';
import { Insurances } from './insurances.ts';
import { Locks } from './locks.ts';
import { Patients } from './patients.ts';
import { Receptions } from './receptions.ts';
import { SCHEMA } from './schema.ts';
import { UnfinishedActs } from './unfinished.ts';
import { Visits } from './visits.ts';

/** One clinic's data, whole. */
export interface Clinic {
  readonly db: Database;
  readonly counters: Counters;
  readonly patients: Patients;
  readonly insurances: Insurances;
  readonly receptions: Receptions;
  readonly visits: Visits;
  readonly unfinished: UnfinishedActs;
  readonly diseases: Diseases;
  readonly locks: Locks;
  setting(name: string): string | undefined;
  set(name: string, value: string): void;
  /** What was read before is read anew: the tables were filled from elsewhere. */
  forget(): void;
  /** All or nothing. */
  transact<T>(work: () => T): T;
  close(): void;
}

/** Opens the clinic in a file, or in memory where there is none. What the file holds is kept. */
export function openClinic(file?: string): Clinic {
  const db = new Sqlite(file ?? ':memory:');
  db.pragma('journal_mode = WAL');
  // A rehearsal survives a killed process; that it survives a power cut as well is not worth the wait.
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -65536');
  db.exec(SCHEMA);
  const read = db.prepare<[string], { value: string }>(`select value from sim_clinic where name = ?`);
  const write = db.prepare<[string, string]>(`insert or replace into sim_clinic values (?, ?)`);
  const patients = new Patients(db);
  const insurances = new Insurances(db);
  const forget = (): void => {
    patients.forget();
    insurances.forget();
  };
  return {
    db,
    counters: new Counters(db),
    patients,
    insurances,
    receptions: new Receptions(db),
    visits: new Visits(db),
    unfinished: new UnfinishedActs(db),
    diseases: new Diseases(db),
    locks: new Locks(db),
    setting: (name) => read.get(name)?.value,
    set: (name, value) => void write.run(name, value),
    forget,
    transact(work) {
      try {
        return db.transaction(work).immediate();
      } catch (error) {
        forget();
        throw error;
      }
    },
    close: () => db.close(),
  };
}

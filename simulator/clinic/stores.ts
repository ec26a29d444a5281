import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import { Counters } from './counters.ts';
import { Diseases } from './diseases.ts';
import { Insurances } from './insurances.ts';
import { Locks } from './locks.ts';
import { Patients } from './patients.ts';
import { Receptions } from './receptions.ts';
import { SCHEMA, STORE_VERSION } from './schema.ts';
import { UnfinishedActs } from './unfinished.ts';
import { Visits } from './visits.ts';

/** The file is no store of this version. */
export class StoreError extends Error {
  readonly code = 'STORE';
}

/** What is read and written through one connection. */
export interface Stores {
  readonly db: Database;
  readonly counters: Counters;
  readonly patients: Patients;
  readonly insurances: Insurances;
  readonly receptions: Receptions;
  readonly visits: Visits;
  readonly unfinished: UnfinishedActs;
  readonly diseases: Diseases;
  readonly locks: Locks;
}

export interface OpenStores extends Stores {
  readonly setting: Statement<[string], { value: string }>;
  readonly set: Statement<[string, string]>;
}

/** Prepares everything that is asked of one database. */
export function storesOn(db: Database): OpenStores {
  return {
    db,
    counters: new Counters(db),
    patients: new Patients(db),
    insurances: new Insurances(db),
    receptions: new Receptions(db),
    visits: new Visits(db),
    unfinished: new UnfinishedActs(db),
    diseases: new Diseases(db),
    locks: new Locks(db),
    setting: db.prepare(`select value from sim_clinic where name = ?`),
    set: db.prepare(`insert or replace into sim_clinic values (?, ?)`),
  };
}

/** Opens a file, or `:memory:`; makes the tables where there are none. Throws StoreError. */
export function openDatabase(file: string): Database {
  const db = new Sqlite(file);
  db.pragma('journal_mode = WAL');
  // A rehearsal survives a killed process; that it survives a power cut as well is not worth the wait.
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -65536');
  const isNew = db.prepare('select 1 from sqlite_master').get() === undefined;
  if (!isNew && db.pragma('user_version', { simple: true }) !== STORE_VERSION) {
    db.close();
    throw new StoreError(`${file} was made by another version of the simulator: name another file, or remove it`);
  }
  db.exec(SCHEMA);
  db.pragma(`user_version = ${STORE_VERSION}`);
  return db;
}

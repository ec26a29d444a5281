import { existsSync, renameSync, rmSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import type { Counters } from './counters.ts';
import type { Diseases } from './diseases.ts';
import type { Insurances } from './insurances.ts';
import type { Locks } from './locks.ts';
import type { Patients } from './patients.ts';
import type { Receptions } from './receptions.ts';
import { openDatabase, type OpenStores, type Stores, storesOn } from './stores.ts';
import type { UnfinishedActs } from './unfinished.ts';
import type { Visits } from './visits.ts';

/** One clinic's data, whole. */
export interface Clinic extends Stores {
  setting(name: string): string | undefined;
  set(name: string, value: string): void;
  /** All or nothing. */
  transact<T>(work: () => T): T;
  /** What is stored now, to be read at leisure over a connection of its own. */
  snapshot(): Database;
  /** An empty database beside this one, to be filled at leisure and then adopted. */
  scratch(): Database;
  /** Puts a filled scratch in the place of all that the clinic held. */
  adopt(scratch: Database): void;
  close(): void;
}

/** Opens the clinic in a file, or in memory where there is none. What the file holds is kept. */
export function openClinic(file?: string): Clinic {
  return new StoredClinic(file);
}

const IN_MEMORY = ':memory:';

class StoredClinic implements Clinic {
  readonly #file: string | undefined;
  #stores: OpenStores;

  constructor(file: string | undefined) {
    this.#file = file;
    this.#stores = storesOn(openDatabase(file ?? IN_MEMORY));
  }

  get db(): Database {
    return this.#stores.db;
  }
  get counters(): Counters {
    return this.#stores.counters;
  }
  get patients(): Patients {
    return this.#stores.patients;
  }
  get insurances(): Insurances {
    return this.#stores.insurances;
  }
  get receptions(): Receptions {
    return this.#stores.receptions;
  }
  get visits(): Visits {
    return this.#stores.visits;
  }
  get unfinished(): UnfinishedActs {
    return this.#stores.unfinished;
  }
  get diseases(): Diseases {
    return this.#stores.diseases;
  }
  get locks(): Locks {
    return this.#stores.locks;
  }

  setting(name: string): string | undefined {
    return this.#stores.setting.get(name)?.value;
  }

  set(name: string, value: string): void {
    this.#stores.set.run(name, value);
  }

  transact<T>(work: () => T): T {
    try {
      return this.db.transaction(work).immediate();
    } catch (error) {
      // What was read within it is as if it had never been.
      this.patients.forget();
      this.insurances.forget();
      throw error;
    }
  }

  snapshot(): Database {
    if (this.#file === undefined) return new Sqlite(this.db.serialize());
    const db = new Sqlite(this.#file, { readonly: true });
    // The snapshot is taken by the first read of a transaction.
    db.exec('begin');
    db.prepare('select 1 from sim_clinic').get();
    return db;
  }

  scratch(): Database {
    if (this.#file === undefined) return openDatabase(IN_MEMORY);
    removeStore(beside(this.#file));
    return openDatabase(beside(this.#file));
  }

  adopt(scratch: Database): void {
    const file = this.#file;
    if (file === undefined) {
      this.close();
      this.#stores = storesOn(scratch);
      return;
    }
    // The last connection that closes leaves one file, without a log beside it.
    scratch.close();
    this.close();
    renameSync(beside(file), file);
    this.#stores = storesOn(openDatabase(file));
  }

  close(): void {
    this.db.close();
  }
}

function beside(file: string): string {
  return `${file}.restoring`;
}

function removeStore(file: string): void {
  for (const each of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(each)) rmSync(each);
}

import type { Database } from 'better-sqlite3';
import type { Role } from './roles.ts';

/** A person who may log in. */
export interface Operator {
  readonly name: string;
  readonly role: Role;
  /** ISO 8601 */
  readonly created: string;
  /** When the password was set last. */
  readonly changed: string;
}

interface Row extends Operator {
  readonly password: string;
}

/** The operators, on disk before they are believed. */
export class Operators {
  readonly #db: Database;
  readonly #now: () => Date;

  constructor(db: Database, now: () => Date) {
    this.#db = db;
    this.#now = now;
  }

  list(): Operator[] {
    return this.#db.prepare<[], Operator>('SELECT name, role, created, changed FROM operator ORDER BY name').all();
  }

  find(name: string): Row | null {
    return this.#db.prepare<[string], Row>('SELECT * FROM operator WHERE name = ?').get(name) ?? null;
  }

  /** @param password as `hashPassword` made it @returns whether the name was free */
  add(name: string, role: Role, password: string): boolean {
    const at = this.#now().toISOString();
    const sql = 'INSERT INTO operator VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING';
    return this.#db.prepare(sql).run(name, role, password, at, at).changes > 0;
  }

  /** @returns whether there was one */
  remove(name: string): boolean {
    return this.#db.prepare('DELETE FROM operator WHERE name = ?').run(name).changes > 0;
  }

  /** @returns whether there was one */
  setPassword(name: string, password: string): boolean {
    const sql = 'UPDATE operator SET password = ?, changed = ? WHERE name = ?';
    return this.#db.prepare(sql).run(password, this.#now().toISOString(), name).changes > 0;
  }
}

import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Keeps a database from being written until it is closed: what a disk that takes nothing looks like. */
export function locked(dir: string, name: string): { close(): void } {
  const db = new Database(join(dir, name));
  db.exec('BEGIN IMMEDIATE');
  return { close: () => void db.close() };
}

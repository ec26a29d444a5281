import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';

/**
 * Opens a database whose every commit has to outlive a power cut: few writes, each one on the disk before it is
 * believed. FULL syncs the WAL at every commit. One file has one owner: `user_version` belongs to one list of migrations.
 */
export function openDurable(file: string): Database.Database {
  // The folder is ours alone; whoever holds a lock on the file all the same must not hold up requests for long.
  const db = new Database(file, { timeout: 500 });
  try {
    // The log beside it gets the same rights.
    chmodSync(file, 0o600);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

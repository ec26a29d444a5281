import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StateLocked } from './errors.ts';

// A database that nobody refers to is closed when it is collected, and its lock with it.
const held = new Set<Database.Database>();

/**
 * Holds `dir` for this process alone. The lock is SQLite's own file lock, so the system frees it when the process
 * dies, however it dies; no stale lock file has to be removed by hand.
 * @returns releases the lock
 * @throws StateLocked with the holder's pid, where it left one
 */
export function lockState(dir: string): () => void {
  const holderFile = join(dir, 'holder');
  const db = new Database(join(dir, 'lock.db'), { timeout: 0 });
  try {
    db.pragma('journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new StateLocked(dir, readHolder(holderFile));
    }
    throw error;
  }
  writeFileSync(holderFile, `pid ${process.pid} on ${hostname()} since ${new Date().toISOString()}\n`);
  held.add(db);
  return () => {
    held.delete(db);
    db.close();
  };
}

function readHolder(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch {
    return null;
  }
}

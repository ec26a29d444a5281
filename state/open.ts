import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StateLocked, StateUnusable } from './errors.ts';
import { lockState } from './lock.ts';

export interface State {
  readonly dir: string;
  /** Mode, audit and settings: few writes, each one on disk before it is believed. */
  readonly db: Database.Database;
  close(): void;
}

/**
 * Opens the state directory for this process alone, creating it (0700) where it is missing.
 * @throws StateLocked, StateUnusable
 */
export function openState(dir: string): State {
  let unlock: (() => void) | undefined;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const release = lockState(dir);
    unlock = release;
    const db = new Database(join(dir, 'state.db'));
    db.pragma('journal_mode = WAL');
    // A switch that was answered must outlive a power cut: FULL syncs the WAL at every commit.
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    return {
      dir,
      db,
      close() {
        db.close();
        release();
      },
    };
  } catch (error) {
    unlock?.();
    throw error instanceof StateLocked ? error : new StateUnusable(dir, error);
  }
}

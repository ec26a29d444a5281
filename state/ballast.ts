import { randomFillSync } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'ballast';
export const BALLAST_BYTES = 2 * 1024 * 1024;

/** A file that is there to be given up when the disk is full, so that the clinic can still be switched. */
export interface Ballast {
  readonly isThere: boolean;
  /** @returns whether there was something to free */
  free(): boolean;
  /** Makes it anew where it is gone and the disk has room for it again. */
  restore(): void;
}

export function keepBallast(dir: string, bytes = BALLAST_BYTES): Ballast {
  const file = join(dir, FILE);
  const ballast: Ballast = {
    get isThere() {
      return hasBallast(dir, bytes);
    },
    free() {
      if (!ballast.isThere) return false;
      rmSync(file, { force: true });
      return true;
    },
    restore() {
      if (ballast.isThere) return;
      try {
        // Room for as much again beside it: made from the last bytes, it would be the reason for the next full disk.
        if (freeBytes(dir) >= bytes * 2) fill(file, bytes);
      } catch (error) {
        if (!isDiskTrouble(error)) throw error;
        rmSync(`${file}.part`, { force: true });
      }
    },
  };
  ballast.restore();
  return ballast;
}

/** Whether there is something to give up in `dir`. */
export function hasBallast(dir: string, bytes = BALLAST_BYTES): boolean {
  return statSync(join(dir, FILE), { throwIfNoEntry: false })?.size === bytes;
}

/** Bytes that this user may still write where `dir` is. */
export function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}

/** Does `work`; where the disk is full and there is ballast, frees it and does it once more. */
export function withRoom<T>(work: () => T, ballast: Ballast): T {
  try {
    return work();
  } catch (error) {
    if (!isDiskTrouble(error) || !ballast.free()) throw error;
    return work();
  }
}

// SQLite says SQLITE_FULL, or an IOERR where it was about to grow its index of the log; node:fs says ENOSPC or EDQUOT.
function isDiskTrouble(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return /^(?:SQLITE_FULL|SQLITE_IOERR.*|ENOSPC|EDQUOT)$/.test(String(error.code));
}

// Random bytes: a file of zeros takes no room on a disk that compresses.
function fill(file: string, bytes: number): void {
  const part = `${file}.part`;
  const handle = openSync(part, 'w', 0o600);
  try {
    const chunk = randomFillSync(Buffer.alloc(bytes));
    for (let at = 0; at < bytes;) at += writeSync(handle, chunk, at);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(part, file);
}

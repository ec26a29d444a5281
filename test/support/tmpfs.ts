import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeSync, openSync, closeSync, fsyncSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own, small enough to be filled; it takes the rights of root. */
export interface SmallDisk {
  readonly dir: string;
  /** Takes every byte that is left. */
  fill(): void;
  /** Gives back what `fill` took. */
  empty(): void;
  unmount(): void;
}

export function smallDisk(size: string): SmallDisk {
  const dir = mkdtempSync(join(tmpdir(), 'hybrid-gateway-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', dir], { stdio: 'pipe' });
  } catch (error) {
    throw new Error('this test fills a disk of its own: it has to run as root, on Linux, with the right to mount', {
      cause: error,
    });
  }
  const filler = join(dir, 'filler');
  return {
    dir,
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (let bytes = 64 * 1024; bytes >= 1;) {
          try {
            if (writeSync(file, Buffer.alloc(bytes, 1)) < bytes) break;
          } catch {
            bytes = Math.floor(bytes / 2);
          }
        }
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(filler, { force: true }),
    unmount() {
      execFileSync('umount', ['-l', dir], { stdio: 'pipe' });
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

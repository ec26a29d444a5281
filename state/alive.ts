import { readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const FILE = 'alive';

/** When this state was last in use, in milliseconds since the epoch; null where nothing tells. */
export function lastAlive(dir: string): number | null {
  try {
    const at = Number(readFileSync(join(dir, FILE), 'utf8'));
    return Number.isFinite(at) && at > 0 ? at : null;
  } catch {
    return null;
  }
}

/**
 * Notes every `everyMs` that the state is in use, while `isInUse`: a state that waits for an operator is not, and must
 * still wait after a restart. A file of its own, written without waiting for the disk: losing the
 * last note costs nothing, and a slow disk must not stop requests.
 * @returns stops it
 */
export function keepAlive(
  dir: string,
  now: () => number,
  isInUse: () => boolean = () => true,
  everyMs = 60_000,
): () => void {
  const note = (): void => {
    if (isInUse()) void writeFile(join(dir, FILE), String(now())).catch(() => undefined);
  };
  note();
  const timer = setInterval(note, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Tells this state apart from a copy of it: a copied file has another inode, a moved disk another host. */
export function fingerprint(dir: string): string {
  return `${hostname()}:${statSync(join(dir, 'state.db')).ino}`;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** An empty folder of its own, removed after the test. */
export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hybrid-gateway-'));
  made.push(dir);
  return dir;
}

/** For `afterEach`. */
export function removeFolders(): void {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
}

import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Surroundings } from '../units.ts';

const LARGEST_SECRET = 64 * 1024;

/** The real disk and environment, as the options see them; paths are relative to `directory`. */
export function surroundings(directory: string, env: Surroundings['env']): Surroundings {
  return { env, absolute: (path) => resolve(directory, path), read, whyNoFile };
}

/** Why a file could not be had, as the end of a sentence. */
export function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  if (code === 'EISDIR') return 'is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  return `cannot be read (${typeof code === 'string' ? code : String(error)})`;
}

function read(path: string): { text: string } | { failure: string } {
  try {
    if (statSync(path).size > LARGEST_SECRET) return { failure: 'is too large for a secret' };
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { failure: whyNot(error) };
  }
}

function whyNoFile(path: string): string | null {
  try {
    if (statSync(path).isDirectory()) return 'is a folder';
    accessSync(path, constants.R_OK);
    return null;
  } catch (error) {
    return whyNot(error);
  }
}

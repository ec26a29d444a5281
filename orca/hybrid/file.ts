import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { DumpFile } from '../hybrid.ts';
import { DumpDiffers } from './errors.ts';

const MAGIC = Buffer.from('PGDMP');

/** 0 where there is no such file. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest('hex');
}

/** Writes the pieces into the file from a place on. What came before they broke off is kept; whole, they are on the disk. */
export async function writeFrom(
  path: string,
  from: number,
  pieces: AsyncIterable<Buffer>,
  onBytes: (soFar: number) => void,
): Promise<void> {
  const file = await open(path, from === 0 ? 'w' : 'r+');
  try {
    let soFar = from;
    for await (const piece of pieces) {
      for (let written = 0; written < piece.length;) {
        const { bytesWritten } = await file.write(piece, written, piece.length - written, soFar + written);
        written += bytesWritten;
      }
      soFar += piece.length;
      onBytes(soFar);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Holds a file against what it is said to be, and throws it away where it is something else.
 * @throws DumpDiffers
 */
export async function checkedDump(
  path: string,
  said: { readonly bytes: number | null; readonly sha256: string | null },
  signal?: AbortSignal,
): Promise<DumpFile> {
  const bytes = await sizeOf(path);
  if (said.bytes !== null && bytes !== said.bytes)
    return refuse(path, `expected a dump of ${said.bytes} bytes, got ${bytes}`);
  if (!(await isDump(path))) return refuse(path, 'expected a dump that begins with PGDMP');
  const sha256 = await sha256Of(path, signal);
  if (said.sha256 !== null && sha256 !== said.sha256)
    return refuse(path, `expected a dump with the SHA-256 ${said.sha256}, got ${sha256}`);
  return { path, bytes, sha256 };
}

export async function isDump(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return bytesRead === MAGIC.length && buffer.equals(MAGIC);
  } finally {
    await file.close();
  }
}

async function refuse(path: string, why: string): Promise<never> {
  await rm(path, { force: true });
  throw new DumpDiffers(why);
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Dump, DumpFile, HybridOptions } from '../hybrid.ts';
import { HybridRefused } from './errors.ts';
import { checkedDump, isMissing, sizeOf, writeFrom } from './file.ts';
import { placeArgs, type PostgresConnection } from './postgres-connection.ts';
import { findTool, runTool } from './tools.ts';

export interface DumpShelf {
  readonly connection: PostgresConnection;
  /** Where dumps are kept. */
  readonly folder: string;
  /** Where pg_dump and pg_restore are; null: where they are usually installed. */
  readonly binaries: string | null;
}

const PART = '.part';

/** `<folder>/YYYYMMDDHHMMSS.dump` by pg_dump -Fc. */
export async function takeDump(shelf: DumpShelf, at: Date, options: HybridOptions): Promise<Dump> {
  await mkdir(shelf.folder, { recursive: true });
  const name = `${at.toISOString().replaceAll(/[-:T]|\..*/g, '')}.dump`;
  const path = join(shelf.folder, name);
  let tables = 0;
  try {
    await runTool(findTool('pg_dump', shelf.binaries), {
      args: ['--format=custom', '--no-password', '--verbose', `--file=${path}${PART}`, ...placeArgs(shelf.connection)],
      env: { PGPASSWORD: shelf.connection.password },
      signal: options.signal,
      onLine: (line) => {
        if (!line.includes('dumping contents of table')) return;
        tables += 1;
        options.onProgress?.({ done: tables, total: null, step: lastWord(line) });
      },
    });
    const { bytes, sha256 } = await checkedDump(`${path}${PART}`, { bytes: null, sha256: null }, options.signal);
    await rename(`${path}${PART}`, path);
    return { id: name, name, madeAt: at, bytes, sha256 };
  } finally {
    await rm(`${path}${PART}`, { force: true });
  }
}

/** Newest first. */
export async function listDumps({ folder }: DumpShelf): Promise<readonly Dump[]> {
  const names = await namesIn(folder);
  const dumps = await Promise.all(
    names
      .filter((name) => name.endsWith('.dump'))
      .map(async (name) => {
        const { size, mtime } = await stat(join(folder, name));
        return { id: name, name, madeAt: mtime, bytes: size, sha256: null };
      }),
  );
  return dumps.sort((one, other) => other.madeAt.getTime() - one.madeAt.getTime());
}

export async function fetchDump(shelf: DumpShelf, dump: Dump, to: string, options: HybridOptions): Promise<DumpFile> {
  await copy(pathOf(shelf, dump.id), to, options);
  return checkedDump(to, dump, options.signal);
}

export async function shelveDump(
  shelf: DumpShelf,
  file: DumpFile,
  name: string,
  at: Date,
  options: HybridOptions,
): Promise<Dump> {
  await mkdir(shelf.folder, { recursive: true });
  const path = pathOf(shelf, name.endsWith('.dump') ? name : `${name}.dump`);
  await copy(file.path, `${path}${PART}`, options);
  const { bytes, sha256 } = await checkedDump(`${path}${PART}`, file, options.signal);
  await rename(`${path}${PART}`, path);
  return { id: basename(path), name: basename(path), madeAt: at, bytes, sha256 };
}

async function copy(from: string, to: string, { signal, onProgress }: HybridOptions): Promise<void> {
  const total = await sizeOf(from);
  const report = (done: number) => onProgress?.({ done, total, step: 'copy' });
  await writeFrom(to, 0, createReadStream(from, { ...(signal && { signal }) }), report);
}

export function pathOf({ folder }: DumpShelf, id: string): string {
  if (id !== basename(id) || id.includes('\\')) throw new HybridRefused('name', `not the name of a dump: ${id}`);
  return join(folder, id);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

export function lastWord(line: string): string {
  return /"([^"]+)"$/.exec(line)?.[1] ?? line;
}

import { open, readdir, readFile, rename, unlink, mkdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** Lines appended to a file: each is with the operating system before its promise resolves, so that no kill loses it. */
export interface LineFile {
  /** Never rejects: while the disk takes nothing, lines are kept in memory and tried again with the next one. */
  append(line: string): Promise<void>;
  /** The same, and on the disk. */
  appendDurably(line: string): Promise<void>;
  /** What the disk last said; null while it takes lines. */
  readonly failure: Error | null;
  close(): Promise<void>;
}

/** More than any outage should bring; beyond it the oldest lines in memory are given up. */
const MOST_KEPT = 50_000;
const NAME = /^writes-\d{17}\.ndjson$/;
const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Opens a new file in `folder`, which begins with what `carry` makes of the newest one before it; files older than 30
 * days are removed. The new file appears under its name only once it is whole.
 */
export async function openLines(
  folder: string,
  carry: (previous: string) => string,
  now: () => Date,
): Promise<LineFile> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const older = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const newest = older.at(-1);
  const stamp = now().toISOString().replaceAll(/\D/g, '').slice(0, 17);
  // Two starts within a millisecond, or a clock that went back: the name still comes after all others.
  const name = newest !== undefined && newest >= `writes-${stamp}.ndjson` ? after(newest) : `writes-${stamp}.ndjson`;
  const path = join(folder, name);
  const text = newest === undefined ? '' : await readFile(join(folder, newest), 'utf8');
  const file = await open(`${path}.part`, 'w', 0o600);
  await file.writeFile(carry(text));
  await file.datasync();
  await rename(`${path}.part`, path);
  await Promise.all(older.filter((old) => isOld(old, now())).map((old) => unlink(join(folder, old))));
  return appender(file);
}

function appender(file: FileHandle): LineFile {
  let pending: { text: string; done: () => void }[] = [];
  let kept: string[] = [];
  let failure: Error | null = null;
  let writing: Promise<void> | null = null;
  // A write that failed in the middle leaves half a line: the next begins on one of its own.
  let isTorn = false;

  async function write(): Promise<void> {
    while (pending.length > 0) {
      const batch = pending;
      pending = [];
      const texts = [...kept, ...batch.map(({ text }) => text)];
      try {
        await file.writeFile(`${isTorn ? '\n' : ''}${texts.join('')}`);
        kept = [];
        failure = null;
        isTorn = false;
      } catch (error) {
        kept = texts.slice(-MOST_KEPT);
        failure = error instanceof Error ? error : new Error(String(error));
        isTorn = true;
      }
      for (const { done } of batch) done();
    }
    writing = null;
  }

  function append(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    pending.push({ text, done: resolve });
    writing ??= Promise.resolve().then(write);
    return promise;
  }

  return {
    append,
    async appendDurably(text) {
      await append(text);
      await file.datasync().catch((error: unknown) => {
        failure = error instanceof Error ? error : new Error(String(error));
      });
    },
    get failure() {
      return failure;
    },
    async close() {
      await writing;
      await file.close();
    },
  };
}

function after(name: string): string {
  const stamp = BigInt(name.slice(7, 24)) + 1n;
  return `writes-${String(stamp).padStart(17, '0')}.ndjson`;
}

function isOld(name: string, now: Date): boolean {
  const [, y = '', m = '', d = ''] = /^writes-(\d{4})(\d\d)(\d\d)/.exec(name) ?? [];
  return now.getTime() - Date.UTC(Number(y), Number(m) - 1, Number(d)) > KEEP_MS;
}

import { mkdir, open, rename, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface RotationLimits {
  /** A file ends before it grows beyond this; a day ends it, too. */
  readonly maxBytes: number;
  /** Old files that are kept, as `file.1` (the newest) to `file.N`. */
  readonly keep: number;
}

/** Lines into a file that never fills the disk. */
export interface RotatingFile {
  /** Never throws and never waits: where the disk is too slow or full, lines are given up. */
  write(line: string): void;
  close(): Promise<void>;
}

const MOST_PENDING = 4 * 1024 * 1024;

/** @param complain told once for each time that the file stops taking lines */
export function rotatingFile(
  file: string,
  { maxBytes, keep }: RotationLimits,
  complain: (error: unknown) => void,
  now: () => Date = () => new Date(),
): RotatingFile {
  let pending = '';
  let writing: Promise<void> | null = null;
  let current: { readonly handle: FileHandle; bytes: number; readonly day: string } | null = null;
  let isFailing = false;

  async function begin(): Promise<NonNullable<typeof current>> {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(file, 'a', 0o600);
    const { size, mtime } = await handle.stat();
    return { handle, bytes: size, day: dayOf(size === 0 ? now() : mtime) };
  }

  async function rotate(): Promise<void> {
    await current?.handle.close();
    current = null;
    for (let number = keep; number > 0; number -= 1) {
      const older = number === 1 ? file : `${file}.${number - 1}`;
      if (await exists(older)) await rename(older, `${file}.${number}`);
    }
  }

  async function flush(): Promise<void> {
    while (pending !== '') {
      const text = pending;
      pending = '';
      const bytes = Buffer.byteLength(text);
      current ??= await begin();
      const isFull = current.bytes > 0 && current.bytes + bytes > maxBytes;
      if (isFull || current.day !== dayOf(now())) {
        await rotate();
        current = await begin();
      }
      await current.handle.appendFile(text);
      current.bytes += bytes;
      isFailing = false;
    }
  }

  async function work(): Promise<void> {
    try {
      await flush();
    } catch (error) {
      if (!isFailing) complain(error);
      isFailing = true;
      await current?.handle.close().catch(() => undefined);
      current = null;
    }
    writing = null;
    if (pending !== '' && !isFailing) writing = work();
  }

  async function idle(): Promise<void> {
    if (writing === null) return;
    await writing;
    await idle();
  }

  return {
    write(line) {
      if (pending.length > MOST_PENDING) return;
      pending += `${line}\n`;
      writing ??= Promise.resolve().then(work);
    },
    async close() {
      await idle();
      await current?.handle.close();
    },
  };
}

function dayOf(time: Date): string {
  return `${time.getFullYear()}-${time.getMonth()}-${time.getDate()}`;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ToolFailed, ToolMissing } from './errors.ts';

const SUFFIX = process.platform === 'win32' ? '.exe' : '';
/** Where PostgreSQL installs several versions beside each other. */
const VERSIONED = ['/usr/lib/postgresql', '/usr/local/pgsql', 'C:\\Program Files\\PostgreSQL'];
const KEPT_LINES = 20;

export interface ToolRun {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Each line of the standard error stream, where `--verbose` reports. */
  readonly onLine?: (line: string) => void;
}

/**
 * Finds one of PostgreSQL's programs: in `folder` where that is given, else the newest that is installed (pg_dump refuses
 * servers newer than itself), else on the PATH.
 * @throws ToolMissing
 */
export function findTool(tool: string, folder: string | null): string {
  const file = `${tool}${SUFFIX}`;
  const folders = folder === null ? [...installed(), ...(process.env['PATH'] ?? '').split(delimiter)] : [folder];
  const found = folders.map((each) => join(each, file)).find((path) => existsSync(path));
  if (found === undefined) throw new ToolMissing(tool, 'postgresql-client');
  return found;
}

/** Runs a program to its end; gives what it wrote. @throws ToolFailed, or the signal's reason */
export async function runTool(path: string, { args, env, signal, onLine }: ToolRun): Promise<string> {
  signal?.throwIfAborted();
  const child = spawn(path, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (): void => void child.kill();
  signal?.addEventListener('abort', stop, { once: true });
  const lines: string[] = [];
  const out: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    onLine?.(line);
  });
  child.stdout.setEncoding('utf8').on('data', (piece: string) => out.push(piece));
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    signal?.throwIfAborted();
    if (code !== 0) throw new ToolFailed(`${path} ended with ${code ?? 'a signal'}: ${lines.join(' / ')}`);
    return out.join('');
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function installed(): string[] {
  return VERSIONED.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /^\d/.test(name))
      .sort((one, other) => Number.parseFloat(other) - Number.parseFloat(one))
      .map((name) => join(folder, name, 'bin')),
  );
}

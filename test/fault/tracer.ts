import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Why system calls cannot be watched here; null where they can. */
export function whyNoStrace(): string | null {
  if (process.platform !== 'linux') return 'strace is a tool of Linux';
  return (process.env['PATH'] ?? '').split(delimiter).some(hasStrace) ? null : 'strace is not installed';
}

/** strace on a running process, with its output in a file. */
export class Tracer {
  readonly #child: ChildProcess;
  readonly #output: string;

  private constructor(child: ChildProcess, output: string) {
    this.#child = child;
    this.#output = output;
  }

  /** Resolves once every system call of the process is seen. */
  static async attach(pid: number, output: string, options: readonly string[]): Promise<Tracer> {
    const child = spawn('strace', ['-f', '-o', output, ...options, '-p', String(pid)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    for await (const bytes of child.stderr) {
      said += String(bytes);
      if (said.includes('attached')) return new Tracer(child, output);
    }
    throw new Error(`strace could not attach to ${pid}: ${said}`);
  }

  /** Lets the process go, and gives what was seen, line by line in order of time. */
  async lines(): Promise<string[]> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGINT');
      await gone;
    }
    return readFileSync(this.#output, 'utf8').split('\n');
  }
}

function hasStrace(folder: string): boolean {
  try {
    accessSync(join(folder, 'strace'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A node process of our own; its lines are read one by one. */
export interface Child {
  readonly pid: number;
  /** The next line of its output; null at its end. */
  line(): Promise<string | null>;
  /** Ends it as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Runs `script` (a file URL) with `args`. */
export function child(script: URL, ...args: string[]): Child {
  const process_: ChildProcess = spawn(process.execPath, [fileURLToPath(script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: process_.stdout! })[Symbol.asyncIterator]();
  return {
    pid: process_.pid!,
    async line() {
      const { value, done } = await lines.next();
      return done === true ? null : value;
    },
    async kill() {
      if (process_.exitCode !== null || process_.signalCode !== null) return;
      process_.kill('SIGKILL');
      await once(process_, 'exit');
    },
  };
}

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
  const spawned: ChildProcess = spawn(process.execPath, [fileURLToPath(script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: spawned.stdout! })[Symbol.asyncIterator]();
  return {
    pid: spawned.pid!,
    async line() {
      const { value, done } = await lines.next();
      return done === true ? null : value;
    },
    async kill() {
      if (spawned.exitCode !== null || spawned.signalCode !== null) return;
      spawned.kill('SIGKILL');
      await once(spawned, 'exit');
    },
  };
}

import { setImmediate as turn } from 'node:timers/promises';

/** Looks again and again until `claim` no longer throws; after `withinMs` its last complaint is the test's. */
export async function eventually(claim: () => void | Promise<void>, withinMs = 5000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await claim();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await turn();
    }
  }
}

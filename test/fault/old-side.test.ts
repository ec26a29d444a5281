import assert from 'node:assert/strict';
import { awayFrom, FATES } from './old-side.ts';

describe('a switch away from an environment that is', () => {
  for (const fate of FATES)
    it(`${fate} is in time, and lists what nobody knows, and nothing else`, async function () {
      // Windows knows no SIGSTOP.
      if (fate === 'hung' && process.platform === 'win32') this.skip();
      this.timeout(60_000);
      const { breaches } = await awayFrom(fate, { writers: 8, readers: 8, thinkMs: 10, seed: 1 });
      assert.deepEqual(breaches, []);
    });
});

import assert from 'node:assert/strict';
import { awayFrom, FATES } from './old-side.ts';

describe('a switch away from an environment that is', () => {
  for (const fate of FATES)
    it(`${fate} is in time, and lists what nobody knows, and nothing else`, async function () {
      this.timeout(60_000);
      const report = await awayFrom(fate, { writers: 8, readers: 8, thinkMs: 10, seed: 1 });
      assert.equal(report.switching.status, 200, report.switching.text);
      assert.deepEqual(report.breaches, []);
      assert.ok(report.switchMs < report.allowedMs, `${report.switchMs} ms, allowed are ${report.allowedMs}`);
      assert.ok(report.writesAfterTheSwitch > 0);
      if (fate === 'unreachable') {
        assert.deepEqual(report.failures, {});
        assert.equal(report.outcomes, 0);
      } else {
        assert.ok(report.outcomes > 0, 'nothing was under way: the test shows nothing');
      }
    });
});

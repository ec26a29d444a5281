import assert from 'node:assert/strict';
import { underLoad } from './load.ts';
import { say } from './pauses.ts';

describe('partners at work while the mode changes again and again', () => {
  it('lose nothing, get nothing twice, and are refused nothing', async function () {
    this.timeout(60_000);
    const crowd = { writers: 8, readers: 8, thinkMs: 10, seed: 1 };
    const report = await underLoad({ ...crowd, forMs: 4000, everyMs: 400, quietMs: 1000 });
    assert.deepEqual(report.breaches, []);
    assert.deepEqual(report.failures, {});
    assert.deepEqual(report.notSwitched, []);
    assert.ok(report.switches >= 8, `${report.switches} switches`);
    assert.equal(report.leftOpen, 0);
    console.log(`      readers: ${say(report.readers)}; without switches: ${say(report.withoutSwitches.readers)}`);
  });
});

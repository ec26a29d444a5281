import assert from 'node:assert/strict';
import { underLoad } from './load.ts';
import { say } from './pauses.ts';

describe('partners at work while the mode changes again and again', () => {
  it('lose nothing, get nothing twice, and are refused nothing', async function () {
    this.timeout(60_000);
    const crowd = { writers: 8, readers: 8, thinkMs: 10, seed: 1, writeMs: 40, slowOneIn: 5 };
    const report = await underLoad({ ...crowd, forMs: 4000, everyMs: 400, quietMs: 1000 });
    assert.deepEqual(report.breaches, []);
    assert.deepEqual(report.failures, {});
    assert.deepEqual(report.notSwitched, []);
    assert.ok(report.switches >= 8, `${report.switches} switches`);
    assert.equal(report.leftOpen, 0);
    console.log(`      readers: ${say(report.readers)}; without switches: ${say(report.withoutSwitches.readers)}`);
  });

  it('may wait in line for an environment, and are taken along to the new one', async function () {
    this.timeout(60_000);
    const crowd = { writers: 12, readers: 6, thinkMs: 3, seed: 3, writeMs: 20, concurrency: 3 };
    const report = await underLoad({ ...crowd, forMs: 1500, everyMs: 250, quietMs: 0 });
    assert.deepEqual(report.breaches, []);
    assert.deepEqual(report.failures, {});
    assert.deepEqual(report.notSwitched, []);
  });

  it('find every write that was not answered whole in the list of unknown outcomes, and no other', async function () {
    this.timeout(60_000);
    const crowd = { writers: 8, readers: 2, thinkMs: 10, seed: 2, brokenOneIn: 7 };
    const report = await underLoad({ ...crowd, forMs: 1500, everyMs: 300, quietMs: 0 });
    const { '502 environment-reset': unanswered = 0, ECONNRESET: halfAnswered = 0, ...others } = report.failures;
    assert.deepEqual(report.breaches, []);
    assert.deepEqual(others, {});
    assert.ok(unanswered > 0 && halfAnswered > 0, 'nothing was broken off: the test shows nothing');
    assert.equal(report.outcomes, unanswered + halfAnswered);
  });
});

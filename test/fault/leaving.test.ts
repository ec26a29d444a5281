import assert from 'node:assert/strict';
import { leaving } from './leaving.ts';

describe('partners that leave at any moment of a write', () => {
  it('leave nothing under way, and an outcome for each write that may have arrived', async function () {
    this.timeout(60_000);
    const { breaches, inFlight, switchMs, left } = await leaving({ times: 200, seed: 1 });
    assert.deepEqual(breaches, []);
    assert.equal(inFlight, 0);
    assert.ok(left > 50, 'few have left: the test shows nothing');
    assert.ok(switchMs < 1500, `the switch waited ${switchMs} ms for nobody`);
  });
});

import assert from 'node:assert/strict';
import { contested } from './operators.ts';

describe('operators that switch at once', () => {
  it('never both win, and the epoch grows by one each time', async function () {
    this.timeout(30_000);
    const { breaches, contests } = await contested({ times: 20, seed: 1 });
    assert.deepEqual(breaches, []);
    assert.equal(contests, 20);
  });
});

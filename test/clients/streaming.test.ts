import assert from 'node:assert/strict';
import { flow, MiB } from './flow.ts';

const MOVED = 200 * MiB;
const MOST_GROWTH = 64 * MiB;

describe('a large body', () => {
  it('flows up and down through memory that stays flat', async () => {
    const { warm, flows } = await flow(MOVED, 16 * MiB);
    assert.deepEqual(
      flows.map(({ direction }) => direction),
      ['up', 'down'],
    );
    for (const { direction, peak } of flows) {
      const growth = peak - warm;
      assert.ok(growth < MOST_GROWTH, `${Math.round(growth / MiB)} MiB more while 200 MiB went ${direction}`);
    }
  });
});

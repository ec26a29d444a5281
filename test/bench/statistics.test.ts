import assert from 'node:assert/strict';
import { median, medianRatio, percentile } from './statistics.ts';

describe('the figures of a benchmark', () => {
  it('have as median the middle value, or the mean of the two in the middle', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([]), Number.NaN);
  });

  it('have as percentile the value of that rank, whatever their order', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    assert.equal(percentile(values, 0.5), 50);
    assert.equal(percentile(values, 0.99), 99);
    assert.equal(percentile([7], 0.99), 7);
    assert.equal(percentile([], 0.5), Number.NaN);
  });

  it('compare round by round: a slow round is slow for both', () => {
    assert.equal(medianRatio([80, 8, 160], [100, 10, 200]), 0.8);
  });

  it('leave out rounds that one side lacks', () => {
    assert.equal(medianRatio([90, null, 50], [100, 10, null]), 0.9);
    assert.equal(medianRatio([null], [1]), Number.NaN);
  });
});

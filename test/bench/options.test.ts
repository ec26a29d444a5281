import assert from 'node:assert/strict';
import { benchOptions } from './options.ts';

describe('the options of the benchmark', () => {
  it('are five rounds, each sample after a warm-up, disturbed ones taken again', () => {
    const options = benchOptions([]);
    assert.ok(options !== null);
    assert.deepEqual([options.rounds, options.repeats, options.json, options.loads], [5, 2, null, null]);
    assert.ok(options.warmUpSeconds > 0);
  });

  it('make a quick run short, and what is named beside it holds', () => {
    const options = benchOptions(['--quick', '--rounds', '2', '--loads', 'get-32,upload']);
    assert.ok(options !== null);
    assert.deepEqual([options.rounds, options.seconds, options.warmUpSeconds, options.repeats], [2, 1, 0, 0]);
    assert.deepEqual(options.loads, ['get-32', 'upload']);
  });

  it('refuse what is no number of rounds, and what nobody knows', () => {
    assert.throws(() => benchOptions(['--rounds', '0']), /--rounds: expected a whole number from 1, got "0"/);
    assert.throws(() => benchOptions(['--fast']), /--fast/);
  });

  it('are none where help is asked for', () => {
    assert.equal(benchOptions(['--help']), null);
  });
});

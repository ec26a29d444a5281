import { deepEqual } from 'node:assert/strict';
import { syncOptions } from '../../sync/options.ts';
import { reading, world } from '../support/options.ts';

describe('the options of sync', () => {
  it('have defaults', () => {
    deepEqual(reading(syncOptions(world()), {}), {
      everyMs: 3_600_000,
      folder: '/clinic/backup',
      keep: 3,
      key: null,
      warm: true,
    });
  });

  it('the schedule is at most every minute, or off', () => {
    deepEqual(reading(syncOptions(world()), { every: '10s' }), [
      'every: expected a time of at least 1m, or 0 for off, got "10s" (10000 ms)',
    ]);
    const off = reading(syncOptions(world()), { every: 0 });
    deepEqual('everyMs' in off && off.everyMs, 0);
  });

  it('at least one older dump is kept, and the key is a secret', () => {
    deepEqual(reading(syncOptions(world()), { keep: 0, key: 12_345 }), [
      'keep: expected a whole number of at least 1, got the number 0',
      'key: expected the backup key: text, "${NAME}" for an environment variable, or { file: path }, got a number; put it in quotes',
    ]);
  });
});

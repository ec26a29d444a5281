import { deepEqual } from 'node:assert/strict';
import { switchOptions } from '../../../control/switch/options.ts';
import { reading } from '../../support/options.ts';

describe('the options of a switch', () => {
  it('have defaults', () => {
    deepEqual(reading(switchOptions(), {}), {
      holdMs: 10_000,
      drainMs: 3000,
      settleMs: 4000,
      dwellMs: 5000,
      conversationsMs: 30_000,
      automatic: false,
    });
  });

  it('hold must outlast drain and settle by a second', () => {
    deepEqual(reading(switchOptions(), { hold: '7999ms' }), [
      'hold: expected at least drain + settle + 1s (3000 + 4000 + 1000 = 8000 ms), got 7999 ms',
    ]);
    const exact = reading(switchOptions(), { hold: '8s' });
    deepEqual('holdMs' in exact && exact.holdMs, 8000);
  });

  it('a longer drain asks for a longer hold, though only drain was given', () => {
    deepEqual(reading(switchOptions(), { drain: '10s' }), [
      'hold: expected at least drain + settle + 1s (10000 + 4000 + 1000 = 15000 ms), got 10000 ms',
    ]);
  });
});

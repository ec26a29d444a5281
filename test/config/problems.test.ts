import { equal } from 'node:assert/strict';
import { closest } from '../../config/problems.ts';

describe('the closest name', () => {
  const meant: readonly [string, string | null][] = [
    ['lsiten', 'listen'],
    ['Listen', 'listen'],
    ['listenn', 'listen'],
    ['limit', 'limits'],
    ['tsl', 'tls'],
    ['folder', null],
    ['', null],
  ];
  for (const [written, expected] of meant) {
    it(`${JSON.stringify(written)} means ${expected ?? 'nothing known'}`, () => {
      equal(closest(written, ['listen', 'tls', 'push', 'limits']), expected);
    });
  }
});

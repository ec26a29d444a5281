import assert from 'node:assert/strict';
import { decideStart } from '../../mode/start.ts';
import type { StartFacts } from '../../mode/start.ts';

const NOW = Date.parse('2025-11-22T09:00:00+09:00');
const HOUR = 3_600_000;

const KNOWN: StartFacts = {
  persisted: { isConfirmed: true, fingerprint: 'pc:1' },
  initial: null,
  fingerprint: 'pc:1',
  nowMs: NOW,
  lastAliveMs: NOW - HOUR,
};

function because(facts: Partial<StartFacts>): string {
  const decision = decideStart({ ...KNOWN, ...facts });
  return decision.kind === 'confirm' ? decision.because : 'runs';
}

describe('a start', () => {
  it('goes on where it stopped', () => {
    assert.equal(because({}), 'runs');
  });

  it('from nothing begins in state.initial, and asks where that is not set', () => {
    assert.equal(because({ persisted: null, initial: 'normal', lastAliveMs: null }), 'runs');
    assert.equal(because({ persisted: null, lastAliveMs: null }), 'empty');
  });

  it('asks again while nobody has confirmed, whatever state.initial says', () => {
    const persisted = { isConfirmed: false, fingerprint: 'pc:1' };
    assert.equal(because({ persisted }), 'never-confirmed');
    assert.equal(because({ persisted, initial: 'normal' }), 'never-confirmed');
  });

  it('on another machine, or from a copied folder, asks', () => {
    assert.equal(because({ fingerprint: 'pc:2' }), 'copied');
    assert.equal(because({ fingerprint: 'new-pc:1', initial: 'normal' }), 'copied');
  });

  it('after more than a day of standing still asks', () => {
    assert.equal(because({ lastAliveMs: NOW - 24 * HOUR }), 'runs');
    assert.equal(because({ lastAliveMs: NOW - 24 * HOUR - 1 }), 'stale');
  });

  it('that does not know how long it stood still asks', () => {
    assert.equal(because({ lastAliveMs: null }), 'stale');
  });
});

import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { partnerBook } from '../../gateway/partners.ts';
import { partner } from '../support/gateway.ts';

function book(limits: { connections: number; requestsPerSecond: number }) {
  const emr = partner({ name: 'emr', limits });
  const clock = { nowMs: 1_000_000 };
  const one = partnerBook([emr, partner({ name: 'till' })], () => clock.nowMs);
  return { clock, ask: (socket = new Socket()) => one.asked(emr, socket), statuses: () => one.statuses() };
}

describe('the book of partners', () => {
  it('lets a partner ask as often as it likes where there is no limit', () => {
    const { ask } = book({ connections: 1000, requestsPerSecond: 0 });
    for (let i = 0; i < 500; i += 1) assert.equal(ask(), null);
  });

  it('lets a second’s worth through at once, then what time brings', () => {
    const { ask, clock } = book({ connections: 1000, requestsPerSecond: 4 });
    const asked = (times: number): number =>
      Array.from({ length: times }, () => ask()).filter((no) => no === null).length;
    assert.equal(asked(10), 4);
    clock.nowMs += 250;
    assert.equal(asked(10), 1);
    clock.nowMs += 500;
    assert.equal(asked(10), 2);
    clock.nowMs += 60_000;
    assert.equal(asked(10), 4);
  });

  it('does not let a partner that asks without pause starve itself', () => {
    const { ask, clock } = book({ connections: 1000, requestsPerSecond: 10 });
    let served = 0;
    for (let i = 0; i < 1000; i += 1) {
      clock.nowMs += 10;
      if (ask() === null) served += 1;
    }
    assert.ok(served >= 105 && served <= 111, String(served));
  });

  it('is not confused by a clock that goes back', () => {
    const { ask, clock } = book({ connections: 1000, requestsPerSecond: 2 });
    assert.equal(ask(), null);
    clock.nowMs -= 3_600_000;
    ask();
    clock.nowMs += 1000;
    assert.equal(ask(), null);
  });

  it('refuses a connection too many, and no other', () => {
    const { ask, statuses } = book({ connections: 2, requestsPerSecond: 0 });
    const [first, second, third] = [new Socket(), new Socket(), new Socket()];
    assert.deepEqual([ask(first), ask(second), ask(third)], [null, null, 'too-many-connections']);
    assert.deepEqual([ask(first), ask(second), ask(third)], [null, null, 'too-many-connections']);
    assert.equal(statuses()[0]!.connections, 2);
    first.emit('close');
    assert.deepEqual([ask(third), ask(second)], [null, null]);
  });

  it('counts requests, and tells when the last one came', () => {
    const { ask, statuses, clock } = book({ connections: 10, requestsPerSecond: 0 });
    ask();
    ask();
    assert.deepEqual(statuses(), [
      { name: 'emr', kind: 'api', lastSeenAt: new Date(clock.nowMs).toISOString(), requests: 2, connections: 2 },
      { name: 'till', kind: 'api', lastSeenAt: null, requests: 0, connections: 0 },
    ]);
  });
});

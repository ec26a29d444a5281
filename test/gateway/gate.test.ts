import assert from 'node:assert/strict';
import { gate, type Gate } from '../../gateway/gate.ts';

const LONG_MS = 10_000;

/** Stands in line; the promise tells whether the gate was passed. */
function stand(one: Gate, withinMs = LONG_MS): Promise<boolean> {
  const { passed } = one.enter(withinMs);
  assert.notEqual(passed, true);
  return Promise.resolve(passed);
}

function filled(width: number): Gate {
  const one = gate(width);
  for (let i = 0; i < width; i += 1) assert.equal(one.enter(LONG_MS).passed, true);
  return one;
}

describe('a gate', () => {
  it('lets as many through at once as it is wide', () => {
    const one = filled(3);
    assert.deepEqual([one.inside, one.waiting], [3, 0]);
  });

  it('hands a place on in the order of arrival', async () => {
    const one = filled(1);
    const order: string[] = [];
    const first = stand(one).then(() => order.push('first'));
    const second = stand(one).then(() => order.push('second'));
    assert.deepEqual([one.inside, one.waiting], [1, 2]);
    one.leave();
    await first;
    assert.deepEqual([one.inside, one.waiting, order], [1, 1, ['first']]);
    one.leave();
    await second;
    one.leave();
    assert.deepEqual([one.inside, one.waiting, order], [0, 0, ['first', 'second']]);
  });

  it('sends away who has stood in line too long, and keeps no place for them', async () => {
    const one = filled(1);
    assert.equal(await stand(one, 1), false);
    assert.deepEqual([one.inside, one.waiting], [1, 0]);
    one.leave();
    assert.equal(one.inside, 0);
    assert.equal(one.enter(LONG_MS).passed, true);
  });

  it('forgets who gives up their place, and who gives it up twice or too late', async () => {
    const one = filled(1);
    const leaver = one.enter(LONG_MS);
    const stayer = one.enter(LONG_MS);
    leaver.cancel();
    leaver.cancel();
    assert.equal(await leaver.passed, false);
    one.leave();
    assert.equal(await stayer.passed, true);
    stayer.cancel();
    assert.deepEqual([one.inside, one.waiting], [1, 0]);
  });
});

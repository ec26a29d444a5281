import assert from 'node:assert/strict';
import { atCall, watchedSwitch } from './durability.ts';
import { killedInSwitches } from './kill.ts';
import { CLOUD } from './places.ts';
import { onStand } from './stand.ts';
import { whyNoStrace } from './tracer.ts';

describe('a gateway that is killed in the middle of a switch', () => {
  it('is in the old mode or in the new one when it starts again, whole', async function () {
    this.timeout(120_000);
    const { breaches, found } = await killedInSwitches({ times: 12, seed: 1 });
    assert.deepEqual(breaches, []);
    assert.equal(found.old + found.new, 12);
  });

  it('at the very write or sync of its commit is so too', async function () {
    if (whyNoStrace() !== null) this.skip();
    this.timeout(60_000);
    const ways = [atCall('state.db', 'pwrite64', 2), atCall('audit.db', 'fsync', 2)];
    const { breaches } = await killedInSwitches({ times: 2, seed: 1 }, ways);
    assert.deepEqual(breaches, []);
  });
});

describe('a switch that is answered', () => {
  it('is on the disk before the first byte of the answer leaves', async function () {
    if (whyNoStrace() !== null) this.skip();
    this.timeout(60_000);
    const { status, written, syncs, unsynced } = await onStand({}, (stand) => watchedSwitch(stand, CLOUD));
    assert.equal(status, 200);
    assert.ok(written > 0 && syncs > 0, `${written} writes, ${syncs} syncs`);
    assert.equal(unsynced, 0);
  });
});

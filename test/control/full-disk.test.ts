import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { verifyAudit } from '../../control/switch/verify.ts';
import { hasBallast, keepBallast } from '../../state/ballast.ts';
import { smallDisk } from '../support/tmpfs.ts';
import type { SmallDisk } from '../support/tmpfs.ts';
import { scene } from './fixture.ts';
import type { Scene } from './fixture.ts';

describe('a switch on a full disk', () => {
  let disk: SmallDisk;
  let here: Scene;

  beforeEach(async () => {
    disk = smallDisk('8m');
    here = await scene({ stateDir: disk.dir });
  });
  afterEach(async () => {
    disk.empty();
    await here.end();
    disk.unmount();
  });

  function go(to: string) {
    const { epoch: expectedEpoch } = here.store.current;
    return here.call('POST', '/api/mode', { body: { to, expectedEpoch, reason: '長'.repeat(500) } });
  }

  /** Switches until the disk does not take it any more, and says how often it did. */
  async function untilRefused(): Promise<{ times: number; last: Awaited<ReturnType<typeof go>> }> {
    for (let times = 0; ; times += 1) {
      disk.fill();
      const last = await go(here.store.current.mode === 'normal' ? 'emergency' : 'normal');
      if (last.status !== 200) return { times, last };
    }
  }

  it('succeeds, for there is ballast; the trail is whole, and the ballast comes back', async () => {
    for (let times = 0; hasBallast(disk.dir) && times < 20; times += 1) {
      disk.fill();
      const { status, json } = await go(here.store.current.mode === 'normal' ? 'emergency' : 'normal');
      assert.equal(status, 200, JSON.stringify(json));
    }
    assert.equal(hasBallast(disk.dir), false, 'it was needed');
    assert.deepEqual(verifyAudit(disk.dir).findings, []);
    disk.empty();
    keepBallast(disk.dir);
    assert.equal(hasBallast(disk.dir), true);
  });

  it('fails cleanly once the ballast is gone, and the gateway goes on', async () => {
    rmSync(join(disk.dir, 'ballast'));
    const { last } = await untilRefused();
    assert.equal(last.status, 503);
    assert.equal(last.json['code'], 'SWITCH_FAILED');
    assert.match(String(last.json['detail']), /ディスクの空き容量/);
    const { epoch } = here.store.current;
    assert.equal(here.store.history(1)[0]?.epoch, epoch);
    assert.equal((await here.call('GET', '/api/mode')).status, 200);
    disk.empty();
    assert.equal((await go(here.store.current.mode === 'normal' ? 'emergency' : 'normal')).status, 200);
    assert.deepEqual(verifyAudit(disk.dir).findings, []);
    assert.equal(verifyAudit(disk.dir).owed, 0);
  });
});

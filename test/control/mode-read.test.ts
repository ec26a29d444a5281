import assert from 'node:assert/strict';
import { removeFolders } from '../state/folder.ts';
import { scene, TOKENS } from './fixture.ts';
import type { Scene, Setting } from './fixture.ts';

describe('the mode to come, and the modes that were', () => {
  let here: Scene;

  async function set(setting: Setting = {}): Promise<void> {
    here = await scene(setting);
  }
  afterEach(async () => {
    await here.end();
    removeFolders();
  });

  function go(body: object) {
    return here.call('POST', '/api/mode', { body: { reason: '回線障害', ...body } });
  }

  describe('GET /api/mode/preflight', () => {
    it('tells what each check finds, and changes nothing', async () => {
      await set();
      const { status, json } = await here.call('GET', '/api/mode/preflight?to=emergency&target=local');
      assert.equal(status, 200);
      assert.equal(json['allowed'], true);
      assert.deepEqual(json['next'], { mode: 'emergency', target: 'localEmergency' });
      const checks = json['checks'] as { name: string; state: string }[];
      assert.deepEqual(
        checks.map(({ name, state }) => `${name} ${state}`),
        ['dwell ok', 'wrote ok', 'target-configured ok'],
      );
      assert.equal(here.store.current.epoch, 1);
    });

    it('tells what blocks', async () => {
      await set();
      await go({ to: 'emergency', expectedEpoch: 1 });
      here.store.markWrote('cloudEmergency');
      const { json } = await here.call('GET', '/api/mode/preflight?to=normal', { token: TOKENS.read });
      assert.equal(json['allowed'], false);
      assert.match(JSON.stringify(json), /クラウド応急措置環境に登録された診療データ/);
      assert.equal((await go({ to: 'normal', expectedEpoch: 2 })).status, 412);
      assert.equal((await go({ to: 'normal', expectedEpoch: 2, override: ['wrote'] })).status, 200);
    });

    it('of what the table forbids is 422, of nonsense 400', async () => {
      await set();
      assert.equal((await here.call('GET', '/api/mode/preflight?to=recovery')).status, 422);
      for (const query of ['', '?to=panic', '?to=emergency&to=normal', '?to=emergency&epoch=1', '?to=normal&target=']) {
        assert.equal((await here.call('GET', `/api/mode/preflight${query}`)).status, 400, query);
      }
    });
  });

  describe('GET /api/mode/history', () => {
    it('is newest first and can be cut', async () => {
      await set();
      await go({ to: 'emergency', expectedEpoch: 1 });
      const whole = await here.call('GET', '/api/mode/history');
      assert.deepEqual(whole.json['history'], here.store.history());
      const cut = await here.call('GET', '/api/mode/history?limit=1');
      assert.deepEqual(cut.json['history'], here.store.history(1));
    });

    it('takes no limit that is none', async () => {
      await set();
      for (const limit of ['0', '-1', '1001', 'all', '1.5', '']) {
        const { status, json } = await here.call('GET', `/api/mode/history?limit=${limit}`);
        assert.equal(status, 400, limit);
        assert.match(String(json['detailEn']), /^limit: expected a number from 1 to 1000/);
      }
    });
  });
});

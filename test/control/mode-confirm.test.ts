import assert from 'node:assert/strict';
import { removeFolders } from '../state/folder.ts';
import { scene } from './fixture.ts';
import type { Scene, Setting } from './fixture.ts';

describe('confirming the mode over HTTP', () => {
  let here: Scene;

  async function set(setting: Setting = {}): Promise<void> {
    here = await scene(setting);
  }
  afterEach(async () => {
    await here.end();
    removeFolders();
  });

  function confirm(body: object) {
    return here.call('POST', '/api/mode/confirm', { body: { expectedEpoch: 1, reason: '開院', ...body } });
  }

  describe('POST /api/mode/confirm', () => {
    it('lets writes flow, in the mode that the state says', async () => {
      await set({ initial: null });
      const { status, json } = await confirm({});
      assert.equal(status, 200);
      assert.deepEqual(json['state'], here.store.current);
      assert.equal(here.store.current.epoch, 2);
      assert.equal(here.store.awaitsConfirmation, null);
    });

    it('takes another mode and target, for the state may be wrong', async () => {
      await set({ initial: null });
      assert.equal((await confirm({ mode: 'recovery', target: 'local' })).status, 200);
      assert.equal(here.store.current.mode, 'recovery');
      assert.equal(here.store.current.target, 'localEmergency');
    });

    it('where nothing awaits it is 422', async () => {
      await set();
      const { status, json } = await confirm({});
      assert.equal(status, 422);
      assert.equal(json['rule'], 'nothing-awaits');
    });

    it('on an old epoch is 409, of nonsense 400', async () => {
      await set({ initial: null });
      assert.equal((await confirm({ expectedEpoch: 7 })).status, 409);
      assert.equal((await confirm({ to: 'normal' })).status, 400);
    });

    it('does not slip past work that was not copied back', async () => {
      await set({ initial: 'emergency' });
      here.store.markWrote('cloudEmergency');
      here.store.demandConfirmation('announced');
      const { status, json } = await confirm({ mode: 'normal' });
      assert.equal(status, 412);
      assert.match(JSON.stringify(json['blocked']), /"name":"wrote"/);
      assert.equal((await confirm({ mode: 'normal', override: ['wrote'] })).status, 200);
      assert.deepEqual(here.store.current.wrote, []);
    });

    it('of an environment that is not configured is 412', async () => {
      await set({ initial: null, configured: ['operational', 'cloudEmergency'] });
      assert.equal((await confirm({ mode: 'emergency', target: 'local' })).status, 412);
    });
  });
});

import assert from 'node:assert/strict';
import { isFollowed } from '../../control/automatic.ts';
import type { Proposal } from '../../gateway/status.ts';
import { eventually } from '../state/eventually.ts';
import { removeFolders } from '../state/folder.ts';
import { scene, type Scene } from './fixture.ts';

const PROPOSAL: Proposal = {
  to: 'emergency',
  target: 'localEmergency',
  why: 'unreachable',
  cause: 'connect',
  since: '2026-11-22T00:00:00.000Z',
  ja: '運用環境に接続できません。',
  en: 'The operational environment cannot be reached.',
};
const SWITCHING = { holdMs: 10_000, drainMs: 3000, settleMs: 4000, dwellMs: 0, conversationsMs: 0 };

describe('an automatic switch', () => {
  let here: Scene;
  afterEach(async () => {
    await here.end();
    removeFolders();
  });

  async function fails(automatic: boolean, initial: 'normal' | 'emergency' = 'normal'): Promise<void> {
    here = await scene({ initial, switchOptions: { ...SWITCHING, automatic } });
    here.gateway.proposal = PROPOSAL;
    here.gateway.change('operational', { health: 'down', cause: 'connect' });
  }

  it('follows the proposal, with its reason, where the config allows it', async () => {
    await fails(true);
    await eventually(() => assert.equal(here.store.current.mode, 'emergency'));
    const { target, by, reason } = here.store.current;
    assert.deepEqual([target, by], ['localEmergency', 'switch.automatic']);
    assert.match(reason, /運用環境に接続できません/);
  });

  it('is off unless the config says so', async () => {
    await fails(false);
    await here.call('GET', '/api/mode');
    assert.equal(here.store.current.epoch, 1);
  });

  it('never moves a clinic that is in emergency', async () => {
    await fails(true, 'emergency');
    await here.call('GET', '/api/mode');
    assert.equal(here.store.current.epoch, 1);
  });

  it('does not follow what somebody else announces, nor a way back', async () => {
    await fails(false);
    assert.equal(isFollowed({ ...PROPOSAL, why: 'announced' }, { mode: 'normal' }), false);
    assert.equal(isFollowed({ ...PROPOSAL, to: 'normal' }, { mode: 'normal' }), false);
    assert.equal(isFollowed(null, { mode: 'normal' }), false);
  });
});

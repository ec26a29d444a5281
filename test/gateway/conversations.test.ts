import assert from 'node:assert/strict';
import { fence } from '../../gateway/fence.ts';
import { pins } from '../../gateway/pins.ts';
import { switching } from '../../gateway/switching.ts';
import { tunnels } from '../../gateway/tunnels.ts';

const NORMAL = { mode: 'normal', target: 'cloudEmergency' } as const;

describe('the conversations before a planned switch', () => {
  function clinic(isAnswering: () => boolean) {
    const barrier = fence();
    const pinned = pins();
    const parts = {
      fence: barrier,
      upstreams: new Map(),
      tunnels: tunnels(),
      pins: pinned,
      prepare: async () => undefined,
    };
    return { barrier, pinned, switch: switching({ recovery: 'emergency', ...parts, isAnswering }) };
  }

  it('are waited for, and none begins meanwhile', async () => {
    const { barrier, pinned, switch: switched } = clinic(() => true);
    pinned.began('uid-1', 'emr', 'operational');
    const waited = switched.conversationsEnd(NORMAL, 10_000);
    assert.equal(barrier.isClosedToConversations, true);
    assert.equal(barrier.isClosed, false);
    pinned.ended('uid-1');
    await waited;
    assert.equal(barrier.isClosedToConversations, false);
  });

  it('are waited for no longer than the config says', async () => {
    const { pinned, switch: switched } = clinic(() => true);
    pinned.began('uid-1', 'emr', 'operational');
    await switched.conversationsEnd(NORMAL, 60);
    assert.equal(pinned.conversations().length, 1);
  });

  it('are not waited for at an environment that does not answer: that is an outage', async () => {
    const { pinned, switch: switched } = clinic(() => false);
    pinned.began('uid-1', 'emr', 'operational');
    await switched.conversationsEnd(NORMAL, 60_000);
  });

  it('at another environment hold nothing up', async () => {
    const { pinned, switch: switched } = clinic(() => true);
    pinned.began('uid-1', 'emr', 'localEmergency');
    await switched.conversationsEnd(NORMAL, 60_000);
  });
});

import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { createModeMetrics } from '../../mode/metrics.ts';
import { ModeStore } from '../../mode/store.ts';
import { openState } from '../../state/open.ts';
import { folder, removeFolders } from '../state/folder.ts';

describe('the figures of the mode', () => {
  afterEach(removeFolders);

  it('follow every change', async () => {
    const state = openState(folder());
    const store = new ModeStore(state, { initial: null, target: 'cloudEmergency' });
    const registry = new Registry();
    const stop = createModeMetrics(registry).follow(store);
    const lines = async () => (await registry.metrics()).split('\n').filter((line) => /^[a-z]/.test(line));
    assert.deepEqual(await lines(), [
      'hybrid_gateway_mode{mode="normal"} 1',
      'hybrid_gateway_mode{mode="emergency"} 0',
      'hybrid_gateway_mode{mode="recovery"} 0',
      'hybrid_gateway_epoch 1',
      'hybrid_gateway_target{environment="cloudEmergency"} 1',
      'hybrid_gateway_target{environment="localEmergency"} 0',
      'hybrid_gateway_awaits_confirmation 1',
    ]);
    store.commit({ expectedEpoch: 1, mode: 'emergency', target: 'localEmergency', by: 'a', reason: 'b' });
    assert.deepEqual(await lines(), [
      'hybrid_gateway_mode{mode="normal"} 0',
      'hybrid_gateway_mode{mode="emergency"} 1',
      'hybrid_gateway_mode{mode="recovery"} 0',
      'hybrid_gateway_epoch 2',
      'hybrid_gateway_target{environment="cloudEmergency"} 0',
      'hybrid_gateway_target{environment="localEmergency"} 1',
      'hybrid_gateway_awaits_confirmation 0',
    ]);
    stop();
    state.close();
  });
});

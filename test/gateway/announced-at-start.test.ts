import assert from 'node:assert/strict';
import { startSimulator } from '../../simulator/server.ts';
import { eventually } from '../state/eventually.ts';
import { startTestGateway } from '../support/gateway.ts';

describe('a start that meets an environment in another mode', () => {
  for (const [announced, awaits] of [
    ['emergency', 'announced'],
    ['normal', null],
  ] as const) {
    it(`${awaits === null ? 'goes on' : 'waits for a person'} where it announces ${announced}`, async () => {
      const simulator = await startSimulator({ hybridmode: announced });
      const url = new URL(simulator.url);
      const gateway = await startTestGateway({
        environments: { operational: { url, user: 'ormaster', password: 'ormaster', announces: true } },
        health: { everyMs: 20 },
      });
      await eventually(() => assert.equal(gateway.gateway.environments()[0]?.announced, announced));
      assert.equal(gateway.store.awaitsConfirmation, awaits);
      await gateway.close();
      await simulator.close();
    });
  }
});

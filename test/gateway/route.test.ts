import assert from 'node:assert/strict';
import { readEnvironment, route, type RecoveryPolicy, type Route } from '../../gateway/route.ts';
import { EMERGENCY_ENVIRONMENTS, MODES } from '../../mode/mode.ts';
import type { Effect } from '../../orca/effect.ts';

const EFFECTS: readonly Effect[] = ['read', 'write', 'print', 'session'];
const POLICIES: readonly RecoveryPolicy[] = ['emergency', 'refuse-writes', 'operational'];

const to = (name: 'operational' | 'target'): 'operational' | 'target' | 'refused' => name;

// mode → policy → effect is a read or not → where it goes.
const TABLE = {
  normal: {
    emergency: [to('operational'), to('operational')],
    'refuse-writes': [to('operational'), to('operational')],
    operational: [to('operational'), to('operational')],
  },
  emergency: {
    emergency: [to('target'), to('target')],
    'refuse-writes': [to('target'), to('target')],
    operational: [to('target'), to('target')],
  },
  recovery: {
    emergency: [to('target'), to('target')],
    'refuse-writes': [to('target'), 'refused'],
    operational: [to('operational'), to('operational')],
  },
} as const;

describe('route', () => {
  for (const mode of MODES) {
    for (const target of EMERGENCY_ENVIRONMENTS) {
      for (const policy of POLICIES) {
        for (const effect of EFFECTS) {
          const expected = TABLE[mode][policy][effect === 'read' ? 0 : 1];
          it(`a ${effect} in ${mode} (${target}, recovery.partners ${policy}): ${expected}`, () => {
            const decided: Route =
              expected === 'refused'
                ? { kind: 'refuse', code: 'recovery-refuses-writes' }
                : { kind: 'forward', to: expected === 'target' ? target : 'operational' };
            assert.deepEqual(route({ mode, target }, effect, policy), decided);
          });
        }
        it(`replies speak of where reads go in ${mode} (${target}, ${policy})`, () => {
          const expected = TABLE[mode][policy][0];
          assert.equal(readEnvironment({ mode, target }, policy), expected === 'target' ? target : 'operational');
        });
      }
    }
  }
});

import assert from 'node:assert/strict';
import { ENVIRONMENTS, hybridMode, isEmergencyName, isMode, MODES, routedEnvironment } from '../../mode/mode.ts';

// The whole table, by hand: operational, cloud, local.
const HEADER = {
  normal: ['normal', 'normal-fa', 'normal-fa'],
  emergency: ['emergency', 'emergency-fa', 'emergency-fa'],
  recovery: ['recovery', 'recovery-fa', 'recovery-fa'],
};

describe('X-Hybridmode', () => {
  it('is the value of the table for every mode and environment', () => {
    for (const mode of MODES) {
      assert.deepEqual(
        ENVIRONMENTS.map((environment) => hybridMode(mode, environment)),
        HEADER[mode],
      );
    }
  });
});

describe('the environment that partners belong to', () => {
  it('is the operational one in normal mode only', () => {
    for (const target of ['cloudEmergency', 'localEmergency'] as const) {
      assert.equal(routedEnvironment({ mode: 'normal', target }), 'operational');
      assert.equal(routedEnvironment({ mode: 'emergency', target }), target);
      assert.equal(routedEnvironment({ mode: 'recovery', target }), target);
    }
  });
});

describe('names', () => {
  it('are told from other words', () => {
    assert.ok(MODES.every(isMode));
    assert.ok(!isMode('Normal') && !isMode('normal-fa') && !isMode(''));
    assert.ok(isEmergencyName('cloudEmergency') && isEmergencyName('localEmergency'));
    assert.ok(!isEmergencyName('operational') && !isEmergencyName('cloud'));
  });
});

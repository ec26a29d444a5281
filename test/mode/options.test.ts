import { deepEqual, equal } from 'node:assert/strict';
import { emergencyOption, stateOptions } from '../../mode/options.ts';
import { reading, world } from '../support/options.ts';

describe('the options of the mode', () => {
  it('the state lies beside the configuration, and an empty one waits to be confirmed', () => {
    deepEqual(reading(stateOptions(world()), {}), { dir: '/clinic/data', initial: null });
  });

  it('initial is a mode', () => {
    deepEqual(reading(stateOptions(world()), { dir: '/var/lib/x', initial: 'recovery' }), {
      dir: '/var/lib/x',
      initial: 'recovery',
    });
    deepEqual(reading(stateOptions(world()), { initial: 'nromal' }), [
      'initial: expected normal, emergency or recovery, got "nromal"',
    ]);
  });

  it('emergency names the environment by its place', () => {
    equal(reading(emergencyOption(), 'cloud'), 'cloudEmergency');
    equal(reading(emergencyOption(), 'local'), 'localEmergency');
    deepEqual(reading(emergencyOption(), 'cloudEmergency'), [': expected cloud or local, got "cloudEmergency"']);
  });
});

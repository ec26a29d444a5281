import { Audit } from '../../../control/switch/audit.ts';
import { createSwitch } from '../../../control/switch/deps.ts';
import { switchMode } from '../../../control/switch/switch.ts';
import { ENVIRONMENTS } from '../../../mode/mode.ts';
import { ModeStore } from '../../../mode/store.ts';
import { keepBallast } from '../../../state/ballast.ts';
import { openState } from '../../../state/open.ts';

// Switches back and forth as fast as the disk allows, and says each epoch once its switch is answered.
const state = openState(process.argv[2]!);
const store = new ModeStore(state, { initial: 'normal', target: 'cloudEmergency' });
const ballast = keepBallast(state.dir, 4096);
const audit = new Audit({ dir: state.dir, ballast, history: () => store.history(1_000_000) });
const deps = createSwitch({ store, audit, ballast, options: { dwellMs: 0 }, configured: ENVIRONMENTS });
for (;;) {
  const { epoch, mode } = store.current;
  const to = mode === 'normal' ? 'emergency' : 'normal';
  await switchMode({ to, expectedEpoch: epoch, reason: `after ${epoch}`, by: 'switcher' }, deps);
  process.stdout.write(`${store.current.epoch}\n`);
}

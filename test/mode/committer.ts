import { ModeStore } from '../../mode/store.ts';
import { openState } from '../../state/open.ts';

// Switches back and forth as fast as the disk allows, and says each epoch once it is committed.
const store = new ModeStore(openState(process.argv[2]!), { initial: 'normal', target: 'cloudEmergency' });
for (;;) {
  const { epoch, mode } = store.current;
  store.commit({
    expectedEpoch: epoch,
    mode: mode === 'normal' ? 'emergency' : 'normal',
    target: epoch % 3 === 0 ? 'cloudEmergency' : 'localEmergency',
    by: 'committer',
    reason: `after ${epoch}`,
  });
  if (store.current.mode === 'emergency') store.markWrote(store.current.target);
  process.stdout.write(`${store.current.epoch}\n`);
}

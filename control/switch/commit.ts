import type { ModeState } from '../../mode/mode.ts';
import { EpochConflict } from '../../mode/store.ts';
import type { Commit } from '../../mode/store.ts';
import { withRoom } from '../../state/ballast.ts';
import type { SwitchDeps } from './deps.ts';

/**
 * Commits the mode; on a full disk the ballast goes, and it is tried once more. A listener that throws after the disk has taken it is complained of, not taken for a failure.
 * @throws EpochConflict; whatever the disk said (then nothing has changed)
 */
export function commitMode(wish: Commit, deps: Pick<SwitchDeps, 'store' | 'ballast' | 'complain'>): ModeState {
  try {
    return withRoom(() => deps.store.commit(wish), deps.ballast);
  } catch (error) {
    if (error instanceof EpochConflict || deps.store.current.epoch === wish.expectedEpoch) throw error;
    deps.complain('commit', error);
    return deps.store.current;
  }
}

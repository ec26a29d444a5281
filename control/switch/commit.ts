import type { ModeState } from '../../mode/mode.ts';
import type { Commit } from '../../mode/store.ts';
import { withRoom } from '../../state/ballast.ts';
import type { SwitchDeps } from './deps.ts';

/**
 * Commits the mode; on a full disk the ballast goes, and it is tried once more.
 * @throws EpochConflict; whatever the disk said (then nothing has changed)
 */
export function commitMode(wish: Commit, { store, ballast }: Pick<SwitchDeps, 'store' | 'ballast'>): ModeState {
  return withRoom(() => store.commit(wish), ballast);
}

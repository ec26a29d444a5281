import type { EnvironmentName, ModeState } from '../mode/mode.ts';
import { hybridMode } from '../mode/mode.ts';

/** What an environment says of itself, held against what it should be: nothing, its phase, or its role is off. */
export type Announcement = 'absent' | 'as-expected' | 'wrong-phase' | 'wrong-role';

/**
 * Compares the environment's own `X-Hybridmode` in two facets. The role (`-fa` or not) says which environment it is;
 * the phase (normal, emergency, recovery) says what it believes the clinic's mode to be.
 */
export function compareAnnouncement(
  announced: string | undefined,
  state: Pick<ModeState, 'mode'>,
  environment: EnvironmentName,
): Announcement {
  if (announced === undefined) return 'absent';
  const expected = hybridMode(state.mode, environment);
  if (announced === expected) return 'as-expected';
  return announced.endsWith('-fa') === expected.endsWith('-fa') ? 'wrong-phase' : 'wrong-role';
}

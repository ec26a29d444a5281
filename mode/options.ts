import type { z } from 'zod';
import { oneOf, orNull, path, section } from '../units.ts';
import type { Surroundings } from '../units.ts';
import { MODES } from './mode.ts';
import type { EmergencyName, Mode } from './mode.ts';

/** `state`: where the state is kept, and what an empty one begins in. */
export interface StateOptions {
  /** Absolute. */
  readonly dir: string;
  /** null: an empty state starts with writes fenced until an operator confirms the mode. */
  readonly initial: Mode | null;
}

export function stateOptions(around: Surroundings): z.ZodType<StateOptions> {
  return section({
    dir: path(around, 'the state folder').default(around.absolute('./data')),
    initial: orNull(oneOf(MODES)),
  }).transform(({ dir, initial }) => ({ dir, initial }));
}

/** `emergency` (使用する応急措置環境): the environment that a new state is aimed at. */
export function emergencyOption(): z.ZodType<EmergencyName> {
  return oneOf(['cloud', 'local']).transform((word) => (word === 'cloud' ? 'cloudEmergency' : 'localEmergency'));
}

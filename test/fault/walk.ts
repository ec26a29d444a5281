import { Random } from '../wire/fuzz/random.ts';
import type { Place } from './operator.ts';
import { NORMAL } from './places.ts';

/** Where a switch may lead from here. */
export function nextPlaces({ mode, target }: Place): Place[] {
  const other = target === 'cloudEmergency' ? 'localEmergency' : 'cloudEmergency';
  switch (mode) {
    case 'normal':
      return [
        { mode: 'emergency', target },
        { mode: 'emergency', target: other },
      ];
    case 'emergency':
      return [
        { mode: 'normal', target },
        { mode: 'recovery', target },
        { mode: 'emergency', target: other },
      ];
    case 'recovery':
      return [
        { mode: 'normal', target },
        { mode: 'emergency', target },
      ];
  }
}

/** A way through the modes that comes again with the same seed. */
export function* walk(start: Place, seed: number): Generator<Place, never> {
  const random = new Random(seed);
  for (let place = start; ;) {
    place = random.pick(nextPlaces(place));
    yield place;
  }
}

export const START: Place = NORMAL;

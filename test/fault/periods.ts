import { routed, type Place, type Switching } from './operator.ts';
import type { Answer } from './partner.ts';

/** A mode that the clinic may have been in from `since` to `until`: wider than it was, by what is not seen from outside. */
interface Period {
  readonly place: Place;
  readonly since: number;
  readonly until: number;
}

/** The modes that the clinic was in, as seen by those who switched it. */
export function periods(start: Place, switchings: readonly Switching[]): Period[] {
  const done = switchings.filter(({ status }) => status === 200);
  return [{ to: start, askedAt: Number.NEGATIVE_INFINITY }, ...done].map(({ to, askedAt }, i) => ({
    place: to,
    since: askedAt,
    until: done[i]?.answeredAt ?? Number.POSITIVE_INFINITY,
  }));
}

/** Whether it can have come from where it says: from the environment of a mode that held while it was asked. */
export function isOfItsTime(answer: Answer, all: readonly Period[]): boolean {
  return all.some(
    ({ place, since, until }) =>
      answer.answeredAt >= since &&
      answer.askedAt <= until &&
      answer.environment === routed(place) &&
      answer.hybridmode === (place.mode === 'normal' ? 'normal' : `${place.mode}-fa`),
  );
}

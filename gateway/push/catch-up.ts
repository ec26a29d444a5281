import type { EnvironmentName } from '../../mode/mode.ts';
import type { EventJournal, Flip, Place } from './events.ts';
import type { Gap } from './feed.ts';
import { eventTail, noticeText } from './protocol.ts';
import type { Subscription } from './subscription.ts';

// place of `after` ──▶ notice? ──▶ pages of the journal ──▶ what came meanwhile ──▶ live

/** How a resume begins. */
export type Resume =
  | { readonly kind: 'behind'; readonly afterSeq: number; readonly since: number }
  /** The clinic has switched: what the old environment still had is of no use, the new one's events since then are. */
  | { readonly kind: 'switched'; readonly afterSeq: number; readonly since: number }
  | { readonly kind: 'unknown' };

export function decideResume(place: Place | null, routed: EnvironmentName, flip: Flip): Resume {
  if (place === null) return { kind: 'unknown' };
  if (place.environment === routed && place.seq > flip.seq)
    return { kind: 'behind', afterSeq: place.seq, since: place.receivedMs };
  return { kind: 'switched', afterSeq: flip.seq, since: flip.atMs };
}

export interface CatchUpDeps {
  readonly journal: Pick<EventJournal, 'find' | 'page' | 'lastSeq'>;
  readonly routed: () => EnvironmentName;
  readonly flip: () => Flip;
  readonly gaps: () => readonly Gap[];
  /** For an `after` that is not known yet: it may be among what is just being filled in. */
  readonly untilSettled: () => Promise<void>;
  /** Sends what waits for its turn: what was held is then all that there is. */
  readonly drain: () => void;
}

const PAGE = 200;

/** Sends what the subscription missed since `after`, then lets it go on. It must be holding its events already. */
export async function catchUp(
  subscription: Subscription,
  after: string,
  audiences: readonly string[],
  deps: CatchUpDeps,
): Promise<void> {
  const { journal } = deps;
  const flip = deps.flip();
  let upTo = journal.lastSeq;
  const isStale = (): boolean => deps.flip().seq !== flip.seq || subscription.isOver;
  try {
    let place = await journal.find(after, audiences);
    if (place === null && !isStale()) {
      await deps.untilSettled();
      place = await journal.find(after, audiences);
      // What was held until now is in the journal, too: one of the two is enough.
      if (place !== null) {
        deps.drain();
        subscription.held?.splice(0);
        upTo = journal.lastSeq;
      }
    }
    const resume = isStale() ? null : decideResume(place, deps.routed(), flip);
    if (resume !== null) {
      await notify(subscription, resume, deps);
      if (resume.kind !== 'unknown') await replay(subscription, audiences, resume.afterSeq, upTo, isStale, deps);
    }
    if (deps.flip().seq !== flip.seq && !subscription.isOver) {
      await notify(subscription, { kind: 'switched', afterSeq: 0, since: deps.flip().atMs }, deps);
    }
  } finally {
    release(subscription);
  }
}

async function replay(
  subscription: Subscription,
  audiences: readonly string[],
  from: number,
  upTo: number,
  isStale: () => boolean,
  { journal, routed }: CatchUpDeps,
): Promise<void> {
  const environment = routed();
  let after = from;
  for (;;) {
    const page = await journal.page({ environment, audiences, after, upTo, limit: PAGE });
    if (isStale()) return;
    for (const { event, data, seq } of page) {
      after = seq;
      if (subscription.event === '*' || subscription.event === event)
        subscription.subscriber.sendEvent(subscription.head + eventTail(data));
    }
    if (page.length < PAGE) return;
    // The next page when this one has left: a slow reader is not a reason to hold a day's events in memory.
    await subscription.subscriber.flushed();
    if (isStale()) return;
  }
}

async function notify({ subscriber, subId }: Subscription, resume: Resume, deps: CatchUpDeps): Promise<void> {
  switch (resume.kind) {
    case 'unknown':
      return subscriber.send(noticeText(subId, 'UNKNOWN_EVENT', { reason: 'read your lists anew' }));
    case 'switched':
      return subscriber.send(
        noticeText(subId, 'ENVIRONMENT_CHANGED', {
          environment: deps.routed(),
          since: new Date(resume.since).toISOString(),
          reason: 'read your lists anew; events since the switch follow',
        }),
      );
    case 'behind': {
      const lost = deps
        .gaps()
        .find(
          ({ found, to, environment }) =>
            found === null && environment === deps.routed() && Date.parse(to) > resume.since,
        );
      if (lost === undefined) return;
      return subscriber.send(
        noticeText(subId, 'EVENTS_MISSING', { from: lost.from, to: lost.to, reason: 'read your lists anew' }),
      );
    }
  }
}

function release(subscription: Subscription): void {
  const held = subscription.held ?? [];
  subscription.held = null;
  if (subscription.isOver) return;
  for (const tail of held) subscription.subscriber.sendEvent(subscription.head + tail);
}

import pRetry from 'p-retry';
import type { LRUCache } from 'lru-cache';
import type { EnvironmentName } from '../../mode/mode.ts';
import { isDone } from '../../orca/client/outcome.ts';
import type { PushEventCalls } from '../../orca/client/push-events.ts';
import { clinicTime } from './clock.ts';
import type { EventJournal } from './events.ts';
import { pushEvent, type PushEvent } from './protocol.ts';

export type Filling =
  | {
      readonly kind: 'found';
      readonly events: readonly PushEvent[];
      /** How far the environment's clock is before ours. */
      readonly skewMs: number;
      /** How far before the gap an event may have happened and still belong to it: clocks tell seconds only. */
      readonly marginMs: number;
    }
  | { readonly kind: 'lost'; readonly because: string };

/** Asks the environment what happened since; what is known already is not among it. Never rejects. */
export type Fill = (sinceMs: number) => Promise<Filling>;

export interface FillDeps {
  readonly environment: EnvironmentName;
  readonly audience: string;
  readonly calls: Pick<PushEventCalls, 'list'>;
  readonly journal: EventJournal;
  readonly known: LRUCache<string, true>;
  readonly withinMs: number;
}

// Asked for by the minute, against a clock that may be a little off.
const MARGIN_MS = 2 * 60 * 1000;
const SECONDS_ONLY_MS = 2000;

// The list does not say whom an event was addressed to. These are for one monsiaj session, and nobody else's business.
const ADDRESSED = new Set(['client_data_ready']);

export function fillFrom(deps: FillDeps): Fill {
  const { environment, audience, calls, journal, known, withinMs } = deps;
  return async (sinceMs) => {
    const signal = AbortSignal.timeout(withinMs);
    const from = clinicTime(sinceMs - MARGIN_MS).slice(0, 16);
    try {
      const answered = await pRetry(
        async () => {
          const outcome = await calls.list({ from }, { signal, isUrgent: true });
          if (!isDone(outcome)) throw new NotTold(`pusheventgetv2: ${outcome.code}`);
          return outcome;
        },
        { retries: 3, minTimeout: 200, randomize: true, signal, shouldRetry: ({ error }) => error instanceof NotTold },
      );
      const clockMs = answered.reply.clock?.getTime();
      const skew = clockMs === undefined ? 0 : clockMs - Date.now();
      const seen = await journal.uuidsSince(environment, audience, sinceMs - MARGIN_MS - Math.abs(skew));
      // What came to somebody's session only was not sent to everybody: it is in the list all the same.
      const elsewhere = await journal.uuidsSince(environment, 'addressed', sinceMs - MARGIN_MS - Math.abs(skew));
      const events = answered.answer.flatMap(({ uuid, id, event, user, body, time }) => {
        if (known.has(uuid) || seen.has(uuid) || elsewhere.has(uuid) || ADDRESSED.has(event)) return [];
        const read = pushEvent({ uuid, id, event, user, body, time });
        return read === null ? [] : [read];
      });
      return {
        kind: 'found',
        events,
        skewMs: Math.abs(skew) > SECONDS_ONLY_MS ? skew : 0,
        marginMs: SECONDS_ONLY_MS,
      };
    } catch (error) {
      return { kind: 'lost', because: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** Of an environment that cannot tell. */
export function unfillable(because: string): Fill {
  return () => Promise.resolve({ kind: 'lost', because });
}

class NotTold extends Error {
  readonly code = 'NOT_TOLD';
}

import type { Logger } from 'pino';
import type { EnvironmentName } from '../../mode/mode.ts';
import { ANNOUNCED, isEverybody } from './audience.ts';
import type { PushClient } from './audiences.ts';
import type { EventJournal } from './events.ts';
import { announcements } from './receptions.ts';
import type { PushEvent } from './protocol.ts';
import type { Subscriber } from './subscriber.ts';
import type { Subscription } from './subscription.ts';

const WITHIN_MS = 60_000;

export interface AnnouncerDeps {
  readonly journal: Pick<EventJournal, 'add'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly clientOf: (environment: EnvironmentName) => PushClient | null;
  readonly subscribers: Iterable<Subscriber>;
  readonly pass: (event: PushEvent, to: readonly Subscription[]) => void;
}

/** After a switch: today's receptions of the new environment, for partners with `announceReceptions`. */
export interface Announcer {
  announce(environment: EnvironmentName, epoch: number): Promise<void>;
  /** What is under way is of no use any more. */
  stop(): void;
}

export function announcer({ journal, log, clientOf, subscribers, pass }: AnnouncerDeps): Announcer {
  let now = new AbortController();
  return {
    async announce(environment, epoch) {
      now = new AbortController();
      const { signal } = now;
      const client = clientOf(environment);
      if (client === null) return;
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
        const events = await announcements(environment, epoch, client.receptions, within);
        if (signal.aborted) return;
        for (const event of events) {
          journal.add(environment, ANNOUNCED, event);
          pass(event, [...subscribers].flatMap(receptionists));
        }
        log.info({ environment, epoch, receptions: events.length }, 'receptions were announced again');
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error, environment, epoch }, 'receptions could not be announced again');
      }
    },
    stop: () => now.abort(),
  };
}

function receptionists({ options, subscriptions }: Subscriber): Subscription[] {
  if (!options.partner.announceReceptions) return [];
  return [...subscriptions.values()].filter(
    ({ event, audience }) => (event === '*' || event === 'patient_accept') && isEverybody(audience.address),
  );
}

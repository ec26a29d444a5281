import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { EnvironmentName } from '../../mode/mode.ts';
import type { PartnerOptions } from '../options.ts';
import { ANNOUNCED, isEverybody } from './audience.ts';
import type { Audiences } from './audiences.ts';
import { catchUp } from './catch-up.ts';
import type { EventJournal, Flip } from './events.ts';
import type { Fanout } from './fanout.ts';
import type { Gap } from './feed.ts';
import type { PushLimits, PushTiming } from './limits.ts';
import type { PushMetrics } from './metrics.ts';
import { errorText, eventHead, subscribedText, unsubscribedText, type Command } from './protocol.ts';
import type { Subscriber } from './subscriber.ts';
import { type Audience, begin, end, type Subscription } from './subscription.ts';

// command ──▶ audience ──▶ its feed is live (a second at most) ──▶ subscribed ──▶ what was missed ──▶ live

export interface DeskDeps {
  readonly audiences: Audiences;
  readonly sends: Fanout;
  readonly journal: EventJournal;
  readonly metrics: PushMetrics;
  readonly log: Pick<Logger, 'warn'>;
  readonly timing: PushTiming;
  readonly limits: PushLimits;
  readonly routed: () => EnvironmentName;
  readonly flip: () => Flip;
  readonly gaps: () => readonly Gap[];
  readonly isHere: (subscriber: Subscriber) => boolean;
}

/** Takes the commands of partners. */
export interface Desk {
  obey(subscriber: Subscriber, command: Command): void;
  /** The clinic has switched: what was held for those who are catching up is of the old environment. */
  forget(): void;
}

/** `subscribed` waits so long for the environment: who has it misses nothing. */
const ACKNOWLEDGE_MS = 1000;

type Subscribe = Extract<Command, { kind: 'subscribe' }>;
type Unsubscribe = Extract<Command, { kind: 'unsubscribe' }>;

export function desk(deps: DeskDeps): Desk {
  const { audiences, journal, metrics, log, timing, limits, sends } = deps;
  const catchingUp = new Set<Subscription>();

  async function subscribe(subscriber: Subscriber, { reqId, event, address }: Subscribe): Promise<void> {
    const { partner, authorization, tenant, after } = subscriber.options;
    const refuse = (reason: string): void =>
      void subscriber.send(errorText('subscribe', { 'req.id': reqId }, 'INTERNAL_ERROR', reason));
    if (subscriber.subscriptions.size + subscriber.pending >= limits.subscriptions)
      return refuse('too many subscriptions');
    const asking = { partner, authorization, tenant, address };
    const first = audiences.of(asking, partner.name);
    if (first === null) return refuse('too many sessions');
    subscriber.pending += 1;
    await audiences.routed(first)?.untilDecided(ACKNOWLEDGE_MS);
    subscriber.pending -= 1;
    if (!deps.isHere(subscriber)) return;
    // While it waited, an audience that nobody was in may have been given up.
    const audience = audiences.of(asking, partner.name) ?? first;
    audiences.routed(audience)?.promise();
    const isResume = after !== null && Date.now() - subscriber.connectedMs < timing.resumeWithinMs;
    const subId = randomUUID();
    const subscription: Subscription = {
      subId,
      event,
      audience,
      subscriber,
      head: eventHead(subId),
      sinceMs: isResume ? 0 : Math.floor(Date.now() / 1000) * 1000,
      held: isResume ? [] : null,
      isOver: false,
    };
    begin(subscription);
    void subscriber.send(subscribedText(reqId, subId));
    if (isResume) await resume(subscription, after);
  }

  async function resume(subscription: Subscription, after: string): Promise<void> {
    const { audience, subscriber } = subscription;
    const { partner } = subscriber.options;
    catchingUp.add(subscription);
    try {
      await catchUp(subscription, after, namesOf(audience, partner), {
        journal,
        routed: deps.routed,
        flip: deps.flip,
        gaps: deps.gaps,
        untilSettled: async () => audiences.routed(audience)?.untilSettled(timing.fillWithinMs),
        drain: () => sends.drain(),
      });
      metrics.resumed('resumed');
    } catch (error) {
      metrics.resumed('failed');
      log.warn({ err: error, partner: partner.name }, 'a push subscriber could not catch up');
    } finally {
      catchingUp.delete(subscription);
    }
  }

  function namesOf({ identities, address }: Audience, { announceReceptions }: PartnerOptions): string[] {
    const name = identities.get(deps.routed())?.name ?? '';
    return announceReceptions && isEverybody(address) ? [name, ANNOUNCED] : [name];
  }

  return {
    obey(subscriber, command) {
      switch (command.kind) {
        case 'refused':
          return void subscriber.send(command.answer);
        case 'subscribe':
          return void subscribe(subscriber, command);
        case 'unsubscribe':
          return unsubscribe(subscriber, command);
      }
    },
    forget() {
      for (const { held } of catchingUp) held?.splice(0);
    },
  };
}

function unsubscribe(subscriber: Subscriber, { reqId, subId }: Unsubscribe): void {
  const subscription = subscriber.subscriptions.get(subId);
  if (subscription === undefined) {
    const ids = { 'req.id': reqId, 'sub.id': subId };
    return void subscriber.send(errorText('unsubscribe', ids, 'NO_SUCH_SUBSCRIPTION', 'unknown sub.id'));
  }
  end(subscription);
  void subscriber.send(unsubscribedText(reqId, subId));
}

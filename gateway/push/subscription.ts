import type { LRUCache } from 'lru-cache';
import type { EnvironmentName } from '../../mode/mode.ts';
import type { PartnerOptions } from '../options.ts';
import type { Feed } from './feed.ts';
import type { Address } from './protocol.ts';

/** With what an audience subscribes at each environment, and what tells it from others there. */
export interface Identity {
  readonly authorization: string | null;
  /** In the journal, which outlives this process; no secret is in it. */
  readonly name: string;
}

/** Subscribers that share connections: the same credentials everywhere, the same tenant, session and group. */
export interface Audience {
  readonly key: string;
  /** The partner that came first; it is the one whose sessions are counted. */
  readonly owner: string;
  readonly address: Address;
  readonly tenant: string;
  readonly identities: ReadonlyMap<EnvironmentName, Identity>;
  readonly feeds: Map<EnvironmentName, Feed>;
  /** By event name, `*` for all. */
  readonly subscriptions: Map<string, Set<Subscription>>;
  readonly known: (name: EnvironmentName) => LRUCache<string, true>;
  count: number;
  /** Since when nobody subscribes; null while somebody does. */
  idleSinceMs: number | null;
}

/** One event on its way; `left` counts those who have not got it. */
export interface Passage {
  readonly onDone: () => void;
  left: number;
}

/** What waits for one socket. */
export interface Waiting {
  readonly subscription: Subscription;
  readonly tail: string;
  readonly passage: Passage;
}

/** What a subscription needs of its partner's socket. */
export interface Receiver {
  readonly options: { readonly partner: PartnerOptions };
  readonly subscriptions: Map<string, Subscription>;
  /** Events that wait for their turn, in their order. */
  readonly waiting: Waiting[];
  /** What is sent meanwhile leaves in one write. */
  together(work: () => void): void;
  send(text: string): Promise<void>;
  sendEvent(text: string): void;
  flushed(): Promise<void>;
  close(cause: 'slow'): void;
}

/** One `subscribe` of a partner; its `sub.id` holds for as long as the partner's socket is open. */
export interface Subscription {
  readonly subId: string;
  readonly event: string;
  readonly audience: Audience;
  readonly subscriber: Receiver;
  /** The part of its messages that is its own. */
  readonly head: string;
  /** What happened before is not for it. */
  readonly sinceMs: number;
  /** What waits while it catches up: tails of messages; null where it is up to date. */
  held: string[] | null;
  isOver: boolean;
}

export function begin(subscription: Subscription): void {
  const { audience, event, subscriber, subId } = subscription;
  subscriber.subscriptions.set(subId, subscription);
  const same = audience.subscriptions.get(event);
  if (same === undefined) audience.subscriptions.set(event, new Set([subscription]));
  else same.add(subscription);
  audience.count += 1;
  audience.idleSinceMs = null;
}

export function end(subscription: Subscription): void {
  if (subscription.isOver) return;
  subscription.isOver = true;
  const { audience, event, subscriber, subId } = subscription;
  subscriber.subscriptions.delete(subId);
  const same = audience.subscriptions.get(event);
  same?.delete(subscription);
  if (same?.size === 0) audience.subscriptions.delete(event);
  audience.count -= 1;
  if (audience.count === 0) audience.idleSinceMs = Date.now();
}

/** Sends an event, or puts it behind what the subscription is still catching up with. */
export function deliver(subscription: Subscription, tail: string, mostHeld: number): void {
  const { held, isOver, subscriber, head } = subscription;
  if (isOver) return;
  if (held === null) subscriber.sendEvent(head + tail);
  else if (held.length < mostHeld) held.push(tail);
  else subscriber.close('slow');
}

import type { Audience } from './audience.ts';
import type { Subscriber } from './subscriber.ts';

/** One `subscribe` of a partner; its `sub.id` holds for as long as the partner's socket is open. */
export interface Subscription {
  readonly subId: string;
  readonly event: string;
  readonly audience: Audience;
  readonly subscriber: Subscriber;
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

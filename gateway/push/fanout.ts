import { deliver, type Receiver, type Subscription } from './subscription.ts';

/** Sends each event to many subscribers: to each in the order of the events, without keeping everything else waiting. */
export interface Fanout {
  push(tail: string, to: readonly Subscription[], onDone: () => void): void;
  /** Sends all that waits, now. */
  drain(): void;
}

export function fanout(sendsPerTurn: number, mostHeld: number): Fanout {
  let ready: Receiver[] = [];
  let at = 0;
  let isScheduled = false;

  function send(most: number): void {
    for (let left = most; left > 0; at += 1) {
      const receiver = ready[at];
      if (receiver === undefined) {
        ready = [];
        at = 0;
        return;
      }
      const waiting = receiver.waiting.splice(0);
      left -= waiting.length;
      // What came together leaves together: one write for a socket, not one for each event.
      receiver.together(() => {
        for (const { subscription, tail } of waiting) deliver(subscription, tail, mostHeld);
      });
      for (const { passage } of waiting) {
        passage.left -= 1;
        if (passage.left === 0) passage.onDone();
      }
    }
    schedule();
  }
  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      send(sendsPerTurn);
    });
  }

  return {
    push(tail, to, onDone) {
      const passage = { onDone, left: to.length };
      if (to.length === 0) return onDone();
      for (const subscription of to) {
        const { subscriber } = subscription;
        if (subscriber.waiting.length === 0) ready.push(subscriber);
        subscriber.waiting.push({ subscription, tail, passage });
      }
      schedule();
    },
    drain: () => send(Number.POSITIVE_INFINITY),
  };
}

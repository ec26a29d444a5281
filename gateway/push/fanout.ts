import { deliver, type Subscription } from './subscription.ts';

interface Job {
  readonly tail: string;
  readonly to: readonly Subscription[];
  readonly onDone: () => void;
  at: number;
}

/** Sends each event to many subscribers, in the order of the events, without keeping everything else waiting. */
export interface Fanout {
  push(tail: string, to: readonly Subscription[], onDone: () => void): void;
  /** Sends all that waits, now. */
  drain(): void;
}

export function fanout(sendsPerTurn: number, mostHeld: number): Fanout {
  const jobs: Job[] = [];
  let isScheduled = false;

  function send(most: number): void {
    let left = most;
    for (let job = jobs[0]; job !== undefined; job = jobs[0]) {
      const until = Math.min(job.to.length, job.at + left);
      left -= until - job.at;
      for (; job.at < until; job.at += 1) {
        const subscription = job.to[job.at];
        if (subscription !== undefined) deliver(subscription, job.tail, mostHeld);
      }
      if (job.at < job.to.length) return schedule();
      jobs.shift();
      job.onDone();
    }
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
      jobs.push({ tail, to, onDone, at: 0 });
      if (jobs.length === 1) send(sendsPerTurn);
    },
    drain: () => send(Number.POSITIVE_INFINITY),
  };
}

import type { EnvironmentName } from '../mode/mode.ts';
import type { ForwardFault } from './fault.ts';

/** A request that was let through and is not answered yet; it counts for the drain. */
export interface InFlight {
  readonly environment: EnvironmentName;
  /** False only while no byte of it can have left: then it can be taken back and admitted anew. */
  readonly mayHaveArrived: () => boolean;
  readonly cut: (fault: ForwardFault) => void;
}

/** How a wait at the fence ended. */
export type Waited = 'lifted' | 'expired' | 'gone';

/**
 * Admission: the one synchronous step in which a write is let through. While a switch goes on nothing new is; what was
 * let through is known, so that the switch can wait for it.
 */
export interface Fence {
  readonly isClosed: boolean;
  /** No new conversation begins: the open ones are given time to end before a planned switch. */
  readonly isClosedToConversations: boolean;
  /** Waits for the fence to be lifted. `cancel` is for a partner that leaves: what it asked for is dropped. */
  wait(withinMs: number): { readonly waited: Promise<Waited>; readonly cancel: () => void };
  /** @returns takes it off the list again */
  admit(flight: InFlight): () => void;
  /** Holds new writes, and takes back those of which no byte has left. @returns lifts it */
  close(): () => void;
  /** Holds what would begin a conversation. @returns lifts it */
  closeToConversations(): () => void;
  /** Waits until nothing is in flight to `environment`; what is after `withinMs` is cut. @returns how many were cut */
  drain(environment: EnvironmentName, withinMs: number): Promise<number>;
  readonly inFlight: number;
  readonly held: number;
}

export function fence(): Fence {
  const flights = new Set<InFlight>();
  const waiting = new Set<(waited: Waited) => void>();
  const onEmpty = new Set<() => void>();
  let closings = 0;
  let conversationClosings = 0;

  const to = (environment: EnvironmentName): InFlight[] =>
    [...flights].filter((each) => each.environment === environment);

  return {
    get isClosed() {
      return closings > 0;
    },
    get isClosedToConversations() {
      return conversationClosings > 0;
    },
    wait(withinMs) {
      const { promise, resolve } = Promise.withResolvers<Waited>();
      const settle = (waited: Waited): void => {
        clearTimeout(timer);
        waiting.delete(settle);
        resolve(waited);
      };
      const timer = setTimeout(() => settle('expired'), withinMs);
      waiting.add(settle);
      return { waited: promise, cancel: () => settle('gone') };
    },
    admit(flight) {
      flights.add(flight);
      return () => {
        flights.delete(flight);
        for (const check of onEmpty) check();
      };
    },
    close() {
      closings += 1;
      for (const flight of flights) if (!flight.mayHaveArrived()) flight.cut('taken-back');
      let isLifted = false;
      return () => {
        if (isLifted) return;
        isLifted = true;
        closings -= 1;
        if (closings === 0) for (const settle of waiting) settle('lifted');
      };
    },
    closeToConversations() {
      conversationClosings += 1;
      let isLifted = false;
      return () => {
        if (isLifted) return;
        isLifted = true;
        conversationClosings -= 1;
        // Who waits looks again at what holds it.
        for (const settle of waiting) settle('lifted');
      };
    },
    async drain(environment, withinMs) {
      if (to(environment).length === 0) return 0;
      const { promise, resolve } = Promise.withResolvers<void>();
      const check = (): void => {
        if (to(environment).length === 0) resolve();
      };
      const timer = setTimeout(resolve, withinMs);
      onEmpty.add(check);
      await promise;
      clearTimeout(timer);
      onEmpty.delete(check);
      const late = to(environment);
      for (const flight of late) {
        flights.delete(flight);
        flight.cut('cut-by-switch');
      }
      return late.length;
    },
    get inFlight() {
      return flights.size;
    },
    get held() {
      return waiting.size;
    },
  };
}

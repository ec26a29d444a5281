import { setTimeout as wait } from 'node:timers/promises';
import type { EnvironmentName, ModeState } from '../mode/mode.ts';
import type { Fence } from './fence.ts';
import type { Conversation, Pins } from './pins.ts';
import { warm } from './probe.ts';
import { readEnvironment, type RecoveryPolicy } from './route.ts';
import type { Tunnels } from './tunnels.ts';
import type { Upstream } from './upstream.ts';

/** What a switch asks of the gateway, in order of time. */
export interface Switching {
  /**
   * Before a planned switch: begins no new HAORI conversation and waits until the open ones have ended, at most
   * `withinMs`. An environment that has not answered of late is not waited for: that is an outage, not a plan.
   */
  conversationsEnd(from: Routed, withinMs: number): Promise<void>;
  /** Holds new writes, and takes back those of which no byte has left. @returns lifts the fence again */
  fence(): () => void;
  /**
   * Lets what is under way to the environment that partners leave finish, at most `withinMs`, then cuts it; ends its
   * tunnels. Meanwhile connections to the next one are opened, so that nobody pays for TCP and TLS after the flip.
   * @returns how many requests were cut
   */
  drain(from: Routed, next: Routed, withinMs: number): Promise<number>;
  /** HAORI conversations that partners have begun and not ended. */
  conversations(): Conversation[];
}

type Routed = Pick<ModeState, 'mode' | 'target'>;

export interface SwitchingParts {
  readonly recovery: RecoveryPolicy;
  readonly fence: Fence;
  readonly upstreams: ReadonlyMap<EnvironmentName, Upstream>;
  readonly tunnels: Tunnels;
  readonly pins: Pins;
  /** Whether the environment is up, and answered within the last seconds. */
  readonly isAnswering: (environment: EnvironmentName) => boolean;
  /** Push subscribes at the next environment before it leaves this one; a second at most. */
  readonly prepare: (to: EnvironmentName) => Promise<void>;
}

const LOOK_EVERY_MS = 50;

export function switching({
  recovery,
  fence,
  upstreams,
  tunnels,
  pins,
  isAnswering,
  prepare,
}: SwitchingParts): Switching {
  return {
    async conversationsEnd(before, withinMs) {
      const from = readEnvironment(before, recovery);
      const isOpen = (): boolean => pins.conversations().some(({ environment }) => environment === from);
      const lift = fence.closeToConversations();
      const until = performance.now() + withinMs;
      while (isOpen() && isAnswering(from) && performance.now() < until) await wait(LOOK_EVERY_MS);
      lift();
    },
    fence: () => fence.close(),
    async drain(before, next, withinMs) {
      const from = readEnvironment(before, recovery);
      const to = readEnvironment(next, recovery);
      if (from === to) return 0;
      tunnels.end(from);
      const target = upstreams.get(to);
      const warmed = target === undefined ? Promise.resolve() : warm(target, withinMs);
      const [cut] = await Promise.all([fence.drain(from, withinMs), warmed, prepare(to)]);
      return cut;
    },
    conversations: () => pins.conversations(),
  };
}

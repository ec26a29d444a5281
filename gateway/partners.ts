import type { Socket } from 'node:net';
import type { PartnerOptions } from './options.ts';
import type { PartnerStatus } from './status.ts';

/** Who asked when, how often, over which connections; and who asks too much. */
export interface PartnerBook {
  /** One more request of `partner`; @returns why it may not be served now, or null. */
  asked(partner: PartnerOptions, socket: Socket): 'too-many-requests' | 'too-many-connections' | null;
  statuses(): PartnerStatus[];
}

interface Entry {
  lastSeenMs: number | null;
  requests: number;
  readonly sockets: Set<Socket>;
  /** Requests that may still be sent at this moment: a bucket that fills at `requestsPerSecond`. */
  allowance: number;
}

export function partnerBook(partners: readonly PartnerOptions[], nowMs: () => number = Date.now): PartnerBook {
  const entries = new Map<string, Entry>();
  for (const { name, limits } of partners) {
    entries.set(name, { lastSeenMs: null, requests: 0, sockets: new Set(), allowance: limits.requestsPerSecond });
  }

  return {
    asked(partner, socket) {
      const entry = entries.get(partner.name);
      if (entry === undefined) return null;
      const now = nowMs();
      const rate = partner.limits.requestsPerSecond;
      // A clock that was set back must not take what was earned.
      const earned = entry.lastSeenMs === null ? 0 : (Math.max(0, now - entry.lastSeenMs) / 1000) * rate;
      entry.allowance = Math.min(rate, entry.allowance + earned);
      entry.lastSeenMs = now;
      entry.requests += 1;
      if (!entry.sockets.has(socket)) {
        if (entry.sockets.size >= partner.limits.connections) return 'too-many-connections';
        entry.sockets.add(socket);
        socket.once('close', () => entry.sockets.delete(socket));
      }
      if (rate === 0) return null;
      if (entry.allowance < 1) return 'too-many-requests';
      entry.allowance -= 1;
      return null;
    },
    statuses() {
      return partners.map(({ name, kind }) => {
        const entry = entries.get(name);
        const lastSeenMs = entry?.lastSeenMs ?? null;
        return {
          name,
          kind,
          lastSeenAt: lastSeenMs === null ? null : new Date(lastSeenMs).toISOString(),
          requests: entry?.requests ?? 0,
          connections: entry?.sockets.size ?? 0,
        };
      });
    },
  };
}

import type { EnvironmentName } from '../../mode/mode.ts';
import type { PartnerOptions } from '../options.ts';
import type { Audience } from './subscription.ts';
import type { EventJournal } from './events.ts';
import type { Feed, Gap } from './feed.ts';
import type { PushFigures } from './metrics.ts';
import type { Address } from './protocol.ts';
import type { Subscriber } from './subscriber.ts';
import type { LinkFault } from './upstream.ts';

export type { Gap } from './feed.ts';

/** A partner's push socket. */
export interface SubscriberStatus {
  readonly id: string;
  readonly partner: string;
  readonly address: string;
  /** ISO 8601. */
  readonly connectedAt: string;
  /** When it last sent anything: a command, a ping, an answer to ours. */
  readonly lastSeenAt: string;
  readonly subscriptions: readonly {
    readonly event: string;
    /** Whom it gets events for, beside everybody. */
    readonly addressed: 'everybody' | 'session' | 'group' | 'session-and-group';
    readonly isCatchingUp: boolean;
  }[];
  readonly delivered: number;
  readonly queuedBytes: number;
}

/** A push connection to an environment. */
export interface UpstreamStatus {
  readonly environment: EnvironmentName;
  readonly state: 'connecting' | 'live' | 'waiting' | 'closed';
  readonly fault: LinkFault | null;
  readonly detail: string | null;
  readonly since: string;
  readonly lastHeardAt: string | null;
  /** Subscriptions that it serves. */
  readonly subscriptions: number;
}

export interface PushStatus {
  /** The environment whose events partners get. */
  readonly environment: EnvironmentName;
  readonly subscribers: readonly SubscriberStatus[];
  readonly upstreams: readonly UpstreamStatus[];
  /** Newest first. */
  readonly gaps: readonly Gap[];
  readonly journal: { readonly pending: number; readonly lost: number; readonly failure: string | null };
}

/** What operators are told as it happens. */
export type PushChange =
  { readonly kind: 'gap'; readonly gap: Gap } | { readonly kind: 'upstream'; readonly upstream: UpstreamStatus };

export function subscriberStatus(subscriber: Subscriber): SubscriberStatus {
  const { id, partner, address } = subscriber.options;
  return {
    id,
    partner: partner.name,
    address,
    connectedAt: new Date(subscriber.connectedMs).toISOString(),
    lastSeenAt: new Date(subscriber.lastSeenMs).toISOString(),
    subscriptions: [...subscriber.subscriptions.values()].map(({ event, audience, held }) => ({
      event,
      addressed: addressed(audience.address),
      isCatchingUp: held !== null,
    })),
    delivered: subscriber.delivered,
    queuedBytes: subscriber.queuedBytes,
  };
}

export function upstreamStatus(audience: Audience, { name, link }: Feed): UpstreamStatus {
  const { state, fault, detail, sinceMs, heardMs } = link;
  return {
    environment: name,
    state,
    fault,
    detail,
    since: new Date(sinceMs).toISOString(),
    lastHeardAt: heardMs === null ? null : new Date(heardMs).toISOString(),
    subscriptions: audience.count,
  };
}

function addressed({ session, group }: Address): SubscriberStatus['subscriptions'][number]['addressed'] {
  if (session === null) return group === null ? 'everybody' : 'group';
  return group === null ? 'session' : 'session-and-group';
}

export function figuresOf(
  partners: readonly PartnerOptions[],
  subscribers: Iterable<Subscriber>,
  audiences: Iterable<Audience>,
  journal: Pick<EventJournal, 'pending' | 'lost'>,
): PushFigures {
  const counts = new Map(partners.map(({ name }) => [name, 0]));
  for (const { options } of subscribers) counts.set(options.partner.name, (counts.get(options.partner.name) ?? 0) + 1);
  const links = [...audiences].flatMap(({ feeds }) => [...feeds.values()]);
  const alike = Map.groupBy(links, ({ name, link }) => `${name} ${link.state}`);
  return {
    subscribers: counts,
    upstreams: [...alike.values()].flatMap(([first, ...rest]) =>
      first ? [{ environment: first.name, state: first.link.state, count: rest.length + 1 }] : [],
    ),
    journalPending: journal.pending,
    journalLost: journal.lost,
  };
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type { EnvironmentName } from '../../mode/mode.ts';
import type { PartnerOptions } from '../options.ts';
import { readEnvironment } from '../route.ts';
import { announcer } from './announcer.ts';
import { nameAt } from './audience.ts';
import { Audiences } from './audiences.ts';
import { desk } from './desk.ts';
import type { Flip } from './events.ts';
import { fanout } from './fanout.ts';
import type { FedEvent, Feed, Gap } from './feed.ts';
import { PUSH_LIMITS, PUSH_TIMING, type PushLimits } from './limits.ts';
import { listingText, parseListing } from './listing.ts';
import { eventTail, parseCommand } from './protocol.ts';
import type { PushArrival, PushDeps, PushHub } from './push.ts';
import { figuresOf, subscriberStatus, upstreamStatus, type PushChange } from './status.ts';
import { Subscriber } from './subscriber.ts';
import { type Audience, end, type Subscription } from './subscription.ts';

// partner's socket ──▶ desk ──▶ audience ──▶ feed of the routed environment ──▶ fan-out ──▶ partners' sockets
//                                             prepare: the next one's beside it   flip: in one step

const PATHS = new Set(['/ws', '/api/ws']);
const CLOSE_MS = 1000;
const KEPT_GAPS = 100;

/** Keeps partners' push sockets open whatever the environments and the mode do (PUSH通知). */
export function pushHub(deps: PushDeps): PushHub {
  const { journal, metrics, log, partners, environments } = deps;
  const timing = { ...PUSH_TIMING, ...deps.timing };
  const limits = { ...PUSH_LIMITS, ...deps.limits };
  const server = socketServer(limits);
  const arrivals = new WeakMap<IncomingMessage, PushArrival>();
  const subscribers = new Set<Subscriber>();
  const listeners = new Set<(change: PushChange) => void>();
  const gaps: Gap[] = [];
  const told = new WeakMap<Feed, string>();
  const sends = fanout(limits.sendsPerTurn, limits.held);
  let routed = readEnvironment(deps.state(), deps.recovery.partners);
  let flipped = lastFlip();
  let onEmpty: (() => void) | null = null;

  const audiences = new Audiences(
    {
      environments,
      journal,
      timing,
      limits,
      openClient: deps.openClient,
      onEvent,
      onDuplicate: (from) => metrics.duplicate(from),
      onGap,
      onChange: onUpstream,
    },
    routed,
    flipped.atMs,
  );
  const commands = desk({
    audiences,
    sends,
    journal,
    metrics,
    log,
    timing,
    limits,
    routed: () => routed,
    flip: () => flipped,
    gaps: () => gaps,
    isHere: (subscriber) => subscribers.has(subscriber),
  });
  const receptions = announcer({
    journal,
    log,
    subscribers,
    clientOf: (name) => audiences.clientOf(name),
    pass: (event, to) => pass(event.data, performance.now(), to),
  });
  journal.clean();
  const timers = [
    setInterval(() => journal.clean(), timing.cleanEveryMs),
    setInterval(() => subscribers.forEach((each) => each.beat()), timing.pingMs),
  ];
  for (const timer of timers) timer.unref();
  const unfollow = metrics.follow(() => figuresOf(partners, subscribers, audiences.all, journal));
  server.on('headers', (headers, request) => {
    const arrival = arrivals.get(request);
    if (arrival) headers.push(`X-Hybridmode: ${arrival.hybridmode}`, `X-Request-Id: ${arrival.requestId}`);
  });
  server.on('wsClientError', (_error, _socket, request) => arrivals.get(request)?.refuse());

  // What was flipped to stays so over a restart: those who come back then are in the same environment still.
  function lastFlip(): Flip {
    const last = journal.lastFlip;
    return last?.environment === routed ? last : journal.flip(routed, deps.state().epoch);
  }

  function join(socket: WebSocket, request: IncomingMessage, partner: PartnerOptions, { address }: PushArrival): void {
    const { headers, url = '' } = request;
    const tenant = headers['x-ginbee-tenant-id'];
    const options = {
      id: randomUUID(),
      partner,
      address,
      limits,
      authorization: headers.authorization ?? null,
      tenant: typeof tenant === 'string' && /^[\w.-]{1,32}$/.test(tenant) ? tenant : '1',
      after: url.includes('?') ? new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('after') : null,
    };
    const subscriber: Subscriber = new Subscriber(socket, request.socket, options, {
      onMessage: (text) => commands.obey(subscriber, parseCommand(text)),
      onDelivered: () => metrics.delivered(partner.name),
      onClosedByUs(cause) {
        metrics.closed(partner.name, cause);
        log.info({ partner: partner.name, address, cause }, 'a push socket was closed');
      },
      onGone() {
        subscribers.delete(subscriber);
        for (const subscription of subscriber.subscriptions.values()) end(subscription);
        if (subscribers.size === 0) onEmpty?.();
      },
    });
    subscribers.add(subscriber);
    if (onEmpty !== null) subscriber.close('stopping');
  }

  function onEvent(audience: Audience, from: EnvironmentName, event: FedEvent): void {
    metrics.received(from);
    if (event.dataId !== null) deps.pins.pin('Data_Id', event.dataId, from);
    if (from !== routed) return;
    const { happenedMs } = event;
    const to = [...(audience.subscriptions.get('*') ?? []), ...(audience.subscriptions.get(event.event) ?? [])];
    pass(event.data, event.arrivedAt, happenedMs === null ? to : to.filter(({ sinceMs }) => sinceMs <= happenedMs));
  }

  function pass(data: string, arrivedAt: number, to: readonly Subscription[]): void {
    sends.push(eventTail(data), to, () => metrics.passedOn((performance.now() - arrivedAt) / 1000));
  }

  function onGap(gap: Gap): void {
    gaps.unshift(gap);
    gaps.length = Math.min(gaps.length, KEPT_GAPS);
    metrics.gap(gap.environment, gap.found === null ? 'lost' : 'filled');
    if (gap.found === null) log.warn(gap, `push events may be missing: gap from ${gap.from} to ${gap.to}`);
    else log.info(gap, 'a gap in the push events was filled');
    tell({ kind: 'gap', gap });
  }

  function onUpstream(audience: Audience, feed: Feed): void {
    const upstream = upstreamStatus(audience, feed);
    const { state, fault } = upstream;
    // An environment that is away is tried every few seconds: said once.
    const news = `${state} ${fault}`;
    if ((state !== 'live' && state !== 'waiting') || told.get(feed) === news) return;
    told.set(feed, news);
    log.info(upstream, 'push connection');
    tell({ kind: 'upstream', upstream });
  }

  function tell(change: PushChange): void {
    for (const listener of listeners) listener(change);
  }

  // Who uses push once wants to find its events tomorrow, too: the journal goes on where it was in use.
  journal.coveredUntil(routed, 'all').then(
    (until) => until !== null && onEmpty === null && audiences.watch(),
    (error: unknown) => log.warn({ err: error }, 'the push journal cannot be read'),
  );

  return {
    isPushPath: (path) => PATHS.has(path),
    accept(request, socket, head, partner, arrival) {
      arrivals.set(request, arrival);
      // Older C clients offer an empty name, which is no list (RFC 6455 11.3.4), and mean none.
      if (request.headers['sec-websocket-protocol']?.trim() === '') delete request.headers['sec-websocket-protocol'];
      server.handleUpgrade(request, socket, head, (client) => join(client, request, partner, arrival));
    },
    prepare: (to) => audiences.prepare(to),
    flip(state) {
      const to = readEnvironment(state, deps.recovery.partners);
      if (to === routed) return;
      // What came before the flip goes out before it.
      sends.drain();
      receptions.stop();
      routed = to;
      flipped = journal.flip(to, state.epoch);
      commands.forget();
      audiences.flip(to, flipped.atMs);
      for (const subscriber of subscribers) if (closesAtSwitch(subscriber.options.partner)) subscriber.close('switch');
      if (partners.some((partner) => partner.announceReceptions)) void receptions.announce(to, state.epoch);
    },
    async answerPushEvents(environment, partner, authorization, body) {
      const at = environments.get(environment);
      if (at === undefined || at.options.kind === 'cloud') return null;
      if (environment === routed) audiences.watch();
      const listing = parseListing(body);
      if (listing.kind === 'refused') return listing.text;
      const name = nameAt(partner, authorization, environment, at);
      return listingText(await journal.list(environment, [name], listing.wanted));
    },
    status: () => ({
      environment: routed,
      subscribers: [...subscribers].map(subscriberStatus),
      upstreams: [...audiences.all].flatMap((one) => [...one.feeds.values()].map((feed) => upstreamStatus(one, feed))),
      gaps: [...gaps],
      journal: { pending: journal.pending, lost: journal.lost, failure: journal.failure },
    }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      const { promise, resolve } = Promise.withResolvers<void>();
      onEmpty = resolve;
      for (const timer of timers) clearInterval(timer);
      unfollow();
      receptions.stop();
      sends.drain();
      audiences.close();
      for (const subscriber of subscribers) subscriber.close('stopping');
      const late = setTimeout(resolve, CLOSE_MS);
      if (subscribers.size > 0) await promise;
      clearTimeout(late);
      for (const subscriber of subscribers) subscriber.terminate();
    },
  };
}

function socketServer({ frameBytes }: PushLimits): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: frameBytes,
    perMessageDeflate: false,
    handleProtocols: () => false,
  });
}

// A terminal's session belongs to the environment that it was begun in.
function closesAtSwitch({ push, kind }: PartnerOptions): boolean {
  return push === 'close' || kind === 'terminal';
}

import type { EnvironmentName } from '../../mode/mode.ts';
import type { PushEventCalls } from '../../orca/client/push-events.ts';
import type { ReceptionCalls } from '../../orca/client/receptions.ts';
import type { Environment } from '../../orca/environment.ts';
import { audienceOf, isEverybody, sharedAudience, type Asking } from './audience.ts';
import type { Audience } from './subscription.ts';
import type { EventJournal } from './events.ts';
import { Feed, type FedEvent, type Gap } from './feed.ts';
import { fillFrom, unfillable, type Fill } from './fill.ts';
import type { PushLimits, PushTiming } from './limits.ts';

/** What push asks an environment over HTTP. */
export interface PushClient {
  readonly pushEvents: Pick<PushEventCalls, 'list'>;
  readonly receptions: Pick<ReceptionCalls, 'list'>;
  close(): void;
}

export interface AudiencesDeps {
  readonly environments: ReadonlyMap<EnvironmentName, Environment>;
  readonly journal: EventJournal;
  readonly timing: PushTiming;
  readonly limits: PushLimits;
  readonly openClient: (environment: Environment) => PushClient;
  readonly onEvent: (audience: Audience, from: EnvironmentName, event: FedEvent) => void;
  readonly onDuplicate: (from: EnvironmentName) => void;
  readonly onGap: (gap: Gap) => void;
  readonly onChange: (audience: Audience, feed: Feed) => void;
}

/** More of these are not kept for partners that have left: sessions of terminals come and go. */
const MOST_IDLE = 64;

// A session that comes back after days has no gap: nobody was there.
const NOTHING_NOTED = Promise.resolve(null);

/** Who listens to which environment: the connections behind all subscriptions, and their way from one to another. */
export class Audiences {
  readonly #deps: AudiencesDeps;
  readonly #all = new Map<string, Audience>();
  readonly #clients = new Map<string, PushClient>();
  readonly #shared: string;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #ticks: NodeJS.Timeout;
  #routed: EnvironmentName;
  #enteredMs: number;

  constructor(deps: AudiencesDeps, routed: EnvironmentName, enteredMs: number) {
    this.#deps = deps;
    this.#routed = routed;
    this.#enteredMs = enteredMs;
    this.#shared = sharedAudience(deps.environments).key;
    this.#ticks = setInterval(() => this.#tick(), deps.timing.coverageMs);
    this.#ticks.unref();
  }

  get all(): Iterable<Audience> {
    return this.#all.values();
  }

  /** The audience of a subscription; null where its partner has too many. */
  of(asking: Asking, owner: string): Audience | null {
    const wanted = audienceOf(asking, this.#deps.environments, owner);
    const known = this.#all.get(wanted.key);
    if (known !== undefined) return known;
    const theirs = [...this.#all.values()].filter((audience) => audience.owner === owner);
    if (theirs.length >= this.#deps.limits.addresses) return null;
    this.#all.set(wanted.key, wanted);
    return wanted;
  }

  /** Listens for those who may come back, and for pusheventgetv2, though nobody subscribes now. */
  watch(): void {
    if (this.#all.has(this.#shared)) return;
    const audience = sharedAudience(this.#deps.environments);
    this.#all.set(audience.key, audience);
    this.routed(audience);
  }

  /** The feed that partners get their events from; null where the environment is not configured. */
  routed(audience: Audience): Feed | null {
    return audience.feeds.get(this.#routed) ?? this.#open(audience, this.#routed, this.#enteredMs);
  }

  /** Subscribes at `to` before anybody belongs there. */
  async prepare(to: EnvironmentName): Promise<void> {
    if (to === this.#routed) return;
    const { prepareMs, preparedMs } = this.#deps.timing;
    const feeds = [...this.#all.values()].map((audience) => {
      const feed = audience.feeds.get(to) ?? this.#open(audience, to, null);
      this.#later(preparedMs, () => this.#letGo(audience, feed));
      return feed;
    });
    await Promise.all(feeds.flatMap((feed) => (feed === null ? [] : [feed.untilDecided(prepareMs)])));
  }

  /** From now on partners belong to `to`. The old connections end when the new ones are there. */
  flip(to: EnvironmentName, atMs: number): void {
    this.#routed = to;
    this.#enteredMs = atMs;
    for (const audience of this.#all.values()) {
      const left = [...audience.feeds.values()].filter((feed) => feed.name !== to);
      const feed = audience.feeds.get(to) ?? this.#open(audience, to, atMs);
      feed?.enter(atMs);
      for (const old of left) old.leave();
      const letGo = (): void => {
        for (const old of left) this.#letGo(audience, old);
      };
      if (feed === null) letGo();
      else void feed.untilLive(this.#deps.timing.leavingMs).then(letGo);
    }
  }

  clientOf(name: EnvironmentName, authorization?: string | null): PushClient | null {
    const environment = this.#deps.environments.get(name);
    if (environment === undefined) return null;
    const own = authorization === undefined ? environment : { ...environment, authorization };
    const key = JSON.stringify([name, own.authorization]);
    let client = this.#clients.get(key);
    if (client === undefined) this.#clients.set(key, (client = this.#deps.openClient(own)));
    return client;
  }

  close(): void {
    clearInterval(this.#ticks);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#note();
    for (const audience of this.#all.values()) this.#drop(audience);
    for (const client of this.#clients.values()) client.close();
  }

  #open(audience: Audience, name: EnvironmentName, enteredMs: number | null): Feed | null {
    const { environments, journal, timing, limits, onEvent, onDuplicate, onGap, onChange } = this.#deps;
    const environment = environments.get(name);
    const identity = audience.identities.get(name);
    if (environment === undefined || identity === undefined) return null;
    const { tenant, address } = audience;
    const known = audience.known(name);
    const feed: Feed = new Feed(
      {
        name,
        audience: identity.name,
        target: { environment, authorization: identity.authorization, tenant, address },
        timing,
        held: limits.held,
        journal,
        known,
        fill: this.#fillOf(audience, name, environment),
        noted: () =>
          isEverybody(address) ? journal.coveredUntil(name, identity.name).catch(() => null) : NOTHING_NOTED,
      },
      {
        onEvent: (event) => onEvent(audience, name, event),
        onDuplicate: () => onDuplicate(name),
        onGap,
        onChange: () => onChange(audience, feed),
      },
      enteredMs,
    );
    audience.feeds.set(name, feed);
    return feed;
  }

  #fillOf(audience: Audience, name: EnvironmentName, { options }: Environment): Fill {
    const { journal, timing } = this.#deps;
    const identity = audience.identities.get(name);
    const { session, group } = audience.address;
    const client = identity === undefined ? null : this.clientOf(name, identity.authorization);
    if (client === null || identity === undefined || options.kind !== 'cloud')
      return unfillable('this environment keeps no list of what it pushed');
    if (session !== null || group !== null) return unfillable('the list does not say whom an event was for');
    return fillFrom({
      environment: name,
      audience: identity.name,
      calls: client.pushEvents,
      journal,
      known: audience.known(name),
      withinMs: timing.fillWithinMs,
    });
  }

  /** Ends a connection that nobody belongs to. */
  #letGo(audience: Audience, feed: Feed | null): void {
    if (feed === null || feed.name === this.#routed || audience.feeds.get(feed.name) !== feed) return;
    audience.feeds.delete(feed.name);
    feed.close();
  }

  #drop(audience: Audience): void {
    this.#all.delete(audience.key);
    for (const feed of audience.feeds.values()) feed.close();
    audience.feeds.clear();
  }

  #tick(): void {
    this.#note();
    const idle = [...this.#all.values()]
      .filter(({ key, count }) => count === 0 && key !== this.#shared)
      .sort((one, other) => (other.idleSinceMs ?? 0) - (one.idleSinceMs ?? 0));
    const oldest = Date.now() - this.#deps.timing.lingerMs;
    for (const [index, audience] of idle.entries())
      if (index >= MOST_IDLE || (audience.idleSinceMs ?? 0) < oldest) this.#drop(audience);
  }

  // After a kill, what is missing begins where this ends.
  #note(): void {
    for (const audience of this.#all.values()) {
      const covered = audience.feeds.get(this.#routed)?.coveredMs ?? null;
      const name = audience.identities.get(this.#routed)?.name;
      if (covered !== null && name !== undefined) this.#deps.journal.cover(this.#routed, name, covered);
    }
  }

  #later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }
}

import type { LRUCache } from 'lru-cache';
import type { EnvironmentName } from '../../mode/mode.ts';
import type { Fill } from './fill.ts';
import type { EventJournal } from './events.ts';
import { momentOf } from './clock.ts';
import type { PushTiming } from './limits.ts';
import type { PushEvent } from './protocol.ts';
import { openLink, type Link, type LinkTarget } from './upstream.ts';

// link ──▶ known uuid? ──▶ journal ──▶ emit           lost … live again: ──▶ fill the gap ──▶ what came meanwhile ──▶ emit

/** Events that did not come while a connection was away: found again, or not. */
export interface Gap {
  readonly environment: EnvironmentName;
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** How many events were found; null where they are lost for all that is known. */
  readonly found: number | null;
  readonly because: string | null;
}

export interface FedEvent extends PushEvent {
  readonly seq: number;
  readonly arrivedAt: number;
  /** When it happened, where it came late: those who subscribed after that do not get it. */
  readonly happenedMs: number | null;
}

export interface FeedListener {
  onEvent(event: FedEvent): void;
  onDuplicate(): void;
  onGap(gap: Gap): void;
  onChange(): void;
}

export interface FeedOptions {
  readonly name: EnvironmentName;
  readonly audience: string;
  readonly target: LinkTarget;
  readonly timing: PushTiming;
  readonly held: number;
  readonly journal: EventJournal;
  readonly fill: Fill;
  /** Up to when nothing was missing, as an earlier process or an earlier feed noted it. */
  readonly noted: () => Promise<number | null>;
  readonly known: LRUCache<string, true>;
}

/** The events of one environment for one audience: each once, in the environment's order. */
export class Feed {
  readonly name: EnvironmentName;
  readonly link: Link;
  readonly #options: FeedOptions;
  readonly #listener: FeedListener;
  /** Partners rely on it: what is missing counts. */
  #isRelied: boolean;
  /** Up to when nothing is missing; null before it was ever live. */
  #coveredMs: number | null = null;
  /** When partners came here: what happened before is not for them. */
  #enteredMs: number;
  #held: PushEvent[] = [];
  #fills = 0;
  #wasLive = false;
  #filled: Promise<void> = Promise.resolve();
  /** Grows when partners come here or leave: what a fill finds for those of before is not for these. */
  #generation = 0;
  readonly #whenLive = new Set<() => void>();
  readonly #whenDecided = new Set<() => void>();

  /** @param enteredMs since when partners belong here; null where they belong elsewhere */
  constructor(options: FeedOptions, listener: FeedListener, enteredMs: number | null) {
    this.name = options.name;
    this.#options = options;
    this.#listener = listener;
    this.#isRelied = enteredMs !== null;
    this.#enteredMs = enteredMs ?? 0;
    this.link = openLink(options.target, options.timing, {
      onLive: () => this.#onLive(),
      onEvent: (event) => this.#onEvent(event),
      onLost: (heardMs) => {
        if (this.#coveredMs !== null) this.#coveredMs = Math.max(heardMs, this.#coveredMs);
      },
      onChange: () => {
        if (this.link.state === 'waiting') tellAll(this.#whenDecided);
        listener.onChange();
      },
    });
  }

  get isLive(): boolean {
    return this.link.state === 'live';
  }

  /** Up to when nothing is missing; null where nobody relies on it, or it is not known yet. */
  get coveredMs(): number | null {
    if (!this.#isRelied || this.#coveredMs === null || this.#fills > 0) return null;
    return this.isLive ? Math.max(this.link.heardMs ?? 0, this.#coveredMs) : this.#coveredMs;
  }

  /** A subscriber was promised everything from now on, whether it is live or not. */
  promise(): void {
    if (!this.isLive) this.#coveredMs ??= Date.now();
  }

  /** Partners belong here from this moment on. */
  enter(atMs: number): void {
    this.#generation += 1;
    this.#isRelied = true;
    this.#enteredMs = atMs;
    this.#coveredMs = atMs;
  }

  /** Partners belong elsewhere: what is missed here is no gap. */
  leave(): void {
    this.#generation += 1;
    this.#isRelied = false;
    this.#coveredMs = null;
  }

  untilLive(withinMs: number): Promise<void> {
    return this.#until(this.#whenLive, withinMs);
  }

  /** Waits until it is live, or the present attempt has failed. */
  untilDecided(withinMs: number): Promise<void> {
    return this.link.state === 'waiting' ? Promise.resolve() : this.#until(this.#whenDecided, withinMs);
  }

  /** Waits until it is live and nothing is left to fill. */
  async untilSettled(withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    await this.untilLive(withinMs);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.max(0, until - performance.now()));
    await Promise.race([this.#filled, promise]);
    clearTimeout(timer);
  }

  close(): void {
    this.link.close();
    tellAll(this.#whenLive);
    tellAll(this.#whenDecided);
  }

  async #until(waiting: Set<() => void>, withinMs: number): Promise<void> {
    if (this.isLive || this.link.state === 'closed') return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, withinMs);
    waiting.add(resolve);
    await promise;
    waiting.delete(resolve);
    clearTimeout(timer);
  }

  #onLive(): void {
    if (this.#isRelied) {
      this.#fills += 1;
      const toMs = Date.now();
      this.#filled = this.#filled.then(() => this.#fillUp(toMs));
    }
    tellAll(this.#whenLive);
    tellAll(this.#whenDecided);
  }

  #onEvent(event: PushEvent): void {
    if (this.#fills === 0) this.#take(event, null);
    else if (this.#held.length < this.#options.held) this.#held.push(event);
    // Out of order is better than not at all.
    else this.#take(event, null);
  }

  /** Fills the gap up to `toMs`, as far as the environment can tell; then what came meanwhile goes on. */
  async #fillUp(toMs: number): Promise<void> {
    const generation = this.#generation;
    try {
      const noted = this.#wasLive ? this.#coveredMs : await this.#options.noted();
      this.#wasLive = true;
      const fromMs = noted === null || noted < this.#enteredMs ? this.#coveredMs : noted;
      const isOurs = (): boolean => generation === this.#generation;
      if (fromMs !== null && isOurs()) await this.#fill(fromMs, toMs, isOurs);
      if (isOurs()) this.#coveredMs = Math.max(this.#coveredMs ?? 0, toMs);
    } finally {
      this.#fills -= 1;
      if (this.#fills === 0) for (const event of this.#held.splice(0)) this.#take(event, null);
    }
  }

  async #fill(fromMs: number, toMs: number, isOurs: () => boolean): Promise<void> {
    const filling = await this.#options.fill(fromMs);
    if (!isOurs()) return;
    let found: number | null = null;
    if (filling.kind === 'found') {
      found = 0;
      const oldest = Math.floor(Math.max(fromMs - filling.marginMs, this.#enteredMs) / 1000) * 1000;
      for (const event of filling.events) {
        const happenedMs = (momentOf(event.time) ?? toMs + filling.skewMs) - filling.skewMs;
        if (happenedMs >= oldest && this.#take(event, happenedMs)) found += 1;
      }
    }
    this.#listener.onGap({
      environment: this.name,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      found,
      because: filling.kind === 'lost' ? filling.because : null,
    });
  }

  #take(event: PushEvent, happenedMs: number | null): boolean {
    const { known, journal, name, audience } = this.#options;
    if (known.has(event.uuid)) {
      this.#listener.onDuplicate();
      return false;
    }
    known.set(event.uuid, true);
    const seq = journal.add(name, audience, event);
    this.#listener.onEvent({ ...event, seq, happenedMs, arrivedAt: performance.now() });
    return true;
  }
}

function tellAll(waiting: Set<() => void>): void {
  for (const tell of waiting) tell();
  waiting.clear();
}

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

export interface StreamLimits {
  /** Streams open at a time. */
  readonly streams: number;
  /** Events kept for callers that come back with `Last-Event-ID`. */
  readonly kept: number;
  /** What a reader may be behind before it is dropped. */
  readonly behindBytes: number;
  readonly heartbeatMs: number;
}

export const STREAM_LIMITS: StreamLimits = { streams: 64, kept: 512, behindBytes: 256 * 1024, heartbeatMs: 15_000 };

export interface Event {
  readonly type: string;
  readonly data: unknown;
}

/**
 * Tells many readers what happens, as `text/event-stream`. Ids are `<start>-<number>`: after a restart an old id is
 * not found, and its reader gets the present state instead of a gap.
 */
export class EventStreams {
  readonly #start = randomUUID().slice(0, 8);
  readonly #limits: StreamLimits;
  readonly #present: () => Event;
  readonly #opened: (open: number) => void;
  readonly #readers = new Set<Readable>();
  readonly #kept: { readonly number: number; readonly text: string }[] = [];
  readonly #heartbeat: NodeJS.Timeout;
  #last = 0;
  #isClosed = false;

  /** @param present what a new reader is told first; @param opened told how many streams are open */
  constructor(present: () => Event, opened: (open: number) => void, limits: Partial<StreamLimits> = {}) {
    this.#present = present;
    this.#opened = opened;
    this.#limits = { ...STREAM_LIMITS, ...limits };
    this.#heartbeat = setInterval(() => this.#send(': heartbeat\n\n'), this.#limits.heartbeatMs);
    this.#heartbeat.unref();
  }

  publish(type: string, data: unknown): void {
    if (this.#isClosed) return;
    this.#last += 1;
    const text = this.#format({ type, data });
    this.#kept.push({ number: this.#last, text });
    if (this.#kept.length > this.#limits.kept) this.#kept.shift();
    this.#send(text);
  }

  /** A new reader's stream; null where there are too many. `lastEventId`: empty for none. */
  open(lastEventId: string): Readable | null {
    if (this.#isClosed || this.#readers.size >= this.#limits.streams) return null;
    const reader = new Readable({ read: () => undefined });
    reader.once('close', () => {
      this.#readers.delete(reader);
      this.#opened(this.#readers.size);
    });
    this.#readers.add(reader);
    this.#opened(this.#readers.size);
    reader.push(`retry: 2000\n\n${this.#missed(lastEventId) ?? this.#format(this.#present())}`);
    return reader;
  }

  /** Ends all streams; nobody gets a new one. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#heartbeat);
    for (const reader of this.#readers) reader.push(null);
  }

  /** What came after `lastEventId`; null where that is not known any more. */
  #missed(lastEventId: string): string | null {
    const [start, digits] = lastEventId.split('-');
    const number = Number(digits);
    const oldest = this.#kept[0]?.number ?? this.#last + 1;
    if (start !== this.#start || !Number.isInteger(number) || number < oldest - 1 || number > this.#last) return null;
    return this.#kept
      .filter((event) => event.number > number)
      .map((event) => event.text)
      .join('');
  }

  #format({ type, data }: Event): string {
    return `id: ${this.#start}-${this.#last}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #send(text: string): void {
    for (const reader of this.#readers) {
      reader.push(text);
      // It would hold our memory for as long as it likes; it may come back with the last id that it has read.
      if (reader.readableLength > this.#limits.behindBytes) reader.destroy();
    }
  }
}

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

/** Who reads a stream. */
export interface Reader {
  /** Whether events may name a patient. */
  readonly seesPatients: boolean;
  /** The session that the stream ends with; null: none. */
  readonly session: string | null;
}

interface Kept {
  readonly number: number;
  readonly text: string;
  /** The same for those who may not see patients' data. */
  readonly reduced: string;
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
  readonly #readers = new Map<Readable, Reader>();
  readonly #kept: Kept[] = [];
  readonly #heartbeat: NodeJS.Timeout;
  #last = 0;
  #isClosed = false;

  /** @param present what a new reader is told first; @param opened told how many streams are open */
  constructor(present: () => Event, opened: (open: number) => void, limits: Partial<StreamLimits> = {}) {
    this.#present = present;
    this.#opened = opened;
    this.#limits = { ...STREAM_LIMITS, ...limits };
    this.#heartbeat = setInterval(() => this.#send(() => ': heartbeat\n\n'), this.#limits.heartbeatMs);
    this.#heartbeat.unref();
  }

  /** @param reduced what those get who may not see patients' data */
  publish(type: string, data: unknown, reduced: unknown = data): void {
    if (this.#isClosed) return;
    this.#last += 1;
    const kept = {
      number: this.#last,
      text: this.#format({ type, data }),
      reduced: this.#format({ type, data: reduced }),
    };
    this.#kept.push(kept);
    if (this.#kept.length > this.#limits.kept) this.#kept.shift();
    this.#send((who) => textFor(kept, who));
  }

  /** A new reader's stream; null where there are too many. `lastEventId`: empty for none. */
  open(lastEventId: string, who: Reader): Readable | null {
    if (this.#isClosed || this.#readers.size >= this.#limits.streams) return null;
    const reader = new Readable({ read: () => undefined });
    reader.once('close', () => {
      this.#readers.delete(reader);
      this.#opened(this.#readers.size);
    });
    this.#readers.set(reader, who);
    this.#opened(this.#readers.size);
    reader.push(`retry: 2000\n\n${this.#missed(lastEventId, who) ?? this.#format(this.#present())}`);
    return reader;
  }

  /** Ends the streams of a session that has ended. */
  endSession(session: string): void {
    for (const [reader, who] of this.#readers) {
      if (who.session !== session) continue;
      this.#readers.delete(reader);
      reader.push(null);
    }
  }

  /** Ends all streams; nobody gets a new one. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#heartbeat);
    for (const reader of this.#readers.keys()) reader.push(null);
  }

  /** What came after `lastEventId`; null where that is not known any more. */
  #missed(lastEventId: string, who: Reader): string | null {
    const [start, digits] = lastEventId.split('-');
    const number = Number(digits);
    const oldest = this.#kept[0]?.number ?? this.#last + 1;
    if (start !== this.#start || !Number.isInteger(number) || number < oldest - 1 || number > this.#last) return null;
    return this.#kept
      .filter((event) => event.number > number)
      .map((event) => textFor(event, who))
      .join('');
  }

  #format({ type, data }: Event): string {
    return `id: ${this.#start}-${this.#last}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #send(text: (who: Reader) => string): void {
    for (const [reader, who] of this.#readers) {
      reader.push(text(who));
      // It would hold our memory for as long as it likes; it may come back with the last id that it has read.
      if (reader.readableLength > this.#limits.behindBytes) reader.destroy();
    }
  }
}

function textFor({ text, reduced }: Kept, { seesPatients }: Reader): string {
  return seesPatients ? text : reduced;
}

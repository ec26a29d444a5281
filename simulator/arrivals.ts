import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** One request as it came in, for tests and for people who wonder what a partner really sends. */
export interface Arrival {
  readonly id: number;
  readonly at: string;
  readonly method: string;
  /** As it stood on the request line. */
  readonly target: string;
  readonly httpVersion: string;
  /** Names and values by turns, casing and order kept. */
  readonly headers: readonly string[];
  readonly operator: string | null;
  /** Common name of the client's certificate. */
  readonly certificate: string | null;
  /** Bytes of the body that came. */
  bytes: number;
  /** Null until the body came whole. */
  sha256: string | null;
  /** Null until an answer began. */
  status: number | null;
  apiResult: string | null;
}

/** A bounded journal: the oldest arrivals are forgotten. */
export class Arrivals {
  readonly #limit: number;
  #entries: Arrival[] = [];
  #lastId = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Oldest first; only those after an id, where one is given. */
  list(afterId = 0): readonly Arrival[] {
    return this.#entries.filter((arrival) => arrival.id > afterId);
  }

  get last(): Arrival | undefined {
    return this.#entries.at(-1);
  }

  clear(): void {
    this.#entries = [];
  }

  begin(request: IncomingMessage, who: Pick<Arrival, 'operator' | 'certificate'>, at: Date): Arrival {
    const arrival: Arrival = {
      id: ++this.#lastId,
      at: at.toISOString(),
      method: request.method ?? '',
      target: request.url ?? '',
      httpVersion: request.httpVersion,
      headers: request.rawHeaders,
      ...who,
      bytes: 0,
      sha256: null,
      status: null,
      apiResult: null,
    };
    this.#entries.push(arrival);
    if (this.#entries.length > this.#limit) this.#entries.shift();
    return arrival;
  }
}

/** Takes a body in, counts and digests it into the arrival, hands the pieces on. True where it came whole. */
export async function receive(
  request: IncomingMessage,
  arrival: Arrival,
  take: (piece: Buffer) => void | Promise<void>,
): Promise<boolean> {
  const digest = createHash('sha256');
  try {
    for await (const piece of request) {
      if (!Buffer.isBuffer(piece)) continue;
      arrival.bytes += piece.length;
      digest.update(piece);
      await take(piece);
    }
  } catch {
    // The client went away in mid-body; the arrival says how far it came.
    return false;
  }
  arrival.sha256 = digest.digest('hex');
  return true;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { receive, type Arrival, type Arrivals } from './arrivals.ts';
import type { Clinic } from './clinic/open.ts';
import type { Conditions } from './conditions.ts';
import type { Faults } from './faults.ts';
import type { Keeper } from './keeper.ts';
import type { Flavour, Operator } from './options.ts';
import type { Pusher } from './push.ts';
import type { WireAnswer } from './wire.ts';

// Larger than any body of a call; dumps stream past this.
const LARGEST_BODY = 64 * 1024 * 1024;

/** What requests are served from. */
export interface Ground {
  readonly flavour: Flavour;
  readonly operators: readonly Operator[];
  readonly bare: 'captured' | 'all' | 'none';
  readonly isPadded: boolean;
  readonly clinic: Clinic;
  readonly keeper: Keeper;
  readonly conditions: Conditions;
  readonly faults: Faults;
  readonly arrivals: Arrivals;
  readonly pusher: Pusher;
  readonly now: () => Date;
  /** The socket under TLS, for a reset that the other side sees as one. */
  readonly bareSocket: (socket: Socket) => Socket;
  readonly hybrid: (exchange: Exchange, path: string) => Promise<WireAnswer | 'answered'>;
}
export interface Exchange {
  readonly ground: Ground;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly arrival: Arrival;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The client was told, or did not have to be told, to send its body. */
  isContinued: boolean;
}

/** No answer is to be written: a fault took the request, or the connection is gone. */
export class Struck extends Error {
  readonly code = 'STRUCK';
}

/** Takes the whole body in; says 100 Continue only now, as a server does that has read the header and wants the rest. */
export async function bodyOf(exchange: Exchange): Promise<Buffer> {
  const { request, arrival } = exchange;
  continueIfAsked(exchange);
  const pieces: Buffer[] = [];
  const isWhole = await receive(request, arrival, (piece) => {
    if (arrival.bytes > LARGEST_BODY) request.destroy();
    else pieces.push(piece);
  });
  if (!isWhole) throw new Struck();
  return Buffer.concat(pieces);
}

export function continueIfAsked(exchange: Exchange): void {
  if (!exchange.isContinued) exchange.response.writeContinue();
  exchange.isContinued = true;
}

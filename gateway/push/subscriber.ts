import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { PartnerOptions } from '../options.ts';
import type { PushLimits } from './limits.ts';
import type { Receiver, Subscription, Waiting } from './subscription.ts';

/** Why a partner's socket was closed by the gateway. */
export type CloseCause = 'slow' | 'dead' | 'switch' | 'stopping';

export interface SubscriberOptions {
  readonly id: string;
  readonly partner: PartnerOptions;
  readonly address: string;
  /** What it sent itself: for partners whose credentials are passed through. */
  readonly authorization: string | null;
  readonly tenant: string;
  /** The event it saw last, where it comes back. */
  readonly after: string | null;
  readonly limits: PushLimits;
}

export interface SubscriberListener {
  onMessage(text: string): void;
  onDelivered(): void;
  onClosedByUs(cause: CloseCause): void;
  onGone(): void;
}

const CLOSES: Readonly<Record<Exclude<CloseCause, 'dead'>, readonly [number, string]>> = {
  stopping: [1001, 'the gateway is stopping'],
  switch: [1012, 'the environment has changed'],
  slow: [1013, 'too slow: come back with ?after='],
};

/** One partner's socket: ended here, answered from here, whatever the environments do. */
export class Subscriber implements Receiver {
  readonly options: SubscriberOptions;
  readonly subscriptions = new Map<string, Subscription>();
  readonly waiting: Waiting[] = [];
  readonly connectedMs = Date.now();
  lastSeenMs = Date.now();
  delivered = 0;
  /** Subscriptions that are asked for and not acknowledged yet. */
  pending = 0;
  readonly #socket: WebSocket;
  readonly #tcp: Writable;
  readonly #listener: SubscriberListener;
  #wasHeard = true;
  #isClosing = false;

  /** @param tcp what `socket` writes to */
  constructor(socket: WebSocket, tcp: Writable, options: SubscriberOptions, listener: SubscriberListener) {
    this.options = options;
    this.#socket = socket;
    this.#tcp = tcp;
    this.#listener = listener;
    socket.on('message', (message, isBinary) => {
      this.#hear();
      if (!this.#isClosing) listener.onMessage(isBinary ? '' : textOf(message));
    });
    socket.on('ping', () => this.#hear());
    socket.on('pong', () => this.#hear());
    // The close that follows tells the rest: a frame that is too large (1009), bytes that are no frame (1002).
    socket.on('error', () => undefined);
    socket.on('close', () => listener.onGone());
  }

  /** Bytes that wait for the partner to read. */
  get queuedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** For commands' answers. @returns when it has left this process */
  send(text: string): Promise<void> {
    return new Promise((resolve) => this.#socket.send(text, () => resolve()));
  }

  sendEvent(text: string): void {
    if (this.#isClosing || this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > this.options.limits.queueBytes) {
      return this.close('slow');
    }
    this.delivered += 1;
    this.#listener.onDelivered();
    this.#socket.send(text);
  }

  together(work: () => void): void {
    this.#tcp.cork();
    work();
    this.#tcp.uncork();
  }

  /** Resolves when all that was sent has left this process, or the socket is gone. */
  flushed(): Promise<void> {
    return new Promise((resolve) => this.#socket.ping(undefined, undefined, () => resolve()));
  }

  /** Asks whether it is still there; ends it where it said nothing since the last time. */
  beat(): void {
    if (!this.#wasHeard) {
      this.#listener.onClosedByUs('dead');
      return this.#socket.terminate();
    }
    this.#wasHeard = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  close(cause: keyof typeof CLOSES): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#listener.onClosedByUs(cause);
    this.#socket.close(...CLOSES[cause]);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #hear(): void {
    this.#wasHeard = true;
    this.lastSeenMs = Date.now();
  }
}

function textOf(message: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(message)) return Buffer.concat(message).toString('utf8');
  return Buffer.isBuffer(message) ? message.toString('utf8') : Buffer.from(message).toString('utf8');
}

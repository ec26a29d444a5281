import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Closing, Step } from './case.ts';
import { bytesOf } from './notation.ts';
import { ReplyReader } from './reply-reader.ts';

/** At most so much of what came is kept as it came. */
const KEPT = 64 * 1024;

/** A partner's connection, without any HTTP library. */
export class RawClient {
  closing: Closing = 'open';
  /** When the gateway ended the connection, as `performance.now()`. */
  closedAt: number | null = null;
  readonly reader: ReplyReader;
  readonly sent: Buffer[] = [];
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #receivedBytes = 0;
  #watchers = new Set<() => void>();

  private constructor(socket: Socket, isHead: boolean) {
    this.#socket = socket;
    this.reader = new ReplyReader(isHead);
    socket.on('data', (bytes) => {
      if (this.#receivedBytes < KEPT) this.#received.push(bytes);
      this.#receivedBytes += bytes.length;
      this.reader.push(bytes);
      this.#changed();
    });
    socket.on('end', () => this.#close('ended'));
    socket.on('error', () => this.#close('reset'));
    socket.on('close', () => this.#close('reset'));
  }

  /** A connection, or an error where the port does not take one. */
  static async connect(port: number, { isHead = false, host = '127.0.0.1' } = {}): Promise<RawClient> {
    const socket = connect({ port, host, allowHalfOpen: true, noDelay: true });
    await once(socket, 'connect');
    return new RawClient(socket, isHead);
  }

  get received(): Buffer {
    return Buffer.concat(this.#received);
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  send(bytes: Buffer): boolean {
    if (!this.#socket.writable) return false;
    this.sent.push(bytes);
    return this.#socket.write(bytes);
  }

  stopReading(): void {
    this.#socket.pause();
  }

  halfClose(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Does the steps in order; what cannot be sent any more is left out. */
  async run(steps: readonly Step[], token: string): Promise<void> {
    for (const step of steps) {
      if (this.#socket.destroyed) return;
      if (step === 'FIN') this.halfClose();
      else if (step === 'RST') this.reset();
      else if ('send' in step) this.send(bytesOf(step.send, token));
      else if ('bytewise' in step) await this.#bytewise(bytesOf(step.bytewise, token));
      else if ('fill' in step) await this.#fill(step.fill);
      else if ('pauseMs' in step) await this.until(() => this.closing !== 'open', step.pauseMs);
      else if ('awaitText' in step) await this.until(() => this.#has(step.awaitText), 1500);
      else if ('awaitReplies' in step) await this.#answered(() => this.reader.finished >= step.awaitReplies);
      else await this.#answered(() => this.reader.tunnel.length >= step.awaitTunnelBytes);
    }
  }

  /** Waits until something is so, at most so long; tells whether it is. */
  async until(isSo: () => boolean, ms: number): Promise<boolean> {
    if (isSo()) return true;
    return await new Promise<boolean>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(isSo());
      };
      const look = (): void => {
        if (isSo()) done();
      };
      const timer = setTimeout(done, ms);
      this.#watchers.add(look);
    });
  }

  /** The partner leaves (FIN); tells whether the gateway has let go of the connection within the time. */
  async leave(ms = 2000): Promise<boolean> {
    this.#socket.resume();
    this.#socket.end();
    const gone = await this.until(() => this.closing !== 'open', ms);
    this.#socket.destroy();
    return gone;
  }

  async #answered(isSo: () => boolean): Promise<void> {
    await this.until(() => isSo() || this.closing !== 'open', 3000);
  }

  #has(text: string): boolean {
    return this.received.includes(text) || this.closing !== 'open';
  }

  async #bytewise(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length && this.#socket.writable; at++) {
      this.send(bytes.subarray(at, at + 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #fill(count: number): Promise<void> {
    const block = Buffer.alloc(64 * 1024, 'x');
    for (let left = count; left > 0 && this.#socket.writable && this.reader.finished === 0; left -= block.length) {
      if (this.#socket.write(block.subarray(0, Math.min(left, block.length)))) continue;
      await this.#drained();
    }
  }

  async #drained(): Promise<void> {
    let drained = false;
    const drain = (): void => {
      drained = true;
      this.#changed();
    };
    this.#socket.once('drain', drain);
    await this.until(() => drained || this.closing !== 'open' || this.reader.finished > 0, 10_000);
    this.#socket.off('drain', drain);
  }

  #close(how: Closing): void {
    if (this.closing === 'open') {
      this.closing = how;
      this.closedAt = performance.now();
      this.reader.end(how === 'ended');
    }
    this.#changed();
  }

  #changed(): void {
    for (const look of this.#watchers) look();
  }
}

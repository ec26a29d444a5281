import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A partner's connection without any HTTP library. */
export class RawPartner {
  readonly socket: Socket;
  #text = '';
  #isOver = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => (this.#text += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.#isOver = true));
  }

  static async connect(port: number): Promise<RawPartner> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RawPartner(socket);
  }

  /** Everything that has come so far. */
  get text(): string {
    return this.#text;
  }

  send(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** Resolves once `sign` has come; rejects where the connection ends before. */
  async until(sign: string | RegExp): Promise<string> {
    while (!(typeof sign === 'string' ? this.#text.includes(sign) : sign.test(this.#text))) {
      if (this.#isOver)
        throw new Error(`the connection ended before ${String(sign)}, after ${JSON.stringify(this.#text)}`);
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    }
    return this.#text;
  }

  /** Resolves with everything once the gateway has ended the connection. */
  async ended(): Promise<string> {
    if (!this.#isOver) await once(this.socket, 'close');
    return this.#text;
  }
}

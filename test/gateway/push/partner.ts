import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import { eventually } from '../../state/eventually.ts';
import { EMR } from '../../support/gateway.ts';
import { textOf } from './environment.ts';

export interface Message {
  readonly command: string;
  readonly [member: string]: unknown;
}

/** Node's `ws` as a partner: what came, and how it ended. */
export class Partner {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;
  pongs = 0;
  pings = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const message: Message = JSON.parse(textOf(data));
      this.messages.push(message);
    });
    socket.on('ping', () => (this.pings += 1));
    socket.on('pong', () => (this.pongs += 1));
    socket.on('close', (code, reason) => (this.closed = { code, reason: String(reason) }));
    socket.on('error', () => undefined);
  }

  static async connect(
    url: string,
    { user = EMR, ...options }: ClientOptions & { user?: typeof EMR | { user: string; password: string } } = {},
  ): Promise<Partner> {
    const socket = new WebSocket(url, {
      headers: { 'X-GINBEE-TENANT-ID': '1', Authorization: `Basic ${btoa(`${user.user}:${user.password}`)}` },
      ...options,
    });
    const made = new Partner(socket);
    await once(socket, 'open');
    return made;
  }

  /** @returns its `sub.id` */
  async subscribe(event = '*', more: { session_id?: string; group_id?: string } = {}, reqId = 'r1'): Promise<string> {
    const already = this.of('subscribed').length;
    this.say({ command: 'subscribe', 'req.id': reqId, event, ...more });
    await eventually(() => {
      if (this.of('subscribed').length <= already) throw new Error('not subscribed');
    });
    return String(this.of('subscribed').at(-1)!['sub.id']);
  }

  say(command: object): void {
    this.socket.send(JSON.stringify(command));
  }

  of(command: string): Message[] {
    return this.messages.filter((message) => message.command === command);
  }

  /** The bodies of the events that came, in their order. */
  get bodies(): unknown[] {
    return this.of('event').map(({ data }) => Reflect.get(data as object, 'body'));
  }

  async until(count: number, withinMs = 5000): Promise<void> {
    await eventually(() => {
      const { length } = this.of('event');
      if (length < count) throw new Error(`${length} events of ${count}`);
    }, withinMs);
  }

  async untilClosed(withinMs = 5000): Promise<{ code: number; reason: string }> {
    await eventually(() => {
      if (this.closed === null) throw new Error('still open');
    }, withinMs);
    return this.closed!;
  }

  async leave(): Promise<void> {
    this.socket.close();
    await this.untilClosed();
  }
}

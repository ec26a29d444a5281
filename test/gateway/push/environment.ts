import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { eventually } from '../../state/eventually.ts';

interface Subscribed {
  readonly subId: string;
  readonly event: string;
  readonly session: string | undefined;
  readonly group: string | undefined;
  readonly authorization: string | undefined;
}

export interface Published {
  readonly uuid: string;
  readonly id: number;
  readonly event: string;
  readonly user: string;
  readonly body: unknown;
  readonly time: string;
}

/** The push side of a WebORCA that does what a test wants: hang, refuse, close with a code, tell what was missed. */
export class PushEnvironment {
  readonly name: string;
  /** Everything it has pushed, subscribers or not; what pusheventgetv2 tells. */
  readonly published: Published[] = [];
  /** Status for handshakes; null: taken. */
  refuses: number | null = null;
  /** Handshakes are not answered. */
  isSilent = false;
  /** Nothing is read any more from those who are there, pings neither. */
  isHung = false;
  offersList = true;
  receptions: unknown[] = [];
  handshakes = 0;
  readonly sockets = new Map<WebSocket, { request: IncomingMessage; subscriptions: Subscribed[] }>();
  readonly #tcp = new Set<Socket>();
  readonly #server: Server;
  readonly #scheme: 'http' | 'https';
  readonly #ws = new WebSocketServer({ noServer: true, autoPong: false });
  #port = 0;

  private constructor(name: string, tls: ServerOptions | null) {
    this.name = name;
    this.#scheme = tls === null ? 'http' : 'https';
    const answer: RequestListener = (request, response) => {
      void this.#answer(request).then(([status, text]) => response.writeHead(status, JSON_TYPE).end(text));
    };
    this.#server = tls === null ? createServer(answer) : createTlsServer(tls, answer);
    this.#server.on('connection', (socket) => {
      this.#tcp.add(socket);
      socket.on('close', () => this.#tcp.delete(socket));
      socket.on('error', () => undefined);
    });
    this.#server.on('upgrade', (request, socket: Socket, head) => this.#upgrade(request, socket, head));
  }

  static async start(name: string, tls: ServerOptions | null = null): Promise<PushEnvironment> {
    const made = new PushEnvironment(name, tls);
    await made.listen();
    return made;
  }

  get url(): URL {
    return new URL(`${this.#scheme}://127.0.0.1:${this.#port}`);
  }

  get subscriptions(): Subscribed[] {
    return [...this.sockets.values()].flatMap(({ subscriptions }) => subscriptions);
  }

  /** Begins to listen, again on the same port. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** As killed: nothing listens, all connections are reset. */
  async kill(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#tcp) socket.resetAndDestroy();
    await closed;
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.kill();
  }

  publish(body: unknown, more: { event?: string; session?: string; group?: string; uuid?: string } = {}): Published {
    const { event = 'patient_accept', session, group, uuid = randomUUID() } = more;
    const time = `${new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 19)}+0900`;
    const published = { uuid, id: (this.published.length % 65535) + 1, event, user: 'ormaster', body, time };
    this.published.push(published);
    this.send(published, { session, group });
    return published;
  }

  send(data: Published, { session, group }: { session?: string | undefined; group?: string | undefined } = {}): void {
    for (const [socket, { subscriptions }] of this.sockets) {
      for (const one of subscriptions) {
        if (one.event !== '*' && one.event !== data.event) continue;
        const isMeant =
          session === undefined && group === undefined
            ? one.session === undefined && one.group === undefined
            : (session !== undefined && one.session === session) || (group !== undefined && one.group === group);
        if (isMeant) socket.send(JSON.stringify({ command: 'event', 'sub.id': one.subId, data }));
      }
    }
  }

  /** Closes every subscriber with a code; 1006: without a closing handshake. */
  drop(code = 1006): void {
    for (const socket of this.sockets.keys()) {
      if (code === 1006) socket.terminate();
      else socket.close(code);
    }
  }

  async untilSubscribed(count = 1): Promise<void> {
    await eventually(() => {
      const { length } = this.subscriptions;
      if (length !== count) throw new Error(`${this.name} has ${length} subscriptions, not ${count}`);
    });
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.handshakes += 1;
    if (this.isSilent) return;
    if (this.refuses !== null) {
      socket.end(`HTTP/1.1 ${this.refuses} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    this.#ws.handleUpgrade(request, socket, head, (ws) => {
      const entry = { request, subscriptions: [] as Subscribed[] };
      this.sockets.set(ws, entry);
      ws.on('close', () => this.sockets.delete(ws));
      ws.on('error', () => undefined);
      ws.on('ping', (data) => {
        if (!this.isHung) ws.pong(data);
      });
      ws.on('message', (message) => {
        if (this.isHung) return;
        const asked: unknown = JSON.parse(textOf(message));
        const field = (name: string): string | undefined => {
          const value: unknown = Reflect.get(asked as object, name);
          return typeof value === 'string' ? value : undefined;
        };
        const subId = randomUUID();
        const { authorization } = request.headers;
        const [event = '', session, group] = [field('event'), field('session_id'), field('group_id')];
        entry.subscriptions.push({ subId, event, session, group, authorization });
        ws.send(JSON.stringify({ command: 'subscribed', 'req.id': field('req.id'), 'sub.id': subId }));
      });
    });
  }

  async #answer(request: IncomingMessage): Promise<[number, string]> {
    const body = Buffer.concat(await request.toArray()).toString();
    if (request.url?.includes('/acceptlstv2')) {
      const [Api_Result, Information_Date] = [this.receptions.length > 0 ? '00' : '21', '2026-04-13'];
      return [
        200,
        JSON.stringify({
          acceptlstres: {
            Information_Date,
            Api_Result,
            Acceptance_Date: Information_Date,
            Acceptlst_Information: this.receptions,
          },
        }),
      ];
    }
    if (!this.offersList || !request.url?.includes('/pusheventgetv2')) return [404, '{"Code":404}'];
    const asked: { pusheventgetv2req?: { start_time?: string } } = JSON.parse(body);
    const from = asked.pusheventgetv2req?.start_time ?? '';
    const told = this.published.filter(({ time }) => time.replace('T', ' ').slice(0, 16) >= from);
    if (told.length === 0) return [200, '[{"error":{"code":"0007","message":"none"}}]'];
    return [200, JSON.stringify(told.map((data) => ({ data })))];
  }
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** A text frame's text. */
export function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString() : '';
}

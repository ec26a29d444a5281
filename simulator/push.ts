import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import type { Happening } from './api/call.ts';
import { addDays, localTime } from './clock.ts';
import type { Clinic } from './clinic/open.ts';
import type { Flavour } from './options.ts';

/** The number of a push starts anew behind this one; only the uuid tells pushes apart. */
const LARGEST_ID = 65_535;
const KEPT_DAYS = 7;

/** What subscribers get, and what the cloud's pusheventgetv2 lists. */
export interface PushEvent {
  readonly uuid: string;
  readonly id: number;
  readonly event: string;
  readonly user: string;
  readonly body: unknown;
  /** Local time with a zone without colon. */
  readonly time: string;
}
/** An event for one session or one group reaches only those who subscribed with its name. */
export interface Address {
  readonly session?: string;
  readonly group?: string;
}
interface Subscription extends Address {
  readonly id: string;
  readonly event: string;
}

const command = z.looseObject({
  command: z.string(),
  'req.id': z.string().optional(),
  'sub.id': z.string().optional(),
  event: z.string().optional(),
  session_id: z.string().optional(),
  group_id: z.string().optional(),
});
type Command = z.infer<typeof command>;

/** WebORCA's push: subscriptions per socket, nothing is sent again to those who were away. */
export class Pusher {
  readonly #clinic: Clinic;
  readonly #now: () => Date;
  readonly #sockets = new Map<WebSocket, Subscription[]>();
  #lastId: number;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });

  constructor(clinic: Clinic, now: () => Date) {
    this.#clinic = clinic;
    this.#now = now;
    const latest = clinic.db.prepare<[], { id: number }>(`select id from monpushevent order by seq desc limit 1`).get();
    this.#lastId = latest?.id ?? 0;
  }

  get subscribers(): number {
    return this.#sockets.size;
  }

  /** As if so many pushes had been sent already; for rehearsing what happens behind 65535. */
  startAt(lastId: number): void {
    this.#lastId = lastId;
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (client) => {
      this.#sockets.set(client, []);
      client.on('close', () => this.#sockets.delete(client));
      client.on('error', () => client.terminate());
      client.on('message', (message) => this.#obey(client, text(message)));
    });
  }

  /** Keeps the event and sends it to everybody who subscribed to it. */
  publish({ event, body }: Happening, user: string, address: Address = {}): PushEvent {
    const at = localTime(this.#now());
    const id = this.#lastId >= LARGEST_ID ? 1 : this.#lastId + 1;
    this.#lastId = id;
    const published = { uuid: randomUUID(), id, event, user, body, time: `${at.date}T${at.time}+0900` };
    this.#clinic.transact(() => {
      const { db } = this.#clinic;
      db.prepare(`delete from monpushevent where pushed_at < ?`).run(`${addDays(at.date, -KEPT_DAYS)} ${at.time}`);
      db.prepare(`insert into monpushevent (uuid, id, event, user_, pushed_at, data) values (?, ?, ?, ?, ?, ?)`).run(
        published.uuid,
        id,
        event,
        user,
        `${at.date} ${at.time}`,
        JSON.stringify(published),
      );
    });
    for (const [client, subscriptions] of this.#sockets) {
      for (const each of subscriptions) {
        if (isMeant(each, event, address)) send(client, { command: 'event', 'sub.id': each.id, data: published });
      }
    }
    return published;
  }

  /** Cuts every subscriber off without a closing handshake: they see 1006. */
  drop(): void {
    for (const client of this.#sockets.keys()) client.terminate();
  }

  #obey(client: WebSocket, message: string): void {
    const asked = parsed(message);
    if (asked === null) {
      send(client, { command: 'error', code: 'PARSE_ERROR', reason: 'not a command' });
      return;
    }
    const subscriptions = this.#sockets.get(client) ?? [];
    const named = { 'req.id': asked['req.id'], 'sub.id': asked['sub.id'] };
    if (asked.command === 'subscribe' && asked.event !== undefined) {
      const subscription = { id: randomUUID(), event: asked.event, ...addressOf(asked) };
      subscriptions.push(subscription);
      send(client, { command: 'subscribed', 'req.id': asked['req.id'], 'sub.id': subscription.id });
      return;
    }
    if (asked.command === 'unsubscribe') {
      const index = subscriptions.findIndex((each) => each.id === asked['sub.id']);
      if (index < 0) {
        send(client, {
          command: 'error',
          for: 'unsubscribe',
          ...named,
          code: 'NO_SUCH_SUBSCRIPTION',
          reason: 'unknown sub.id',
        });
        return;
      }
      subscriptions.splice(index, 1);
      send(client, { command: 'unsubscribed', ...named });
      return;
    }
    send(client, {
      command: 'error',
      for: asked.command,
      ...named,
      code: 'INVALID_PARAMS',
      reason: 'unknown or incomplete',
    });
  }
}

function addressOf(asked: Command): Address {
  return {
    ...(asked.session_id === undefined ? {} : { session: asked.session_id }),
    ...(asked.group_id === undefined ? {} : { group: asked.group_id }),
  };
}

function isMeant(subscription: Subscription, event: string, { session, group }: Address): boolean {
  if (subscription.event !== '*' && subscription.event !== event) return false;
  if (session === undefined && group === undefined)
    return subscription.session === undefined && subscription.group === undefined;
  return (
    (session !== undefined && subscription.session === session) || (group !== undefined && subscription.group === group)
  );
}

function parsed(message: string): Command | null {
  try {
    const found = command.safeParse(JSON.parse(message));
    return found.success ? found.data : null;
  } catch {
    // Not JSON; the client is told so.
    return null;
  }
}

function text(message: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(message)) return Buffer.concat(message).toString('utf8');
  return Buffer.isBuffer(message) ? message.toString('utf8') : Buffer.from(message).toString('utf8');
}

function send(client: WebSocket, message: object): void {
  if (client.readyState === client.OPEN) client.send(JSON.stringify(message));
}

/** May this client subscribe? On premises the tenant header is asked for and nothing else; elsewhere it is the operator. */
export function pushRefusal(
  flavour: Flavour,
  request: IncomingMessage,
  operator: string | null,
): 400 | 401 | 404 | null {
  const path = (request.url ?? '').split('?', 1)[0];
  if (path !== '/ws') return 404;
  if (flavour !== 'onprem') return operator === null ? 401 : null;
  return request.headers['x-ginbee-tenant-id'] === '1' ? null : 400;
}

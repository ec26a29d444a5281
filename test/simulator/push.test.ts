import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Simulator } from '../../simulator/server.ts';
import { CREDENTIALS, post, raw, simulator, stopAll } from './client.ts';

const TENANT = { 'x-ginbee-tenant-id': '1' };
const RECEPTION = { Request_Number: '01', Patient_ID: '3', Department_Code: '01', Physician_Code: '10001' };

/** A subscriber that hands on what it gets, one message at a time. */
class Subscriber {
  readonly socket: WebSocket;
  readonly #waiting: ((message: Record<string, unknown>) => void)[] = [];
  readonly #got: Record<string, unknown>[] = [];

  constructor(url: string, headers: Record<string, string> = TENANT) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data: Buffer) => {
      const message: Record<string, unknown> = JSON.parse(data.toString());
      const next = this.#waiting.shift();
      if (next) next(message);
      else this.#got.push(message);
    });
  }

  async open(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  async ask(message: object | string): Promise<Record<string, unknown>> {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    return this.next();
  }

  async next(): Promise<Record<string, unknown>> {
    const ready = this.#got.shift();
    if (ready) return ready;
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }
}

async function subscriber(orca: Simulator): Promise<Subscriber> {
  return new Subscriber(`${orca.url.replace('http', 'ws')}/ws`).open();
}

const data = (message: Record<string, unknown>, name: string): unknown => Reflect.get(Object(message['data']), name);

const handshake = (more: string): string =>
  `GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;

const missed = async (orca: Simulator, record: object): Promise<unknown> => {
  const response = await fetch(`${orca.url}/api/api01rv2/pusheventgetv2?format=json`, {
    method: 'POST',
    headers: { authorization: CREDENTIALS },
    body: JSON.stringify({ pusheventgetv2req: record }),
  });
  return response.status === 200 ? response.json() : response.status;
};

const errorCode = (answer: unknown): unknown =>
  Reflect.get(Object(Reflect.get(Object(Object(answer)[0]), 'error')), 'code');

describe('push', () => {
  afterEach(stopAll);

  it('tells subscribers of an event what an API write caused, and no others', async () => {
    const orca = await simulator();
    const all = await subscriber(orca);
    const subscribed = await all.ask({ command: 'subscribe', 'req.id': 'r1', event: '*' });
    equal(subscribed['command'], 'subscribed');
    equal(subscribed['req.id'], 'r1');
    const accounts = await subscriber(orca);
    await accounts.ask({ command: 'subscribe', 'req.id': 'r1', event: 'patient_account' });
    await post(orca, '/orca11/acceptmodv2', 'acceptreq', RECEPTION);
    const told = await all.next();
    equal(told['command'], 'event');
    equal(told['sub.id'], subscribed['sub.id']);
    equal(data(told, 'event'), 'patient_accept');
    equal(data(told, 'user'), 'ormaster');
    equal(data(told, 'time'), '2026-04-13T09:30:00+0900');
    match(String(data(told, 'uuid')), /^[0-9a-f-]{36}$/);
    equal(Reflect.get(Object(data(told, 'body')), 'Patient_Mode'), 'add');
    equal(Reflect.get(Object(data(told, 'body')), 'Patient_ID'), '00003');
    orca.pusher.publish({ event: 'patient_account', body: {} }, '__nobody');
    equal(data(await accounts.next(), 'event'), 'patient_account');
  });

  it('a refused write tells nobody anything', async () => {
    const orca = await simulator();
    const all = await subscriber(orca);
    await all.ask({ command: 'subscribe', event: '*' });
    await post(orca, '/orca11/acceptmodv2', 'acceptreq', { ...RECEPTION, Patient_ID: '99999' });
    orca.pusher.publish({ event: 'marker', body: {} }, '__nobody');
    equal(data(await all.next(), 'event'), 'marker');
  });

  it('the number starts anew behind 65535, the uuid never repeats', async () => {
    const orca = await simulator();
    const all = await subscriber(orca);
    await all.ask({ command: 'subscribe', event: '*' });
    orca.pusher.startAt(65_534);
    const before = orca.pusher.publish({ event: 'a', body: {} }, 'x');
    const after = orca.pusher.publish({ event: 'a', body: {} }, 'x');
    deepEqual([before.id, after.id], [65_535, 1]);
    notEqual(before.uuid, after.uuid);
  });

  it('nothing is sent again to somebody who was away', async () => {
    const orca = await simulator();
    orca.pusher.publish({ event: 'missed', body: {} }, 'x');
    const late = await subscriber(orca);
    await late.ask({ command: 'subscribe', event: '*' });
    orca.pusher.publish({ event: 'seen', body: {} }, 'x');
    equal(data(await late.next(), 'event'), 'seen');
  });

  it('a socket has several subscriptions, and ends them one by one', async () => {
    const orca = await simulator();
    const client = await subscriber(orca);
    const first = await client.ask({ command: 'subscribe', 'req.id': '1', event: 'a' });
    await client.ask({ command: 'subscribe', 'req.id': '2', event: '*' });
    orca.pusher.publish({ event: 'a', body: {} }, 'x');
    notEqual((await client.next())['sub.id'], (await client.next())['sub.id']);
    const ended = await client.ask({ command: 'unsubscribe', 'req.id': '3', 'sub.id': first['sub.id'] });
    equal(ended['command'], 'unsubscribed');
    const unknown = await client.ask({ command: 'unsubscribe', 'req.id': '4', 'sub.id': first['sub.id'] });
    equal(unknown['code'], 'NO_SUCH_SUBSCRIPTION');
    equal((await client.ask('{'))['code'], 'PARSE_ERROR');
    equal((await client.ask({ command: 'dance' }))['code'], 'INVALID_PARAMS');
  });

  it('what is addressed to one session reaches that session only', async () => {
    const orca = await simulator();
    const mine = await subscriber(orca);
    await mine.ask({ command: 'subscribe', event: '*', session_id: 's1' });
    const other = await subscriber(orca);
    await other.ask({ command: 'subscribe', event: '*', session_id: 's2' });
    orca.pusher.publish({ event: 'client_data_ready', body: {} }, 'x', { session: 's1' });
    orca.pusher.publish({ event: 'client_data_ready', body: { second: 'yes' } }, 'x', { session: 's2' });
    deepEqual(data(await mine.next(), 'body'), {});
    deepEqual(data(await other.next(), 'body'), { second: 'yes' });
  });

  it('on premises asks for the tenant header and no password, in the cloud for the operator', async () => {
    const onprem = await simulator();
    match(await raw(onprem.port, handshake('')), /^HTTP\/1\.1 400 /);
    match(await raw(onprem.port, handshake('X-GINBEE-TENANT-ID: 1\r\n'), /\r\n\r\n/), /^HTTP\/1\.1 101 /);
    const cloud = await simulator({ flavour: 'cloud' });
    match(
      await raw(cloud.port, handshake('X-GINBEE-TENANT-ID: 1\r\n')),
      /^HTTP\/1\.1 401 [^]*Www-Authenticate: basic realm=Restricted/,
    );
    match(await raw(cloud.port, handshake(`Authorization: ${CREDENTIALS}\r\n`), /\r\n\r\n/), /^HTTP\/1\.1 101 /);
  });

  it('an upgrade to anything else is served as plain HTTP', async () => {
    const orca = await simulator();
    const answer = await raw(
      orca.port,
      `GET /api/api01rv2/patientgetv2?id=1 HTTP/1.1\r\nHost: x\r\nAuthorization: ${CREDENTIALS}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`,
      /<\/xmlio2>/,
    );
    match(answer, /^HTTP\/1\.1 200 /);
  });

  it('the old push server listens on a port of its own', async () => {
    const orca = await simulator({ pushListen: { port: 0 } });
    const client = await new Subscriber(`ws://127.0.0.1:${orca.pushPort}/ws`).open();
    await client.ask({ command: 'subscribe', event: '*' });
    orca.pusher.publish({ event: 'a', body: {} }, 'x');
    equal(data(await client.next(), 'event'), 'a');
  });

  it('can be cut off without a word', async () => {
    const orca = await simulator();
    const client = await subscriber(orca);
    const closed = once(client.socket, 'close');
    await fetch(`${orca.url}/simulator/push`, { method: 'DELETE' });
    equal((await closed)[0], 1006);
  });

  it('what was missed is told by pusheventgetv2, in the cloud only', async () => {
    const cloud = await simulator({ flavour: 'cloud' });
    equal(errorCode(await missed(cloud, { event: '*' })), '0007');
    const told = cloud.pusher.publish({ event: 'patient_accept', body: { Patient_ID: '00001' } }, 'ormaster');
    deepEqual(
      await missed(cloud, { event: 'patient_accept', start_time: '2026-04-13 09:00', end_time: '2026-04-13' }),
      [{ data: told }],
    );
    equal(errorCode(await missed(cloud, { start_time: '2026-04-14' })), '0007');
    equal(errorCode(await missed(cloud, { start_time: '2026-04-31' })), '0003');
    equal(errorCode(await missed(cloud, { end_time: '2026-04-13 9時' })), '0006');
    equal(errorCode(await missed(cloud, { start_time: '2026-04-14', end_time: '2026-04-13' })), '0008');
    equal(errorCode(await missed(cloud, { event: 'あ' })), '0001');
    equal(await missed(await simulator(), {}), 404);
  });
});

import assert from 'node:assert/strict';
import { eventually } from '../../state/eventually.ts';
import { removeFolders } from '../../state/folder.ts';
import { Partner } from './partner.ts';
import { endStages, stage } from './stage.ts';

describe('the push hub', () => {
  afterEach(endStages);
  after(removeFolders);

  it('answers a subscribe as WebORCA does, and passes events on under its own sub.id', async () => {
    const { url, at } = await stage();
    const partner = await Partner.connect(url);
    const subId = await partner.subscribe('patient_accept', {}, 'my-id');
    assert.deepEqual(partner.messages, [{ command: 'subscribed', 'req.id': 'my-id', 'sub.id': subId }]);
    const published = at.operational.publish({ Patient_ID: '00001' });
    await partner.until(1);
    assert.deepEqual(partner.messages.at(-1), { command: 'event', 'sub.id': subId, data: published });
  });

  it('passes on only what was subscribed to, and all of it for *', async () => {
    const { url, at } = await stage();
    const partner = await Partner.connect(url);
    const accepts = await partner.subscribe('patient_accept');
    const all = await partner.subscribe('*', {}, 'r2');
    at.operational.publish(1, { event: 'patient_memo' });
    at.operational.publish(2);
    await partner.until(3);
    assert.deepEqual(
      partner.of('event').map(({ 'sub.id': subId, data }) => [subId, Reflect.get(data as object, 'body')]),
      [
        [all, 1],
        [all, 2],
        [accepts, 2],
      ],
    );
  });

  it('stops at an unsubscribe, and refuses one of a subscription that is not there', async () => {
    const { url, at } = await stage();
    const partner = await Partner.connect(url);
    const one = await partner.subscribe();
    const two = await partner.subscribe('*', {}, 'r2');
    partner.say({ command: 'unsubscribe', 'req.id': 'u', 'sub.id': one });
    partner.say({ command: 'unsubscribe', 'req.id': 'u', 'sub.id': one });
    await eventually(() => assert.equal(partner.of('error').length, 1));
    assert.deepEqual(partner.of('unsubscribed'), [{ command: 'unsubscribed', 'req.id': 'u', 'sub.id': one }]);
    assert.equal(partner.of('error')[0]?.['code'], 'NO_SUCH_SUBSCRIPTION');
    at.operational.publish(1);
    await partner.until(1);
    assert.deepEqual(
      partner.of('event').map((event) => event['sub.id']),
      [two],
    );
  });

  it('shares one upstream connection among all who have the same credentials and no session', async () => {
    const { url, at } = await stage();
    const partners = await Promise.all(Array.from({ length: 20 }, () => Partner.connect(url)));
    await Promise.all(partners.map((partner) => partner.subscribe()));
    assert.equal(at.operational.subscriptions.length, 1);
    assert.equal(at.operational.subscriptions[0]?.authorization, `Basic ${btoa('operational-user:secret')}`);
    at.operational.publish(1);
    await Promise.all(partners.map((partner) => partner.until(1)));
  });

  it('keeps apart what is addressed to one session or group', async () => {
    const { url, at } = await stage();
    const [a, b, all] = await Promise.all([1, 2, 3].map(() => Partner.connect(url)));
    await a!.subscribe('*', { session_id: 'A' });
    await b!.subscribe('*', { session_id: 'B' });
    await b!.subscribe('*', { group_id: 'G' }, 'r2');
    await all!.subscribe();
    assert.equal(at.operational.subscriptions.length, 4);
    at.operational.publish('for A', { session: 'A' });
    at.operational.publish('for G', { group: 'G' });
    at.operational.publish('for all');
    await Promise.all([a!.until(1), b!.until(1), all!.until(1)]);
    assert.deepEqual([a!.bodies, b!.bodies, all!.bodies], [['for A'], ['for G'], ['for all']]);
  });

  it('subscribes with a partner’s own credentials, and shares that connection with nobody else', async () => {
    const own = { user: 'till', password: 'till-secret' };
    const { url, at } = await stage({
      partners: [
        { name: 'emr', basic: { user: 'emr', password: 'emr-password' } },
        { name: 'till', basic: { user: 'till', password: 'x' }, credentials: { operational: own } },
        { name: 'desk', address: '127.0.0.1', credentials: 'passthrough' },
      ],
    });
    const emr = await Partner.connect(url);
    const till = await Partner.connect(url, { user: { user: 'till', password: 'x' } });
    const desk = await Partner.connect(url, { user: { user: 'operator', password: 'theirs' } });
    const other = await Partner.connect(url, { user: { user: 'operator', password: 'guessed' } });
    for (const each of [emr, till, desk, other]) await each.subscribe();
    assert.deepEqual(at.operational.subscriptions.map(({ authorization }) => atob(authorization!.slice(6))).sort(), [
      'operational-user:secret',
      'operator:guessed',
      'operator:theirs',
      'till:till-secret',
    ]);
  });

  it('delivers an event once, however often the environment sends it', async () => {
    const { url, at, metric } = await stage();
    const partner = await Partner.connect(url);
    await partner.subscribe();
    const first = at.operational.publish(1);
    at.operational.send(first);
    at.operational.publish(2);
    await partner.until(2);
    assert.deepEqual(partner.bodies, [1, 2]);
    assert.equal(await metric('hybrid_gateway_push_duplicates_total', { environment: 'operational' }), 1);
  });

  it('refuses what is no command, and keeps the socket', async () => {
    const { url } = await stage();
    const partner = await Partner.connect(url);
    partner.socket.send('{');
    partner.socket.send(Buffer.from('{"command":"subscribe","event":"*"}'));
    partner.say({ command: 'subscribe', 'req.id': 'a' });
    partner.say({ command: 'dance', 'req.id': 'b' });
    await eventually(() => assert.equal(partner.of('error').length, 4));
    assert.deepEqual(
      partner.of('error').map((error) => [error['code'], error['for'], error['req.id']]),
      [
        ['PARSE_ERROR', undefined, undefined],
        ['PARSE_ERROR', undefined, undefined],
        ['INVALID_PARAMS', 'subscribe', 'a'],
        ['INVALID_PARAMS', 'dance', 'b'],
      ],
    );
    await partner.subscribe();
  });

  it('closes a partner that sends too large a frame, and bounds subscriptions and sessions', async () => {
    const { url } = await stage({ limits: { frameBytes: 1000, subscriptions: 2, addresses: 1 } });
    const partner = await Partner.connect(url);
    await partner.subscribe('*', { session_id: 'A' });
    partner.say({ command: 'subscribe', 'req.id': 's', event: '*', session_id: 'B' });
    await eventually(() => assert.equal(partner.of('error').at(-1)?.['reason'], 'too many sessions'));
    await partner.subscribe('*', { session_id: 'A' }, 'r2');
    partner.say({ command: 'subscribe', 'req.id': 't', event: '*', session_id: 'A' });
    await eventually(() => assert.equal(partner.of('error').at(-1)?.['reason'], 'too many subscriptions'));
    partner.socket.send('x'.repeat(1001));
    assert.equal((await partner.untilClosed()).code, 1009);
  });

  it('says the mode in its handshake, and takes an empty list of sub-protocols', async () => {
    const { url } = await stage();
    const headers: Record<string, unknown> = {};
    const partner = await Partner.connect(url, {
      finishRequest(request) {
        request.setHeader('Sec-WebSocket-Protocol', '');
        request.on('upgrade', (response) => Object.assign(headers, response.headers));
        request.end();
      },
    });
    await partner.subscribe();
    assert.equal(headers['x-hybridmode'], 'normal');
    assert.equal(headers['x-request-id'], 'test-1');
    assert.equal(headers['sec-websocket-protocol'], undefined);
  });

  it('pins a form to the environment that made it', async () => {
    const { url, at, pins } = await stage();
    const partner = await Partner.connect(url);
    await partner.subscribe();
    at.operational.publish({ Data_Id: 'd-1', Orca_Uid: 'u' }, { event: 'print002' });
    await partner.until(1);
    assert.equal(pins.issuer('Data_Id', 'd-1'), 'operational');
  });

  it('counts and lists its subscribers', async () => {
    const { url, hub, metric, at } = await stage();
    const partner = await Partner.connect(url);
    await partner.subscribe('patient_accept', { session_id: 'secret' });
    at.operational.publish(1, { session: 'secret' });
    await partner.until(1);
    const [subscriber] = hub.status().subscribers;
    assert.equal(subscriber?.partner, 'emr');
    assert.equal(subscriber.delivered, 1);
    assert.deepEqual(subscriber.subscriptions, [
      { event: 'patient_accept', addressed: 'session', isCatchingUp: false },
    ]);
    assert.ok(Date.parse(subscriber.lastSeenAt) >= Date.parse(subscriber.connectedAt));
    assert.deepEqual(
      hub.status().upstreams.map(({ environment, state, subscriptions }) => ({ environment, state, subscriptions })),
      [{ environment: 'operational', state: 'live', subscriptions: 1 }],
    );
    assert.equal(await metric('hybrid_gateway_push_subscribers', { partner: 'emr' }), 1);
    assert.equal(await metric('hybrid_gateway_push_upstreams', { environment: 'operational', state: 'live' }), 1);
    assert.equal(await metric('hybrid_gateway_push_events_delivered_total', { partner: 'emr' }), 1);
    await partner.leave();
    await eventually(() => assert.equal(hub.status().subscribers.length, 0));
  });

  it('tells partners with 1001 that it is going away', async () => {
    const { url, stop } = await stage();
    const partner = await Partner.connect(url);
    await partner.subscribe();
    await stop();
    assert.equal((await partner.untilClosed()).code, 1001);
  });
});

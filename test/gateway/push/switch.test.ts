import assert from 'node:assert/strict';
import { eventually } from '../../state/eventually.ts';
import { removeFolders } from '../../state/folder.ts';
import { EMR } from '../../support/gateway.ts';
import { Partner } from './partner.ts';
import { endStages, stage } from './stage.ts';

describe('push at a switch', () => {
  afterEach(endStages);
  after(removeFolders);

  it('brings the events of the new environment over the same socket and under the same sub.id', async () => {
    const { url, at, switchTo } = await stage();
    const partner = await Partner.connect(url);
    const subId = await partner.subscribe();
    at.operational.publish('before');
    await partner.until(1);
    await switchTo('emergency');
    at.localEmergency.publish('after');
    await partner.until(2);
    assert.deepEqual(partner.bodies, ['before', 'after']);
    assert.ok(partner.of('event').every((event) => event['sub.id'] === subId));
    assert.equal(partner.closed, null);
  });

  it('subscribes at the new environment before it lets go of the old one', async () => {
    const { url, at, hub, flip } = await stage();
    const partner = await Partner.connect(url);
    await partner.subscribe();
    await hub.prepare('localEmergency');
    assert.equal(at.localEmergency.subscriptions.length, 1);
    assert.equal(at.operational.subscriptions.length, 1);
    flip('emergency');
    assert.equal(at.operational.subscriptions.length, 1);
    await at.operational.untilSubscribed(0);
    assert.equal(at.localEmergency.subscriptions.length, 1);
  });

  it('delivers no event of the old environment from the flip on', async () => {
    const { url, at, hub, flip } = await stage();
    const partner = await Partner.connect(url);
    await partner.subscribe();
    await hub.prepare('localEmergency');
    flip('emergency');
    at.operational.publish('too late');
    at.localEmergency.publish('new');
    await partner.until(1);
    assert.deepEqual(partner.bodies, ['new']);
  });

  it('keeps to itself what the new environment emitted before the flip', async () => {
    const { url, at, hub, flip, metric } = await stage();
    const partner = await Partner.connect(url);
    await partner.subscribe();
    await hub.prepare('localEmergency');
    at.localEmergency.publish('a copy of the diff');
    await eventually(async () =>
      assert.equal(await metric('hybrid_gateway_push_events_received_total', { environment: 'localEmergency' }), 1),
    );
    flip('emergency');
    at.localEmergency.publish('new');
    await partner.until(1);
    assert.deepEqual(partner.bodies, ['new']);
    const body = Buffer.from('{"pusheventgetv2req":{}}');
    const listed = await hub.answerPushEvents('localEmergency', hub.status() && EMR_PARTNER, null, body);
    assert.match(listed ?? '', /a copy of the diff/);
  });

  it('sends what had come before the flip before it', async () => {
    const { url, at, flip } = await stage({ limits: { sendsPerTurn: 1 } });
    const partners = await Promise.all(Array.from({ length: 30 }, () => Partner.connect(url)));
    await Promise.all(partners.map((partner) => partner.subscribe()));
    at.operational.publish(1);
    at.operational.publish(2);
    await partners[0]!.until(1);
    flip('emergency');
    await Promise.all(partners.map((partner) => eventually(() => assert.ok(partner.bodies.length >= 1))));
  });

  it('gives up what it prepared where no switch follows', async () => {
    const { url, at, hub } = await stage({ timing: { preparedMs: 50 } });
    const partner = await Partner.connect(url);
    await partner.subscribe();
    await hub.prepare('localEmergency');
    assert.equal(at.localEmergency.subscriptions.length, 1);
    await at.localEmergency.untilSubscribed(0);
    assert.equal(at.operational.subscriptions.length, 1);
  });

  it('does not keep a switch waiting for an environment that does not answer', async () => {
    const { url, at, hub, flip } = await stage({ timing: { prepareMs: 100 } });
    at.localEmergency.isSilent = true;
    const partner = await Partner.connect(url);
    await partner.subscribe();
    const begun = performance.now();
    await hub.prepare('localEmergency');
    flip('emergency');
    assert.ok(performance.now() - begun < 1000);
    at.operational.publish('old');
    at.localEmergency.isSilent = false;
    await at.localEmergency.untilSubscribed(1);
    await eventually(
      () => assert.equal(hub.status().upstreams.find((each) => each.state === 'live')?.environment, 'localEmergency'),
      10_000,
    );
    at.localEmergency.publish('new');
    await partner.until(1);
    assert.deepEqual(partner.bodies, ['new']);
  }).timeout(15_000);

  it('finds what the new environment emitted between the flip and its subscription', async () => {
    const { url, at, flip } = await stage();
    const partner = await Partner.connect(url);
    await partner.subscribe();
    at.cloudEmergency.refuses = 503;
    flip('emergency', 'cloudEmergency');
    at.cloudEmergency.publish('missed');
    at.cloudEmergency.refuses = null;
    await partner.until(1);
    at.cloudEmergency.publish('live');
    await partner.until(2);
    assert.deepEqual(partner.bodies, ['missed', 'live']);
  });

  it('stays where it is where the environment stays: emergency to recovery', async () => {
    const { url, at, switchTo } = await stage({ mode: 'emergency' });
    const partner = await Partner.connect(url);
    await partner.subscribe();
    await switchTo('recovery');
    at.localEmergency.publish(1);
    await partner.until(1);
    assert.equal(at.localEmergency.handshakes, 1);
    assert.equal(at.operational.handshakes, 0);
  });

  it('follows partners’ reads in recovery, where the config sends them to the operational environment', async () => {
    const { url, at, switchTo, hub } = await stage({ mode: 'emergency', recovery: 'operational' });
    const partner = await Partner.connect(url);
    await partner.subscribe();
    await hub.prepare('operational');
    await switchTo('recovery');
    at.localEmergency.publish('old');
    at.operational.publish('new');
    await partner.until(1);
    assert.deepEqual(partner.bodies, ['new']);
  });

  it('closes with 1012 the partners that ask for it, and terminals', async () => {
    const { url, switchTo } = await stage({
      partners: [
        { name: 'holds', basic: EMR },
        { name: 'closes', basic: { user: 'closes', password: 'x' }, push: 'close' },
        { name: 'terminal', basic: { user: 'terminal', password: 'x' }, kind: 'terminal' },
      ],
    });
    const holds = await Partner.connect(url);
    const closes = await Partner.connect(url, { user: { user: 'closes', password: 'x' } });
    const terminal = await Partner.connect(url, { user: { user: 'terminal', password: 'x' } });
    for (const each of [holds, closes, terminal]) await each.subscribe();
    await switchTo('emergency');
    assert.equal((await closes.untilClosed()).code, 1012);
    assert.equal((await terminal.untilClosed()).code, 1012);
    assert.equal(holds.closed, null);
  });

  it('takes two sessions across, each to its own', async () => {
    const { url, at, switchTo } = await stage();
    const [a, b] = await Promise.all([Partner.connect(url), Partner.connect(url)]);
    await a.subscribe('*', { session_id: 'A' });
    await b.subscribe('*', { session_id: 'B' });
    await switchTo('emergency');
    at.localEmergency.publish('for A', { session: 'A' });
    at.localEmergency.publish('for B', { session: 'B' });
    at.localEmergency.publish('for nobody', { session: 'C' });
    await Promise.all([a.until(1), b.until(1)]);
    assert.deepEqual([a.bodies, b.bodies], [['for A'], ['for B']]);
  });

  it('announces the receptions of the new environment to partners that ask for it', async () => {
    const { url, at, switchTo } = await stage({
      partners: [
        { name: 'emr', basic: EMR, announceReceptions: true },
        { name: 'other', basic: { user: 'other', password: 'x' } },
      ],
    });
    at.localEmergency.receptions = [
      {
        Acceptance_Time: '09:01:00',
        Acceptance_Id: '00001',
        Department_Code: '01',
        Physician_Code: '10001',
        Patient_Information: { Patient_ID: '00012', WholeName: '架空　花子' },
        HealthInsurance_Information: { Insurance_Combination_Number: '0001' },
      },
      { Acceptance_Time: '09:02:00', Acceptance_Id: '00002', Patient_Information: { WholeName: '番号　無し' } },
    ];
    const emr = await Partner.connect(url);
    await emr.subscribe('patient_accept');
    await emr.subscribe('patient_memo', {}, 'r2');
    const other = await Partner.connect(url, { user: { user: 'other', password: 'x' } });
    await other.subscribe();
    await switchTo('emergency');
    await emr.until(1);
    assert.deepEqual(emr.bodies, [
      {
        Patient_Mode: 'add',
        Patient_ID: '00012',
        Accept_Date: '2026-04-13',
        Accept_Time: '09:01:00',
        Accept_Id: '00001',
        Department_Code: '01',
        Physician_Code: '10001',
        Insurance_Combination_Number: '0001',
      },
    ]);
    at.localEmergency.publish('live');
    await other.until(1);
    assert.deepEqual(other.bodies, ['live']);
  });

  it('goes there and back ten times with events everywhere: each of the routed environment once, in order', async () => {
    const { url, at, switchTo, hub } = await stage();
    const partner = await Partner.connect(url);
    await partner.subscribe();
    const expected: { body: string; atMs: number }[] = [];
    const flipsMs: number[] = [];
    let routed: keyof typeof at = 'operational';
    let number = 0;
    const emit = setInterval(() => {
      number += 1;
      for (const [name, environment] of Object.entries(at)) environment.publish(`${name} ${number}`);
      expected.push({ body: `${routed} ${number}`, atMs: performance.now() });
    }, 2);
    const rest = (count: number) => partner.until(partner.bodies.length + count);
    try {
      for (let round = 0; round < 10; round += 1) {
        const target = round % 2 === 0 ? 'localEmergency' : 'cloudEmergency';
        await rest(5);
        await hub.prepare(target);
        await switchTo('emergency', target);
        routed = target;
        flipsMs.push(performance.now());
        await rest(5);
        await switchTo('recovery', target);
        await rest(5);
        await switchTo('normal');
        routed = 'operational';
        flipsMs.push(performance.now());
      }
      await rest(5);
    } finally {
      clearInterval(emit);
    }
    await eventually(() => assert.equal(partner.bodies.at(-1), expected.at(-1)!.body));
    assert.equal(partner.closed, null);
    assert.equal(new Set(partner.bodies).size, partner.bodies.length);
    const numbers = partner.bodies.map((body) => Number(String(body).split(' ')[1]));
    assert.deepEqual(
      numbers,
      [...numbers].sort((one, other) => one - other),
    );
    // What was on the wire at the very moment of a flip is too late for the old side, or early for the new one.
    const isAtFlip = (atMs: number): boolean => flipsMs.some((flipMs) => flipMs >= atMs && flipMs - atMs < 60);
    const strangers = numbers.filter((each, index) => {
      const { body, atMs } = expected[each - 1]!;
      return partner.bodies[index] !== body && !isAtFlip(atMs);
    });
    assert.deepEqual(strangers, []);
    const got = new Set(partner.bodies);
    const missed = expected.filter(({ body, atMs }) => !got.has(body) && !isAtFlip(atMs));
    assert.deepEqual(missed, []);
  });
});

const EMR_PARTNER = {
  name: 'emr',
  kind: 'api',
  basic: EMR,
  token: null,
  certificate: null,
  address: null,
  credentials: 'replace',
  push: 'hold',
  announceReceptions: false,
  limits: { connections: 1, requestsPerSecond: 0 },
  refusals: 'http',
} as const;

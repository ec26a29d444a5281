import assert from 'node:assert/strict';
import { closeAll, gatewayTo } from '../clinic.ts';
import { eventually } from '../../state/eventually.ts';
import { EMR } from '../../support/gateway.ts';
import { PushEnvironment } from './environment.ts';
import { Partner } from './partner.ts';

const LISTING = JSON.stringify({ pusheventgetv2req: { event: 'patient_accept' } });
const AUTHORIZATION = `Basic ${btoa(`${EMR.user}:${EMR.password}`)}`;

describe('a gateway with push', () => {
  let local: PushEnvironment;
  let cloud: PushEnvironment;
  beforeEach(async () => {
    [cloud, local] = await Promise.all([PushEnvironment.start('operational'), PushEnvironment.start('localEmergency')]);
  });
  afterEach(async () => {
    await closeAll();
    await Promise.all([cloud.close(), local.close()]);
  });

  const start = (more: object = {}) =>
    gatewayTo({
      push: { listen: [{ partner: 'device' }] },
      target: 'localEmergency',
      partners: [{ name: 'emr', basic: EMR }, { name: 'device' }],
      environments: { operational: { url: cloud.url }, localEmergency: { url: local.url, kind: 'onprem' } },
      ...more,
    });

  for (const path of ['/ws', '/api/ws'])
    it(`holds the push sockets at ${path}`, async () => {
      const { port, gateway } = await start();
      const partner = await Partner.connect(`ws://127.0.0.1:${port}${path}`);
      await partner.subscribe();
      cloud.publish(1);
      await partner.until(1);
      assert.equal(gateway.push?.status().subscribers.length, 1);
    });

  it('refuses a push socket of nobody’s with 401', async () => {
    const { port } = await start();
    const user = { user: 'emr', password: 'wrong' };
    await assert.rejects(Partner.connect(`ws://127.0.0.1:${port}/ws`, { user }), /401/);
  });

  it('bounds a partner’s push sockets as all its connections', async () => {
    const { port } = await start({
      partners: [{ name: 'emr', basic: EMR, limits: { connections: 1, requestsPerSecond: 0 } }],
    });
    await Partner.connect(`ws://127.0.0.1:${port}/ws`);
    await assert.rejects(Partner.connect(`ws://127.0.0.1:${port}/ws`), /503|429/);
  });

  it('counts no push socket as a write', async () => {
    const { port, switchTo, store } = await start();
    switchTo('emergency');
    const partner = await Partner.connect(`ws://127.0.0.1:${port}/ws`);
    await partner.subscribe();
    assert.deepEqual(store.current.wrote, []);
  });

  it('serves the old push port to a partner that is known by it, and nothing else there', async () => {
    const { ports } = await start();
    const url = `ws://127.0.0.1:${ports.at(-1)}`;
    const device = await Partner.connect(`${url}/ws`, { headers: { 'X-GINBEE-TENANT-ID': '1' } });
    await device.subscribe();
    cloud.publish(1);
    await device.until(1);
    const answer = await fetch(`${url.replace('ws', 'http')}/api/api01rv2/patientgetv2?id=1`);
    assert.equal(answer.status, 404);
    assert.equal(answer.headers.get('x-hybridmode'), 'normal');
    await assert.rejects(Partner.connect(`${url}/stream`), /404/);
  });

  it('answers pusheventgetv2 itself in an environment that does not offer it', async () => {
    const { port, switchTo, gateway } = await start();
    switchTo('emergency');
    const partner = await Partner.connect(`ws://127.0.0.1:${port}/ws`);
    await partner.subscribe();
    const one = local.publish({ Patient_ID: '1' });
    local.publish({ Patient_ID: '2' }, { event: 'patient_memo' });
    await partner.until(2);
    const answer = await fetch(`http://127.0.0.1:${port}/api01rv2/pusheventgetv2`, {
      method: 'POST',
      headers: { authorization: AUTHORIZATION, 'content-type': 'application/json' },
      body: LISTING,
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('x-hybridmode'), 'emergency-fa');
    assert.deepEqual(await answer.json(), [{ data: one }]);
    assert.ok(gateway.push !== null);
  });

  it('passes pusheventgetv2 on where the environment offers it', async () => {
    const { port } = await start();
    const one = cloud.publish({ Patient_ID: '1' });
    const answer = await fetch(`http://127.0.0.1:${port}/api/api01rv2/pusheventgetv2`, {
      method: 'POST',
      headers: { authorization: AUTHORIZATION, 'content-type': 'application/json' },
      body: LISTING,
    });
    assert.deepEqual(await answer.json(), [{ data: one }]);
    assert.equal(answer.headers.get('x-hybridmode'), 'normal');
  });

  it('flips with the mode, and lets go of the environment that partners left', async () => {
    const { port, switchTo, gateway } = await start();
    const partner = await Partner.connect(`ws://127.0.0.1:${port}/ws`);
    await partner.subscribe();
    await gateway.switching.drain(
      { mode: 'normal', target: 'localEmergency' },
      { mode: 'emergency', target: 'localEmergency' },
      100,
    );
    assert.equal(local.subscriptions.length, 1);
    switchTo('emergency');
    local.publish('new');
    await partner.until(1);
    await cloud.untilSubscribed(0);
    assert.deepEqual(partner.bodies, ['new']);
  });

  it('closes its push sockets with 1001 when it stops', async () => {
    const { port, close } = await start();
    const partner = await Partner.connect(`ws://127.0.0.1:${port}/ws`);
    await partner.subscribe();
    await close();
    await eventually(() => assert.equal(partner.closed?.code, 1001));
  });
});

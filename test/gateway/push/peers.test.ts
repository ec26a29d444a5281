import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:net';
import { eventually } from '../../state/eventually.ts';
import { removeFolders } from '../../state/folder.ts';
import { EMR } from '../../support/gateway.ts';
import { Partner } from './partner.ts';
import { endStages, stage } from './stage.ts';

describe('a push socket', () => {
  afterEach(endStages);
  after(removeFolders);

  it('stays open for a client that never sends a ping', async () => {
    const { url, at } = await stage({ timing: { pingMs: 20 } });
    const partner = await Partner.connect(url);
    await partner.subscribe();
    await eventually(() => assert.ok(partner.pings >= 10));
    assert.equal(partner.closed, null);
    at.operational.publish(1);
    await partner.until(1);
  });

  // monsiaj asks every 10 s and gives up after 30 s without an answer; the same at a hundredth of the time.
  it('answers the pings of a client that gives up without answers, though the environment hangs', async () => {
    const { url, at } = await stage();
    const partner = await Partner.connect(url);
    await partner.subscribe();
    at.operational.isHung = true;
    for (let ping = 1; ping <= 20; ping += 1) {
      partner.socket.ping();
      await eventually(() => assert.ok(partner.pongs >= ping), 300);
    }
    assert.equal(partner.closed, null);
  });

  it('ends where the client does not answer any more', async () => {
    const { url, hub, metric } = await stage({ timing: { pingMs: 50 } });
    const partner = await Partner.connect(url, { autoPong: false });
    await partner.subscribe();
    assert.equal((await partner.untilClosed()).code, 1006);
    assert.equal(hub.status().subscribers.length, 0);
    assert.equal(await metric('hybrid_gateway_push_closed_total', { partner: 'emr', cause: 'dead' }), 1);
  });

  it('is closed with 1013 where the client does not read, and keeps nobody else waiting', async () => {
    const { url, at, metric } = await stage({ limits: { queueBytes: 64 * 1024 } });
    const slow = await Partner.connect(url);
    const fast = await Partner.connect(url);
    await Promise.all([slow.subscribe(), fast.subscribe()]);
    slow.socket.pause();
    const text = 'x'.repeat(8000);
    let sent = 0;
    await eventually(async () => {
      at.operational.publish(text);
      sent += 1;
      await fast.until(sent);
      assert.equal(await metric('hybrid_gateway_push_closed_total', { partner: 'emr', cause: 'slow' }), 1);
    }, 15_000);
    slow.socket.resume();
    assert.equal((await slow.untilClosed()).code, 1013);
    const last = slow.of('event').at(-1)?.['data'];
    assert.ok(slow.bodies.length > 0 && slow.bodies.length < sent);

    const back = await Partner.connect(`${url}?after=${String(Reflect.get(last as object, 'uuid'))}`);
    await back.subscribe();
    await back.until(sent - slow.bodies.length);
    assert.equal(back.bodies.length, sent - slow.bodies.length);
  });

  it('is refused where the handshake is none', async () => {
    const { url } = await stage();
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: Basic ${btoa(`${EMR.user}:${EMR.password}`)}\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    const [answer] = await socket.take(1).toArray();
    assert.match(String(answer), /^HTTP\/1\.1 400 /);
    socket.destroy();
  });

  it('takes a partner’s tenant on to the environment', async () => {
    const { url, at } = await stage();
    const partner = await Partner.connect(url, {
      headers: { 'X-GINBEE-TENANT-ID': '7', Authorization: `Basic ${btoa(`${EMR.user}:${EMR.password}`)}` },
    });
    await partner.subscribe();
    const [entry] = at.operational.sockets.values();
    assert.equal(entry?.request.headers['x-ginbee-tenant-id'], '7');
  });

  it('gives the connection of those who left to those who come back, for a while', async () => {
    const { url, at } = await stage({ timing: { lingerMs: 150 } });
    const partner = await Partner.connect(url);
    await partner.subscribe('*', { session_id: 'A' });
    await partner.leave();
    assert.equal(at.operational.subscriptions.length, 1);
    await pause(0);
    await at.operational.untilSubscribed(0);
  });
});

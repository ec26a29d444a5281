import assert from 'node:assert/strict';
import { eventually } from '../../state/eventually.ts';
import { removeFolders } from '../../state/folder.ts';
import type { PushChange } from '../../../gateway/push/status.ts';
import { Partner } from './partner.ts';
import { endStages, stage } from './stage.ts';

describe('push while an environment is away', () => {
  afterEach(endStages);
  after(removeFolders);

  for (const [how, code] of [
    ['is closed with 1001', 1001],
    ['ends without a word (1006)', 1006],
  ] as const) {
    it(`keeps partners where the connection ${how}, and fills the gap from the environment’s own list`, async () => {
      const { url, at, hub } = await stage();
      const partner = await Partner.connect(url);
      await partner.subscribe();
      at.operational.publish(1);
      await partner.until(1);
      at.operational.refuses = 503;
      at.operational.drop(code);
      await at.operational.untilSubscribed(0);
      at.operational.publish(2);
      at.operational.publish(3);
      at.operational.refuses = null;
      await partner.until(3);
      at.operational.publish(4);
      await partner.until(4);
      assert.deepEqual(partner.bodies, [1, 2, 3, 4]);
      assert.equal(partner.closed, null);
      const { gaps } = hub.status();
      assert.deepEqual(
        gaps.map(({ environment, found }) => ({ environment, found })),
        [{ environment: 'operational', found: 2 }],
      );
    });
  }

  it('keeps partners where the environment is killed, and finds it again', async () => {
    const { url, at, hub } = await stage();
    const partner = await Partner.connect(url);
    await partner.subscribe();
    await at.operational.kill();
    await eventually(() => assert.equal(hub.status().upstreams[0]?.fault, 'unreachable'));
    at.operational.publish('missed');
    await at.operational.listen();
    await partner.until(1);
    at.operational.publish('live');
    await partner.until(2);
    assert.deepEqual(partner.bodies, ['missed', 'live']);
  });

  it('finds out that the environment hangs, and what it missed', async () => {
    const { url, at, hub } = await stage({ timing: { upstreamPingMs: 40 } });
    const partner = await Partner.connect(url);
    await partner.subscribe();
    at.operational.isHung = true;
    at.operational.refuses = 503;
    await eventually(() => assert.equal(hub.status().upstreams[0]?.fault, 'refused'));
    assert.equal(at.operational.sockets.size, 0);
    at.operational.publish('missed');
    at.operational.isHung = false;
    at.operational.refuses = null;
    await partner.until(1);
    assert.equal(partner.closed, null);
  });

  it('tries again with growing pauses while it is refused, and says why', async () => {
    const { url, at, hub } = await stage({ timing: { retryMinMs: 5, retryMaxMs: 20 } });
    at.operational.refuses = 401;
    const partner = await Partner.connect(url);
    await partner.subscribe();
    await eventually(() => assert.ok(at.operational.handshakes >= 5));
    const [upstream] = hub.status().upstreams;
    assert.equal(upstream?.fault, 'refused');
    assert.match(upstream.detail ?? '', /401/);
    at.operational.refuses = null;
    await eventually(() => assert.equal(hub.status().upstreams[0]?.state, 'live'));
    at.operational.publish(1);
    await partner.until(1);
  });

  it('does not run in a circle where each connection is taken and dropped at once', async () => {
    const { url, at } = await stage({ timing: { retryMinMs: 30, retryMaxMs: 1000, settledMs: 10_000 } });
    const drops = setInterval(() => at.operational.drop(), 1);
    try {
      const partner = await Partner.connect(url);
      await partner.subscribe();
      const begun = performance.now();
      await eventually(() => assert.ok(at.operational.handshakes >= 4));
      // 30 + 60 + 120 ms and up to double that, by chance.
      assert.ok(performance.now() - begun > 150, `${performance.now() - begun} ms`);
    } finally {
      clearInterval(drops);
    }
  });

  it('reports a gap that nobody can fill, to operators and in the figures', async () => {
    const { url, at, hub, metric } = await stage({ mode: 'emergency' });
    const changes: PushChange[] = [];
    hub.onChange((change) => changes.push(change));
    const partner = await Partner.connect(url);
    await partner.subscribe();
    at.localEmergency.drop();
    at.localEmergency.publish('lost');
    await eventually(() => assert.equal(hub.status().gaps.length, 1));
    const [gap] = hub.status().gaps;
    assert.equal(gap?.environment, 'localEmergency');
    assert.equal(gap.found, null);
    assert.ok(Date.parse(gap.from) <= Date.parse(gap.to));
    assert.ok(changes.some((change) => change.kind === 'gap' && change.gap === gap));
    assert.ok(changes.some((change) => change.kind === 'upstream' && change.upstream.state === 'waiting'));
    const labels = { environment: 'localEmergency', outcome: 'lost' };
    assert.equal(await metric('hybrid_gateway_push_gaps_total', labels), 1);
    at.localEmergency.publish('live');
    await partner.until(1);
    assert.deepEqual(partner.bodies, ['live']);
  });

  it('reports the gap where the cloud’s list cannot be had either', async () => {
    const { url, at, hub } = await stage({ timing: { fillWithinMs: 300 } });
    at.operational.offersList = false;
    const partner = await Partner.connect(url);
    await partner.subscribe();
    at.operational.drop();
    await eventually(() => assert.equal(hub.status().gaps.length, 1));
    assert.equal(hub.status().gaps[0]?.found, null);
    at.operational.publish('live');
    await partner.until(1);
  });

  it('acknowledges a subscription though the environment is away, and brings what came since', async () => {
    const { url, at } = await stage();
    at.operational.refuses = 503;
    const partner = await Partner.connect(url);
    await partner.subscribe();
    at.operational.publish('after the acknowledgement');
    at.operational.refuses = null;
    await partner.until(1);
    assert.deepEqual(partner.bodies, ['after the acknowledgement']);
  });

  it('goes on at once when the environment is back, though it was away for many attempts', async () => {
    const { url, at } = await stage({ timing: { retryMinMs: 10, retryMaxMs: 80 } });
    const partner = await Partner.connect(url);
    await partner.subscribe();
    at.operational.refuses = 503;
    at.operational.drop();
    await eventually(() => assert.ok(at.operational.handshakes >= 8));
    at.operational.publish('missed');
    at.operational.refuses = null;
    await partner.until(1, 1000);
    assert.deepEqual(partner.bodies, ['missed']);
  });

  it('does not bring from the list what was for one session only', async () => {
    const { url, at } = await stage();
    const [all, one] = await Promise.all([Partner.connect(url), Partner.connect(url)]);
    await all.subscribe();
    await one.subscribe('*', { session_id: 'S' });
    at.operational.publish('private', { session: 'S' });
    await one.until(1);
    at.operational.drop();
    await at.operational.untilSubscribed(0);
    at.operational.publish('lost to S', { event: 'client_data_ready', session: 'S' });
    at.operational.publish('for all');
    await all.until(1);
    await at.operational.untilSubscribed(2);
    at.operational.publish('last');
    await all.until(2);
    assert.deepEqual(all.bodies, ['for all', 'last']);
  });
});

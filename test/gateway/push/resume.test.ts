import assert from 'node:assert/strict';
import { eventually } from '../../state/eventually.ts';
import { removeFolders } from '../../state/folder.ts';
import { Partner } from './partner.ts';
import { endStages, environments, stage } from './stage.ts';

describe('a push subscriber that comes back', () => {
  afterEach(endStages);
  after(removeFolders);

  it('gets exactly what it missed, in order, and then goes on live', async () => {
    const { url, at } = await stage();
    const after = await seenOne(url, () => at.operational.publish(0));
    for (let number = 1; number <= 1000; number += 1) at.operational.publish(number);
    const back = await Partner.connect(`${url}?after=${after}`);
    await back.subscribe();
    for (let number = 1001; number <= 1100; number += 1) at.operational.publish(number);
    await back.until(1100);
    assert.deepEqual(
      back.bodies,
      Array.from({ length: 1100 }, (_, index) => index + 1),
    );
    assert.deepEqual(back.of('notice'), []);
  });

  it('gets nothing again where it missed nothing', async () => {
    const { url, at } = await stage();
    const after = await seenOne(url, () => at.operational.publish(0));
    const back = await Partner.connect(`${url}?after=${after}`);
    await back.subscribe();
    at.operational.publish(1);
    await back.until(1);
    assert.deepEqual(back.bodies, [1]);
  });

  it('gets only the kinds of events that it subscribes to', async () => {
    const { url, at } = await stage();
    const after = await seenOne(url, () => at.operational.publish(0));
    at.operational.publish(1, { event: 'patient_memo' });
    at.operational.publish(2);
    const back = await Partner.connect(`${url}?after=${after}`);
    await back.subscribe('patient_memo');
    at.operational.publish(3, { event: 'patient_memo' });
    await back.until(2);
    assert.deepEqual(back.bodies, [1, 3]);
  });

  it('gets what was for its session, and not what was for another', async () => {
    const { url, at } = await stage();
    const after = await seenOne(url, () => at.operational.publish(0, { session: 'A' }), { session_id: 'A' });
    const other = await Partner.connect(url);
    await other.subscribe('*', { session_id: 'B' });
    at.operational.publish('for A', { session: 'A' });
    at.operational.publish('for B', { session: 'B' });
    await other.until(1);
    const back = await Partner.connect(`${url}?after=${after}`);
    await back.subscribe('*', { session_id: 'A' });
    await back.until(1);
    at.operational.publish('live', { session: 'A' });
    await back.until(2);
    assert.deepEqual(back.bodies, ['for A', 'live']);
  });

  it('after a switch gets a notice and what the new environment sent since', async () => {
    const { url, at, switchTo, hub } = await stage();
    const after = await seenOne(url, () => at.operational.publish(0));
    at.operational.publish('old');
    await hub.prepare('localEmergency');
    at.localEmergency.publish('before the flip');
    await eventually(() => assert.equal(hub.status().journal.pending, 0));
    await switchTo('emergency');
    at.localEmergency.publish(1);
    at.localEmergency.publish(2);
    const back = await Partner.connect(`${url}?after=${after}`);
    await back.subscribe();
    await back.until(2);
    at.localEmergency.publish(3);
    await back.until(3);
    assert.deepEqual(back.bodies, [1, 2, 3]);
    const [notice, ...more] = back.of('notice');
    assert.deepEqual(more, []);
    assert.equal(notice?.['code'], 'ENVIRONMENT_CHANGED');
    assert.equal(notice['environment'], 'localEmergency');
  });

  it('there and back again is a switch, too', async () => {
    const { url, at, switchTo } = await stage();
    const after = await seenOne(url, () => at.operational.publish(0));
    at.operational.publish('before both');
    await switchTo('emergency');
    await switchTo('normal');
    at.operational.publish(1);
    const back = await Partner.connect(`${url}?after=${after}`);
    await back.subscribe();
    await back.until(1);
    assert.deepEqual(back.bodies, [1]);
    assert.equal(back.of('notice')[0]?.['code'], 'ENVIRONMENT_CHANGED');
  });

  it('is told where nobody knows the event that it names', async () => {
    const { url, at } = await stage({ timing: { fillWithinMs: 100 } });
    const back = await Partner.connect(`${url}?after=nothing-of-the-kind`);
    await back.subscribe();
    await eventually(() => assert.equal(back.of('notice')[0]?.['code'], 'UNKNOWN_EVENT'));
    at.operational.publish(1);
    await back.until(1);
  });

  it('is told where events of the time it was away are lost', async () => {
    const { url, at, hub } = await stage({ mode: 'emergency' });
    const after = await seenOne(url, () => at.localEmergency.publish(0));
    at.localEmergency.drop();
    await eventually(() => assert.equal(hub.status().gaps.length, 1));
    const back = await Partner.connect(`${url}?after=${after}`);
    await back.subscribe();
    await eventually(() => assert.equal(back.of('notice')[0]?.['code'], 'EVENTS_MISSING'));
  });

  it('does not get the old environment’s events where the switch comes while it is catching up', async () => {
    const { url, at, hub, flip } = await stage();
    const after = await seenOne(url, () => at.operational.publish(0));
    for (let number = 1; number <= 3000; number += 1) at.operational.publish(`old ${number}`);
    const back = await Partner.connect(`${url}?after=${after}`);
    await hub.prepare('localEmergency');
    await back.subscribe();
    flip('emergency');
    const { length } = back.bodies;
    at.localEmergency.publish('new');
    await eventually(() => assert.equal(back.bodies.at(-1), 'new'));
    assert.ok(back.bodies.length <= length + 401, 'no more than what was on its way');
    assert.ok(back.bodies.slice(0, -1).every((body) => String(body).startsWith('old')));
    await eventually(() => assert.equal(back.of('notice').at(-1)?.['code'], 'ENVIRONMENT_CHANGED'));
  });

  it('finds its events over a restart, and those that came meanwhile where the environment can tell', async () => {
    const at = await environments();
    const first = await stage({ at });
    const after = await seenOne(first.url, () => at.operational.publish(0));
    at.operational.publish(1);
    await eventually(async () =>
      assert.equal(await first.metric('hybrid_gateway_push_events_received_total', { environment: 'operational' }), 2),
    );
    await first.stop();
    at.operational.publish(2);
    const second = await stage({ at, dir: first.dir });
    const back = await Partner.connect(`${second.url}?after=${after}`);
    await back.subscribe();
    await back.until(2);
    at.operational.publish(3);
    await back.until(3);
    assert.deepEqual(back.bodies, [1, 2, 3]);
    assert.deepEqual(back.of('notice'), []);
  });

  it('finds what came during a restart though the environment was away at first', async () => {
    const at = await environments();
    const first = await stage({ at });
    const after = await seenOne(first.url, () => at.operational.publish(0));
    await first.stop();
    at.operational.publish(1);
    at.operational.refuses = 503;
    const second = await stage({ at, dir: first.dir });
    const back = await Partner.connect(`${second.url}?after=${after}`);
    await back.subscribe();
    at.operational.publish(2);
    at.operational.refuses = null;
    await back.until(2);
    assert.deepEqual(back.bodies, [1, 2]);
  });

  it('leaves a gap for operators where it was stopped and the environment keeps no list', async () => {
    const at = await environments();
    const first = await stage({ at, mode: 'emergency' });
    await seenOne(first.url, () => at.localEmergency.publish(0));
    await first.stop();
    const second = await stage({ at, mode: 'emergency', dir: first.dir });
    await eventually(() => assert.equal(second.hub.status().gaps.length, 1));
    assert.equal(second.hub.status().gaps[0]?.found, null);
  });

  it('listens on after a restart, though nobody has subscribed yet', async () => {
    const at = await environments();
    const first = await stage({ at });
    await seenOne(first.url, () => at.operational.publish(0));
    await first.stop();
    await at.operational.untilSubscribed(0);
    await stage({ at, dir: first.dir });
    await at.operational.untilSubscribed(1);
  });

  it('leaves an environment in peace where nobody uses push', async () => {
    const { at, switchTo } = await stage();
    await switchTo('emergency');
    await switchTo('normal');
    assert.deepEqual(
      Object.values(at).map(({ handshakes }) => handshakes),
      [0, 0, 0],
    );
  });
});

/** Sees one event, leaves, and says which it was. */
async function seenOne(url: string, publish: () => { uuid: string }, more: object = {}): Promise<string> {
  const partner = await Partner.connect(url);
  await partner.subscribe('*', more);
  const { uuid } = publish();
  await partner.until(1);
  await partner.leave();
  return uuid;
}

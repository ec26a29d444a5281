import assert from 'node:assert/strict';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { child } from '../../state/child.ts';
import { folder, removeFolders } from '../../state/folder.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { PushEnvironment } from './environment.ts';
import { Partner } from './partner.ts';

const GATEWAY = new URL('gateway-child.ts', import.meta.url);
const EVENTS = 300;

describe('a gateway killed in the middle of push events', () => {
  after(removeFolders);

  it('misses the last 200 ms of them at most, and finds those again where the environment can tell', async () => {
    const environment = await PushEnvironment.start('operational');
    const dir = folder();
    const first = child(GATEWAY, dir, environment.url.href);
    const partner = await Partner.connect(`ws://127.0.0.1:${await first.line()}/ws`);
    const received: { uuid: string; atMs: number }[] = [];
    partner.socket.on('message', () => {
      const last = partner.of('event').at(-1)?.['data'];
      if (last) received.push({ uuid: String(Reflect.get(last, 'uuid')), atMs: performance.now() });
    });
    await partner.subscribe();
    const emit = setInterval(() => environment.publish(environment.published.length), 2);
    await partner.until(EVENTS);
    const killedMs = performance.now();
    await first.kill();
    clearInterval(emit);

    const db = new Database(join(dir, 'journal.db'));
    const kept = new Set(
      db
        .prepare<[], { uuid: string }>('SELECT uuid FROM push_events')
        .all()
        .map(({ uuid }) => uuid),
    );
    db.close();
    const lost = received.filter(({ uuid }) => !kept.has(uuid));
    assert.ok(kept.size > 0);
    assert.ok(
      lost.every(({ atMs }) => killedMs - atMs < 200),
      `${lost.length} lost, the oldest ${killedMs - (lost[0]?.atMs ?? killedMs)} ms before the kill`,
    );

    const second = await startTestGateway({ push: true, dir, environments: { operational: environment.url } });
    try {
      const back = await Partner.connect(`ws://127.0.0.1:${second.port}/ws?after=${received.at(-1)!.uuid}`);
      await back.subscribe();
      const seen = new Set(received.map(({ uuid }) => uuid));
      const missed = environment.published.filter(({ uuid }) => !seen.has(uuid)).map(({ body }) => body);
      await back.until(missed.length);
      environment.publish('live');
      await back.until(missed.length + 1);
      assert.deepEqual(back.bodies, [...missed, 'live']);
      assert.deepEqual(back.of('notice'), []);
      back.socket.terminate();
    } finally {
      await second.close(0);
      await environment.close();
    }
  }).timeout(30_000);
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { breaches, failures } from './accounts.ts';
import { Crowd } from './crowd.ts';
import { outcomesOf, readJournalAtRest } from './journal.ts';
import { LOCAL } from './places.ts';
import { onStand } from './stand.ts';
import { START } from './walk.ts';

describe('a switch away from an environment that hangs in the TLS handshake', () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  before(async () => {
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('takes every request along to the new side: no byte of any has left', async function () {
    this.timeout(60_000);
    const address = silent.address();
    assert.ok(address !== null && typeof address === 'object');
    const urls = { operational: `https://127.0.0.1:${address.port}` };
    await onStand({ urls }, async (stand) => {
      const crowd = new Crowd(stand, { writers: 8, readers: 8, thinkMs: 10, seed: 1 });
      while (sockets.size < 16) await wait(10);
      assert.equal(crowd.answered, 0);
      const switching = await stand.operator.switchTo(LOCAL);
      assert.equal(switching.status, 200, switching.text);
      await wait(300);
      const seen = await crowd.stop();
      const journal = await readJournalAtRest(stand.gateway.place.stateDir);
      assert.deepEqual(failures(seen), {});
      assert.deepEqual(
        breaches({ seen, arrived: stand.arrived(), journal, start: START, switchings: [switching] }),
        [],
      );
      assert.deepEqual(outcomesOf(journal), []);
    });
  });
});

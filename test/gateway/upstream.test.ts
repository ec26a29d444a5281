import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { ordinarily, type Script } from '../support/backend.ts';
import { eventually } from '../state/eventually.ts';
import { ask, READ, write } from './ask.ts';
import { clinic, closeAll, single } from './clinic.ts';

/** Answers when told; in the meantime it tells nothing. */
function held(): { script: Script; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const script: Script = async (seen, response) => {
    await promise;
    await ordinarily(seen, response);
  };
  return { script, release: resolve };
}

describe('connections to an environment', () => {
  afterEach(closeAll);

  it('are used again by reads', async () => {
    const { environment, port } = await single();
    for (let i = 0; i < 5; i += 1) await ask(port);
    assert.equal(environment.opened, 1);
  });

  it('are used again by writes that follow closely, and never those of reads', async () => {
    const { environment, port } = await single();
    await ask(port);
    for (let i = 0; i < 5; i += 1) await write(port);
    assert.equal(environment.opened, 2);
  });

  it('that were idle for a second are closed, where they carried writes', async () => {
    const { environment, port } = await single();
    await ask(port);
    await write(port);
    const [read, written] = environment.requests;
    const startedAt = performance.now();
    await once(written!.socket, 'close');
    const idleMs = performance.now() - startedAt;
    assert.ok(idleMs > 800 && idleMs < 3000, `${idleMs} ms`);
    assert.equal(read!.socket.destroyed, false);
  });

  it('are not kept where the environment wants none kept', async () => {
    const { environment, port } = await single();
    environment.script = (seen, response) => {
      response.setHeader('Connection', 'close');
      return ordinarily(seen, response);
    };
    await ask(port);
    await ask(port);
    assert.equal(environment.opened, 2);
  });

  it('that partners end or refuse are not shared with the next one', async () => {
    const { environment, port } = await single();
    const agent = new Agent({ keepAlive: true });
    await ask(port, { agent });
    agent.destroy();
    assert.equal((await ask(port)).status, 200);
    assert.equal(environment.opened, 1);
  });

  it('to the environment that partners left are closed when idle; what is in flight finishes', async () => {
    const one = await clinic();
    const { operational } = one.at;
    await Promise.all([ask(one.port), ask(one.port), write(one.port)]);
    const { script, release } = held();
    operational.next(script);
    const late = ask(one.port, { path: `${READ}&late` });
    const { socket } = await operational.arrival(4);
    assert.ok(operational.sockets.size >= 3);

    one.switchTo('emergency');
    await eventually(() => assert.deepEqual([...operational.sockets], [socket]));
    release();
    const answer = await late;
    assert.deepEqual([answer.status, answer.hybridmodes], [200, ['normal']]);
    await eventually(() => assert.equal(operational.sockets.size, 0));
  });

  it('are let go of by what partners really left, also where recovery.partners is operational', async () => {
    const one = await clinic({ initial: 'emergency', recovery: 'operational' });
    await ask(one.port);
    assert.equal(one.at.cloudEmergency.sockets.size, 1);
    one.switchTo('recovery');
    await eventually(() => assert.equal(one.at.cloudEmergency.sockets.size, 0));
    await ask(one.port);
    one.switchTo('normal');
    await ask(one.port);
    assert.equal(one.at.operational.opened, 1);
  });

  it('are closed with the gateway', async () => {
    const { environment, port, close } = await single();
    await ask(port);
    await write(port);
    await close();
    await eventually(() => assert.equal(environment.sockets.size, 0));
  });
});

import assert from 'node:assert/strict';
import type { EnvironmentName } from '../../mode/mode.ts';
import { ordinarily, silently, type Script } from '../support/backend.ts';
import { ask, READ, WRITE, write } from './ask.ts';
import { clinic, closeAll, single, type Clinic } from './clinic.ts';
import { RawPartner } from './raw.ts';

function counts({ at }: Clinic): Record<EnvironmentName, number> {
  const { operational, cloudEmergency, localEmergency } = at;
  return {
    operational: operational.requests.length,
    cloudEmergency: cloudEmergency.requests.length,
    localEmergency: localEmergency.requests.length,
  };
}

/** Answers only when told. */
function held(): { script: Script; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    release: resolve,
    script: async (seen, response) => {
      await promise;
      await ordinarily(seen, response);
    },
  };
}

describe('the concurrency of an environment', () => {
  afterEach(closeAll);

  it('is never exceeded: the others wait in line, in their order', async () => {
    const { environment, port, gateway } = await single({ concurrency: 2 });
    let inside = 0;
    let most = 0;
    environment.script = async (seen, response) => {
      most = Math.max(most, (inside += 1));
      await seen.body();
      if (environment.requests.length < 3) await environment.arrival(2);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      response.end();
    };
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await ask(port)).status));
    assert.deepEqual([...new Set(statuses)], [200]);
    assert.equal(most, 2);
    assert.equal(gateway.environments()[0]!.inFlight, 0);
  });

  it('refuses who has waited too long: environment-busy', async () => {
    const { environment, port } = await single({
      concurrency: 1,
      deadlines: { connectMs: 300, firstByteMs: 5000, idleMs: 5000 },
    });
    const { script, release } = held();
    environment.script = script;
    const first = ask(port);
    await environment.arrival(1);
    const busy = await ask(port);
    assert.deepEqual([busy.status, busy.error, busy.headers['retry-after']], [503, 'environment-busy', '2']);
    release();
    assert.equal((await first).status, 200);
    assert.equal(environment.requests.length, 1);
  });

  it('keeps no place for a partner that leaves the line', async () => {
    const { environment, port, gateway, lines } = await single({ concurrency: 1 });
    const { script, release } = held();
    environment.next(script);
    const first = ask(port);
    await environment.arrival(1);
    const partner = await RawPartner.connect(port);
    partner.send(
      `POST ${WRITE} HTTP/1.1\r\nHost: a\r\nAuthorization: Basic ${btoa('emr:emr-password')}\r\nContent-Length: 1\r\n\r\nx`,
    );
    await waitInLine();
    partner.socket.resetAndDestroy();
    while (!lines.some(({ code }) => code === 'partner-gone')) await ask(port, { authorization: null });
    const last = ask(port, { path: `${READ}&last` });
    release();
    await Promise.all([first, last]);
    assert.deepEqual(
      environment.requests.map(({ url }) => url.slice(-4)),
      ['id=1', 'last'],
    );
    assert.equal(gateway.environments()[0]!.inFlight, 0);

    // Another connection's round trip: what was sent before it has been read by then.
    async function waitInLine(): Promise<void> {
      await ask(port, { authorization: null });
      await ask(port, { authorization: null });
    }
  });

  it('is each environment’s own', async () => {
    const one = await clinic({ each: { concurrency: 1 } });
    one.at.operational.script = silently;
    const stuck = ask(one.port).catch(() => undefined);
    await one.at.operational.arrival(1);
    one.switchTo('emergency');
    assert.equal((await ask(one.port)).status, 200);
    await one.at.operational.down();
    await stuck;
  });

  it('lets who waited in line go where the clinic is by then', async () => {
    const one = await clinic({ each: { concurrency: 1 } });
    const { script, release } = held();
    one.at.operational.next(script);
    const first = ask(one.port);
    await one.at.operational.arrival(1);
    const [read, written] = [ask(one.port), write(one.port)];
    await ask(one.port, { authorization: null });
    one.switchTo('emergency');
    release();
    assert.deepEqual((await first).hybridmodes, ['normal']);
    assert.deepEqual((await read).hybridmodes, ['emergency-fa']);
    assert.deepEqual((await written).hybridmodes, ['emergency-fa']);
    assert.deepEqual(counts(one), { operational: 1, cloudEmergency: 2, localEmergency: 0 });
    assert.deepEqual(one.store.current.wrote, ['cloudEmergency']);
  });

  for (const [name, refuse] of [
    ['recovery-refuses-writes', (one: Clinic) => one.switchTo('recovery')],
    ['mode-unconfirmed', (one: Clinic) => one.store.demandConfirmation('stale')],
  ] as const) {
    it(`refuses a write that waited in line, where writes may not go any more: ${name}`, async () => {
      const one = await clinic({ initial: 'emergency', recovery: 'refuse-writes', each: { concurrency: 1 } });
      const { script, release } = held();
      one.at.cloudEmergency.next(script);
      const first = ask(one.port);
      await one.at.cloudEmergency.arrival(1);
      const written = write(one.port);
      await ask(one.port, { authorization: null });
      refuse(one);
      release();
      assert.equal((await first).status, 200);
      assert.equal((await written).error, name);
      assert.deepEqual(counts(one), { operational: 0, cloudEmergency: 1, localEmergency: 0 });
    });
  }
});

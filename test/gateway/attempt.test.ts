import assert from 'node:assert/strict';
import { answers, hangsUp, resets, silently, type Script } from '../support/backend.ts';
import { ask } from './ask.ts';
import { clinic, closeAll, single } from './clinic.ts';

const BEGUN: Script = (_seen, response) => {
  response.writeHead(200, { 'Content-Length': '10' });
  response.write('half');
  setImmediate(() => response.destroy());
};

describe('a read', () => {
  afterEach(closeAll);

  for (const status of [502, 503, 504]) {
    it(`answered with ${status} is asked again`, async () => {
      const { environment, port, metric } = await single();
      environment.next(answers(status), answers(status));
      const answer = await ask(port);
      assert.equal(answer.status, 200);
      assert.equal(environment.requests.length, 3);
      assert.equal(await metric('hybrid_gateway_retries_total', { environment: 'operational' }), 2);
    });

    it(`answered with ${status} three times gets the third answer`, async () => {
      const { environment, port } = await single();
      environment.next(
        answers(status, 'first'),
        answers(status, 'second'),
        answers(status, 'third', { 'X-Of': 'theirs' }),
      );
      const answer = await ask(port);
      assert.deepEqual(
        [answer.status, answer.text, answer.headers['x-of'], answer.error],
        [status, 'third', 'theirs', undefined],
      );
    });
  }

  for (const status of [400, 401, 404, 405, 429, 500, 501, 505]) {
    it(`answered with ${status} is not asked again`, async () => {
      const { environment, port } = await single();
      environment.script = answers(status);
      assert.equal((await ask(port)).status, status);
      assert.equal(environment.requests.length, 1);
    });
  }

  for (const [name, script] of [
    ['reset', resets],
    ['hung up on', hangsUp],
  ] as const) {
    it(`that is ${name} is asked again, and again`, async () => {
      const { environment, port } = await single();
      environment.next(script, script);
      assert.equal((await ask(port)).status, 200);
      assert.equal(environment.requests.length, 3);
    });
  }

  it('with a body is asked again with the same body', async () => {
    const { environment, port } = await single();
    const bodies: string[] = [];
    const keeping: Script = async (seen, response) => {
      bodies.push(String(await seen.body()));
      response.writeHead(bodies.length < 3 ? 503 : 200).end();
    };
    environment.script = keeping;
    const answer = await ask(port, {
      method: 'POST',
      path: '/api01rv2/acceptlstv2?class=01',
      body: '<data>受付</data>',
    });
    assert.equal(answer.status, 200);
    assert.deepEqual(bodies, Array(3).fill('<data>受付</data>'));
  });

  it('that finds no connection is repeated, and then refused', async () => {
    const { environment, port, metric } = await single();
    await environment.down();
    const answer = await ask(port);
    assert.deepEqual([answer.status, answer.error], [502, 'connect-failed']);
    assert.equal(await metric('hybrid_gateway_retries_total', { environment: 'operational' }), 2);
  });

  it('that finds no connection finds one once the environment is up', async () => {
    const { environment, port, lines } = await single();
    await environment.down();
    const asked = ask(port);
    await until(() => lines.some(({ msg }) => msg === 'retry'));
    await environment.up();
    assert.equal((await asked).status, 200);
  });

  it('whose answer has begun is not asked again: its partner’s connection breaks off', async () => {
    const { environment, port } = await single();
    environment.next(BEGUN);
    await assert.rejects(ask(port), /aborted|ECONNRESET|socket hang up/);
    assert.equal(environment.requests.length, 1);
  });

  it('that nobody knows is never asked again', async () => {
    const { environment, port } = await single();
    environment.script = answers(503);
    assert.equal((await ask(port, { path: '/unknown' })).status, 503);
    environment.script = resets;
    assert.equal((await ask(port, { path: '/unknown' })).error, 'environment-reset');
    assert.equal(environment.requests.length, 2);
  });

  it('is not asked again after its deadline', async () => {
    const { environment, port } = await single({ deadlines: { connectMs: 600, firstByteMs: 600, idleMs: 600 } });
    environment.script = async (seen, response) => {
      await seen.body();
      setTimeout(() => response.writeHead(503).end(), 350);
    };
    assert.equal((await ask(port)).status, 503);
    assert.equal(environment.requests.length, 2);
  });

  it('that was not answered in time is not asked again', async () => {
    const { environment, port } = await single({ deadlines: { connectMs: 500, firstByteMs: 40, idleMs: 500 } });
    environment.script = silently;
    for (let i = 0; i < 10; i += 1) assert.equal((await ask(port)).error, 'first-byte-timeout');
    assert.equal(environment.requests.length, 10);
  });

  it('is not asked again once the budget is spent', async () => {
    const { environment, port, metric } = await single();
    environment.script = answers(503);
    for (let i = 0; i < 10; i += 1) assert.equal((await ask(port)).status, 503);
    // Ten in reserve, and a tenth for each read that was sent.
    const retries = await metric('hybrid_gateway_retries_total', { environment: 'operational' });
    assert.ok(retries >= 11 && retries <= 12, String(retries));
    assert.equal(environment.requests.length, 10 + retries);
  });

  it('that is asked again goes where the clinic is by then', async () => {
    const one = await clinic();
    one.at.operational.next((seen) => {
      one.switchTo('emergency');
      seen.socket.resetAndDestroy();
    });
    const answer = await ask(one.port);
    assert.deepEqual([answer.status, answer.hybridmodes], [200, ['emergency-fa']]);
    assert.deepEqual([one.at.operational.requests.length, one.at.cloudEmergency.requests.length], [1, 1]);
  });
});

/** Looks at each turn of the event loop; the test's own deadline ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

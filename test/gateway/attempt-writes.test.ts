import assert from 'node:assert/strict';
import { answers, hangsUp, ordinarily, resets } from '../support/backend.ts';
import { EMR } from '../support/gateway.ts';
import { ask, basic, READ, WRITE, write } from './ask.ts';
import { clinic, closeAll, single } from './clinic.ts';
import { RawPartner } from './raw.ts';

describe('a write', () => {
  afterEach(closeAll);

  for (const status of [502, 503, 504]) {
    it(`answered with ${status} is never repeated`, async () => {
      const { environment, port } = await single();
      environment.script = answers(status, 'theirs');
      const answer = await write(port);
      assert.deepEqual([answer.status, answer.text], [status, 'theirs']);
      assert.equal(environment.requests.length, 1);
    });
  }

  for (const [name, script] of [
    ['reset', resets],
    ['hung up on', hangsUp],
  ] as const) {
    it(`that is ${name} is never repeated: it may have arrived`, async () => {
      const { environment, port, metric } = await single();
      environment.script = script;
      const answer = await write(port);
      assert.deepEqual(
        [answer.status, answer.error, answer.headers['retry-after']],
        [502, 'environment-reset', undefined],
      );
      assert.equal(environment.requests.length, 1);
      assert.equal(await metric('hybrid_gateway_retries_total', { environment: 'operational' }), 0);
    });
  }

  it('that is reset before its body was read is never repeated either', async () => {
    const { environment, port } = await single();
    environment.script = (seen) => seen.socket.resetAndDestroy();
    assert.equal((await write(port)).error, 'environment-reset');
    assert.equal(environment.requests.length, 1);
  });

  it('is never repeated on a connection that the environment closed while it was idle', async () => {
    const { environment, port } = await single();
    environment.script = async (seen, response) => {
      await ordinarily(seen, response);
      // Just as a server does whose keep-alive time is over, without a word.
      response.once('finish', () => seen.socket.resetAndDestroy());
    };
    const statuses: number[] = [];
    for (let i = 0; i < 20; i += 1) statuses.push((await write(port)).status);
    assert.ok(environment.requests.length <= 20);
    assert.ok(
      statuses.every((status) => status === 200 || status === 502),
      statuses.join(),
    );
  });

  it('that found no connection is sent once the environment is up', async () => {
    const { environment, port, lines } = await single();
    await environment.down();
    const written = write(port);
    await until(() => lines.some(({ msg }) => msg === 'retry'));
    await environment.up();
    assert.equal((await written).status, 200);
    assert.equal(environment.requests.length, 1);
  });

  it('that found no connection is not sent any more once its partner has left', async () => {
    const { environment, port, lines } = await single();
    await environment.down();
    const partner = await RawPartner.connect(port);
    const head = `POST ${WRITE} HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic(EMR)}\r\n`;
    partner.send(`${head}Content-Length: 1\r\n\r\nx`);
    await until(() => lines.some(({ msg }) => msg === 'retry'));
    partner.socket.resetAndDestroy();
    await environment.up();
    await until(() => environment.requests.length > 0 || lines.some(({ code }) => code === 'partner-gone'));
    await ask(port, { path: READ });
    assert.deepEqual(
      environment.requests.map(({ method }) => method),
      ['GET'],
    );
  });

  it('that finds no connection is refused as not sent', async () => {
    const { environment, port } = await single();
    await environment.down();
    const answer = await write(port);
    assert.deepEqual([answer.status, answer.error, answer.headers['retry-after']], [502, 'connect-failed', '5']);
  });

  it('that is a stream is not repeated', async () => {
    const { environment, port, metric } = await single({}, { limits: { bufferedBytes: 1000 } });
    await environment.down();
    const answer = await write(port, { body: 'x'.repeat(5000) });
    assert.equal(answer.error, 'connect-failed');
    assert.equal(await metric('hybrid_gateway_retries_total', { environment: 'operational' }), 0);
  });

  it('goes where the clinic is by then, where it found no connection before', async () => {
    const one = await clinic();
    await one.at.operational.down();
    const written = write(one.port);
    await until(() => one.lines.some(({ msg }) => msg === 'retry'));
    one.switchTo('emergency');
    const answer = await written;
    assert.deepEqual([answer.status, answer.hybridmodes], [200, ['emergency-fa']]);
    assert.equal(one.at.cloudEmergency.requests.length, 1);
    assert.deepEqual(one.store.current.wrote, ['cloudEmergency']);
  });
});

/** Looks at each turn of the event loop; the test's own deadline ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

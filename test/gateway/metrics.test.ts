import assert from 'node:assert/strict';
import { answers } from '../support/backend.ts';
import { ask, write } from './ask.ts';
import { clinic, closeAll, single } from './clinic.ts';

describe('the gateway’s metrics', () => {
  afterEach(closeAll);

  it('count requests by partner, effect, environment and class of status', async () => {
    const one = await clinic();
    await ask(one.port);
    await write(one.port);
    one.switchTo('emergency');
    one.at.cloudEmergency.script = answers(404);
    await ask(one.port);
    await ask(one.port, { authorization: null });
    const requests = (labels: Record<string, string>): Promise<number> =>
      one.metric('hybrid_gateway_requests_total', labels);
    const emr = { partner: 'emr' };
    assert.equal(await requests({ ...emr, effect: 'read', environment: 'operational', status_class: '2xx' }), 1);
    assert.equal(await requests({ ...emr, effect: 'write', environment: 'operational', status_class: '2xx' }), 1);
    assert.equal(await requests({ ...emr, effect: 'read', environment: 'cloudEmergency', status_class: '4xx' }), 1);
    assert.equal(
      await requests({ partner: 'unknown', effect: 'unknown', environment: 'none', status_class: '4xx' }),
      1,
    );
    assert.equal(await one.metric('hybrid_gateway_refusals_total', { code: 'unknown-partner' }), 1);
  });

  it('count nothing that a stranger could name', async () => {
    const { port, registry } = await single();
    for (let i = 0; i < 20; i += 1) {
      await ask(port, {
        path: `/path-${i}`,
        authorization: `Basic ${btoa(`user-${i}:x`)}`,
        method: i % 2 ? 'GET' : `M${i}`,
      });
    }
    const text = await registry.metrics();
    assert.doesNotMatch(text, /path-|user-|M\d/);
  });

  it('time requests and answers, and know what is in flight', async () => {
    const { environment, port, metric, registry } = await single();
    const { promise, resolve } = Promise.withResolvers<void>();
    environment.next((_seen, response) => promise.then(() => response.end()));
    const asked = ask(port);
    await environment.arrival(1);
    assert.equal(await metric('hybrid_gateway_requests_in_flight'), 1);
    resolve();
    await asked;
    const text = await registry.metrics();
    assert.match(text, /hybrid_gateway_request_duration_seconds_count\{effect="read",environment="operational"\} 1/);
    assert.match(text, /hybrid_gateway_upstream_duration_seconds_count\{environment="operational"\} 1/);
    await ask(port);
    assert.equal(await metric('hybrid_gateway_requests_in_flight'), 0);
  });

  it('tell which environment is up', async () => {
    const { environment, port, metric } = await single({}, { health: { failures: 1, successes: 1 } });
    await ask(port);
    assert.equal(await metric('hybrid_gateway_environment_up', { environment: 'operational' }), 1);
    await environment.down();
    await ask(port);
    assert.equal(await metric('hybrid_gateway_environment_up', { environment: 'operational' }), 0);
  });

  it('count answers that broke off', async () => {
    const { environment, port, metric } = await single();
    environment.script = (seen) => seen.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    await assert.rejects(ask(port));
    const labels = { environment: 'operational', fault: 'environment-reset' };
    assert.equal(await metric('hybrid_gateway_broken_answers_total', labels), 1);
  });

  it('count what an announcing environment says wrongly, by facet', async () => {
    const { environment, port, metric } = await single({ announces: true });
    environment.next(
      answers(200, '', { 'X-Hybridmode': 'normal' }),
      answers(200, '', { 'X-Hybridmode': 'emergency' }),
      answers(200, '', { 'X-Hybridmode': 'normal-fa' }),
      answers(200),
    );
    for (let i = 0; i < 4; i += 1) assert.deepEqual((await ask(port)).hybridmodes, ['normal']);
    const mismatches = (facet: string) =>
      metric('hybrid_gateway_hybridmode_mismatches_total', { environment: 'operational', facet });
    assert.deepEqual([await mismatches('phase'), await mismatches('role')], [1, 1]);
  });

  it('count no mismatch of an environment that announces nothing', async () => {
    const { environment, port, metric } = await single();
    environment.script = answers(200, '', { 'X-Hybridmode': 'recovery-fa' });
    await ask(port);
    assert.equal(await metric('hybrid_gateway_hybridmode_mismatches_total'), 0);
  });
});

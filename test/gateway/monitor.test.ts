import assert from 'node:assert/strict';
import { monitor, type Monitor } from '../../gateway/monitor.ts';
import type { EnvironmentStatus, HealthCause } from '../../gateway/status.ts';
import { upstream, type Upstream } from '../../gateway/upstream.ts';
import { environment } from '../../orca/environment.ts';
import type { EnvironmentOptions } from '../../orca/options.ts';
import { eventually } from '../state/eventually.ts';
import { answers, silently, type Script } from '../support/backend.ts';
import { environmentOptions } from '../support/gateway.ts';
import { ask } from './ask.ts';
import { backend, closeAll, listener, single } from './clinic.ts';

const OFTEN = { everyMs: 20, failures: 2, successes: 2 };
const NEVER = { ...OFTEN, everyMs: 0 };

describe('the monitor', () => {
  let watch: Monitor | null = null;
  let up: Upstream | null = null;
  afterEach(async () => {
    watch?.stop();
    up?.close();
    await closeAll();
  });

  function start(url: URL, options: Partial<EnvironmentOptions> = {}, health = OFTEN): Monitor {
    up = upstream('operational', environment(environmentOptions({ url, ...options })));
    watch = monitor(new Map([['operational', up]]), health);
    return watch;
  }

  function status(): EnvironmentStatus {
    const one = watch?.status('operational');
    assert.ok(one);
    return one;
  }

  it('asks without credentials first, then with them, and never for a patient', async () => {
    const orca = await backend();
    orca.script = (seen, response) => answers(seen.headers.authorization === undefined ? 401 : 200)(seen, response);
    start(orca.url, { user: 'ormaster', password: 'key' });
    await orca.arrival(2);
    const [alive, daily] = orca.requests;
    assert.deepEqual(
      [alive!.method, alive!.url, alive!.headers.authorization],
      ['GET', '/api/api01rv2/patientgetv2', undefined],
    );
    assert.deepEqual([daily!.method, daily!.url], ['POST', '/api/api01rv2/system01dailyv2']);
    assert.equal(daily!.headers.authorization, `Basic ${btoa('ormaster:key')}`);
    await eventually(() => assert.equal(status().health, 'up'));
    assert.equal(status().cause, null);
    assert.ok(status().latencyMs !== null && status().lastAnswerAt !== null);
  });

  it('asks again and again, down after failures in a row, up after successes in a row', async () => {
    const orca = await backend({ script: answers(401) });
    const heard: string[] = [];
    start(orca.url).onChange(({ health, cause }) => heard.push(`${health} ${cause}`));
    await eventually(() => assert.equal(status().health, 'up'));
    await orca.down();
    await eventually(() => assert.equal(status().health, 'down'));
    await orca.up();
    await eventually(() => assert.equal(status().health, 'up'));
    assert.deepEqual(heard, ['up null', 'down connect', 'up null']);
  });

  const causes: [string, HealthCause, Script][] = [
    ['answers 405 with Allow', 'http', answers(405, '', { Allow: 'OPTIONS, GET' })],
    ['answers 500', 'http', answers(500)],
    ['never answers', 'timeout', silently],
    ['hangs up', 'connect', (seen) => seen.socket.destroy()],
    ['speaks no HTTP', 'http', (seen) => seen.socket.end('hello\r\n\r\n')],
    ['refuses the credentials', 'credentials', answers(401)],
  ];
  for (const [name, cause, script] of causes) {
    it(`an environment that ${name}: ${cause}`, async () => {
      const orca = await backend({ script });
      const deadlines = { connectMs: 20, firstByteMs: 50, idleMs: 50 };
      start(orca.url, { deadlines, user: 'ormaster', password: 'wrong' });
      await eventually(() => assert.deepEqual([status().health, status().cause], ['down', cause]));
      assert.ok(status().detail);
    });
  }

  it('an environment whose name is nobody’s: dns', async () => {
    start(new URL('http://no-such-host.invalid'));
    await eventually(() => assert.deepEqual([status().health, status().cause], ['down', 'dns']));
  });

  it('an environment that speaks no TLS: tls', async () => {
    start(new URL(`https://127.0.0.1:${await listener((socket) => socket.end('hello'))}`));
    await eventually(() => assert.deepEqual([status().health, status().cause], ['down', 'tls']));
  });

  it('hears what an environment says of itself', async () => {
    const orca = await backend({ script: answers(401, '', { 'X-Hybridmode': 'emergency-fa' }) });
    start(orca.url);
    await eventually(() => assert.equal(status().announced, 'emergency-fa'));
  });

  it('asks nothing where it is turned off, and is told all the same', () => {
    const one = start(new URL('http://127.0.0.1:1'), {}, NEVER);
    one.failed('operational', 'connect-timeout', 'too late');
    one.failed('operational', 'partner-gone', 'nothing of the environment');
    assert.deepEqual([status().health, status().cause, status().detail], ['unknown', 'timeout', 'too late']);
    one.failed('operational', 'connect-timeout', 'too late again');
    assert.equal(status().health, 'down');
    one.answered('operational', 12.34);
    one.answered('operational', 12.34);
    assert.deepEqual([status().health, status().cause, status().latencyMs], ['up', null, 12.3]);
  });

  it('says nothing any more once it is stopped', () => {
    const heard: unknown[] = [];
    const one = start(new URL('http://127.0.0.1:1'), {}, NEVER);
    one.onChange((news) => heard.push(news));
    one.stop();
    one.answered('operational', 1);
    assert.deepEqual(heard, []);
  });
});

describe('requests of partners are signs of health', () => {
  afterEach(closeAll);

  it('both ways', async () => {
    const { environment: orca, port, gateway } = await single({}, { health: { failures: 2, successes: 1 } });
    await ask(port);
    assert.equal(gateway.environments()[0]!.health, 'up');
    await orca.down();
    await ask(port);
    assert.deepEqual([gateway.environments()[0]!.health, gateway.environments()[0]!.cause], ['down', 'connect']);
    await orca.up();
    await ask(port);
    assert.equal(gateway.environments()[0]!.health, 'up');
    assert.equal(gateway.environments()[0]!.announced, 'said-by-the-environment');
  });

  it('but not those that their partner broke off', async () => {
    const {
      environment: orca,
      port,
      gateway,
    } = await single({}, { health: { failures: 1 }, limits: { bufferedBytes: 100 } });
    orca.script = silently;
    for (const body of ['x', 'x'.repeat(1000)]) {
      const partner = new AbortController();
      const asked = fetch(`http://127.0.0.1:${port}/upload`, {
        method: 'POST',
        headers: { Authorization: `Basic ${btoa('emr:emr-password')}` },
        body: body.length > 100 ? endless(body) : body,
        duplex: 'half',
        signal: partner.signal,
      });
      const seen = await orca.arrival(body.length > 100 ? 2 : 1);
      partner.abort();
      await assert.rejects(asked);
      await seen.closed;
    }
    await eventually(() => assert.equal(gateway.environments()[0]!.inFlight, 0));
    assert.equal(gateway.environments()[0]!.health, 'unknown');
  });
});

function endless(beginning: string): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(beginning)) });
}

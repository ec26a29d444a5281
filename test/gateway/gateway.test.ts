import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ordinarily, silently, type Script } from '../support/backend.ts';
import { EMR, startTestGateway } from '../support/gateway.ts';
import { Certificates } from '../support/tls.ts';
import { folder, removeFolders } from '../state/folder.ts';
import { ask, basic, READ, write } from './ask.ts';
import { backend, clinic, closeAll, gatewayTo, single } from './clinic.ts';
import { RawPartner } from './raw.ts';

const GRACE_MS = 10_000;
const SOON_MS = 3000;

async function timed(what: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await what;
  return performance.now() - startedAt;
}

function held(script: Script = ordinarily): { script: Script; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { release: resolve, script: (seen, response) => promise.then(() => script(seen, response)) };
}

describe('closing a gateway', () => {
  afterEach(closeAll);
  afterEach(removeFolders);

  it('finishes what is in flight, and takes nothing new', async () => {
    const { environment, port, close } = await single();
    const { script, release } = held();
    environment.script = script;
    const [read, written] = [ask(port), write(port)];
    await environment.arrival(2);
    const closed = close(GRACE_MS);
    await assert.rejects(ask(port), /ECONNREFUSED/);
    release();
    for (const answer of [await read, await written]) {
      assert.deepEqual([answer.status, answer.headers.connection], [200, 'close']);
    }
    assert.ok((await timed(closed)) < SOON_MS);
  });

  it('finishes an answer that has begun, and does not wait for its connection to be idle', async () => {
    const { environment, port, close } = await single();
    const { script, release } = held((_seen, response) => response.end(' and the end'));
    environment.script = (seen, response) => {
      response.write('the beginning');
      return script(seen, response);
    };
    const partner = await RawPartner.connect(port);
    partner.send(`GET ${READ} HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic(EMR)}\r\n\r\n`);
    await partner.until('the beginning');
    const closed = close(GRACE_MS);
    release();
    await partner.until(' and the end');
    assert.ok((await timed(closed)) < SOON_MS);
  });

  it('closes idle connections at once', async () => {
    const { port, close } = await single();
    const agent = new Agent({ keepAlive: true });
    await ask(port, { agent });
    const silent = await RawPartner.connect(port);
    assert.ok((await timed(close(GRACE_MS))) < SOON_MS);
    await silent.ended();
    agent.destroy();
  });

  it('cuts what is not finished when the grace is over', async () => {
    const { environment, port, close } = await single();
    environment.script = silently;
    const cut = assert.rejects(ask(port), /ECONNRESET|socket hang up/);
    await environment.arrival(1);
    assert.ok((await timed(close(100))) < SOON_MS);
    await cut;
    await environment.requests[0]!.closed;
  });

  it('does not execute what is pipelined behind the request in flight', async () => {
    const { environment, port, close } = await single();
    const { script, release } = held();
    environment.script = script;
    const partner = await RawPartner.connect(port);
    const request = `GET ${READ} HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic(EMR)}\r\n\r\n`;
    partner.send(request + request);
    await environment.arrival(1);
    const closed = close(GRACE_MS);
    release();
    await partner.ended();
    assert.ok((await timed(closed)) < SOON_MS);
    assert.equal(environment.requests.length, 1);
  });

  it('does not wait for a connection that never begins its TLS handshake', async () => {
    const certificates = new Certificates();
    const authority = certificates.authority('clinic-ca');
    const { certificate, key } = certificates.issue({ name: 'gateway', authority, names: ['IP:127.0.0.1'] });
    const environment = await backend();
    const { ports, close } = await gatewayTo({
      environments: { operational: environment.url },
      tls: { certificate, key, clientCa: null },
    });
    const silent = connect(ports[1]!, '127.0.0.1').on('error', () => undefined);
    await once(silent, 'connect');
    assert.ok((await timed(close(200))) < SOON_MS);
    certificates.remove();
  });

  it('leaves nothing that keeps the process alive', async () => {
    const child = fileURLToPath(new URL('closing-child.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [child], { timeout: 10_000 });
    assert.equal(stdout.trim(), 'closed');
  });

  it('leaves its state to the next one, which begins in the same mode', async () => {
    const dir = folder();
    const first = await clinic({ dir });
    first.switchTo('emergency', 'localEmergency');
    await write(first.port);
    await assert.rejects(startTestGateway({ environments: {}, dir }), { code: 'STATE_LOCKED' });
    await first.close();
    const second = await clinic({ dir });
    const { mode, target, epoch, wrote } = second.store.current;
    assert.deepEqual([mode, target, epoch, wrote], ['emergency', 'localEmergency', 2, ['localEmergency']]);
    assert.deepEqual((await write(second.port)).hybridmodes, ['emergency-fa']);
  });
});

const limited = (limits: { connections: number; requestsPerSecond: number }) => [
  { name: 'emr', basic: EMR, limits },
  { name: 'other', token: 'other' },
];

describe('the limits of a partner', () => {
  afterEach(closeAll);

  it('requestsPerSecond: what is beyond is refused with 429, and others are not touched', async () => {
    const { environment, port } = await single({}, { partners: limited({ connections: 10, requestsPerSecond: 3 }) });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await ask(port)).status);
    assert.deepEqual(statuses, [200, 200, 200, 429]);
    const refused = await write(port);
    assert.deepEqual([refused.status, refused.error, refused.headers['retry-after']], [429, 'too-many-requests', '1']);
    assert.equal((await ask(port, { authorization: 'Bearer other' })).status, 200);
    assert.equal(environment.requests.length, 4);
  });

  it('connections: one too many is refused, and those before it are served on', async () => {
    const { port, gateway } = await single({}, { partners: limited({ connections: 2, requestsPerSecond: 0 }) });
    const agents = Array.from({ length: 3 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    const [first, second, third] = agents;
    assert.equal((await ask(port, { agent: first! })).status, 200);
    assert.equal((await ask(port, { agent: second! })).status, 200);
    const refused = await ask(port, { agent: third! });
    assert.deepEqual([refused.status, refused.error], [503, 'too-many-connections']);
    assert.equal((await ask(port, { agent: first! })).status, 200);
    assert.equal((await ask(port, { agent: second! })).status, 200);

    second!.destroy();
    while (gateway.partners()[0]!.connections > 1) await ask(port, { authorization: 'Bearer other' });
    assert.equal((await ask(port, { agent: third! })).status, 200);
    for (const agent of agents) agent.destroy();
  });
});

describe('what is known of partners', () => {
  afterEach(closeAll);

  it('is who asked, when, how often and over how many connections', async () => {
    const { port, gateway } = await single(
      {},
      {
        partners: [
          { name: 'emr', basic: EMR },
          { name: 'till', token: 'x' },
        ],
      },
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = Date.now();
    for (let i = 0; i < 3; i += 1) await ask(port, { agent });
    await ask(port, { authorization: null });
    const [emr, till] = gateway.partners();
    assert.deepEqual([emr!.name, emr!.kind, emr!.requests, emr!.connections], ['emr', 'api', 3, 1]);
    assert.ok(Date.parse(emr!.lastSeenAt ?? '') >= before);
    assert.deepEqual(till, { name: 'till', kind: 'api', lastSeenAt: null, requests: 0, connections: 0 });
    agent.destroy();
  });
});

describe('the log', () => {
  afterEach(closeAll);

  it('names the code, the partner and the path of a refusal, and no patient', async () => {
    const { environment, port, lines } = await single();
    await environment.down();
    await ask(port, { path: '/api01rv2/patientgetv2?id=00001' });
    const refused = lines.find(({ msg }) => msg === 'refused');
    assert.deepEqual(
      [refused!['code'], refused!['partner'], refused!['path'], refused!['epoch']],
      ['connect-failed', 'emr', '/api01rv2/patientgetv2', 1],
    );
    assert.doesNotMatch(JSON.stringify(lines), /00001|password|secret/);
  });
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ENVIRONMENTS } from '../../mode/mode.ts';
import { answers, echoes, ordinarily, silently } from '../support/backend.ts';
import { credentialsOf, EMR } from '../support/gateway.ts';
import { ask, basic, READ, valuesOf, WRITE, write } from './ask.ts';
import { backend, clinic, closeAll, gatewayTo, single } from './clinic.ts';
import { RawPartner } from './raw.ts';

const AUTH = `Authorization: ${basic(EMR)}\r\n`;
const modeOf = { operational: 'normal', cloudEmergency: 'emergency', localEmergency: 'emergency' } as const;

describe('credentials', () => {
  afterEach(closeAll);

  for (const name of ENVIRONMENTS) {
    it(`are replaced by those of ${name}`, async () => {
      const { at, port } = await clinic({ initial: modeOf[name], target: name === 'operational' ? 'cloudEmergency' : name });
      assert.equal((await ask(port)).status, 200);
      assert.equal(at[name].requests[0]!.headers.authorization, basic(credentialsOf(name)));
    });
  }

  it('are left out where an environment has none of its own', async () => {
    const { environment, port } = await single({ user: null, password: null });
    await ask(port);
    assert.equal(environment.requests[0]!.headers.authorization, undefined);
  });

  it('go to each environment as the partner has them there, and as the environment has them elsewhere', async () => {
    const credentials = { cloudEmergency: { user: 'emr-in-the-cloud', password: '秘密' } };
    const { at, port, switchTo } = await clinic({ partners: [{ name: 'emr', basic: EMR, credentials }] });
    await ask(port);
    switchTo('emergency', 'cloudEmergency');
    await ask(port);
    switchTo('emergency', 'localEmergency');
    await ask(port);
    assert.equal(at.operational.requests[0]!.headers.authorization, basic(credentialsOf('operational')));
    assert.equal(at.cloudEmergency.requests[0]!.headers.authorization, basic(credentials.cloudEmergency));
    assert.equal(at.localEmergency.requests[0]!.headers.authorization, basic(credentialsOf('localEmergency')));
  });

  const own = { name: 'browser', kind: 'terminal', address: '127.0.0.1', credentials: 'passthrough' } as const;

  it('of a partner that passes its own through arrive as they are, also where there are none', async () => {
    const { environment, port } = await single({}, { partners: [own] });
    await ask(port, { authorization: 'Basic b3BlcmF0b3I6cHc=' });
    await ask(port, { authorization: null });
    assert.deepEqual(
      environment.requests.map(({ rawHeaders }) => valuesOf(rawHeaders, 'authorization')),
      [['Basic b3BlcmF0b3I6cHc='], []],
    );
  });

  it('that the environment refuses get its own 401 through to such a partner', async () => {
    const { environment, port } = await single({}, { partners: [own] });
    environment.script = answers(401, 'their own words', { 'Www-Authenticate': 'Basic realm="WebORCA"', 'X-Of': 'theirs' });
    const { status, text, headers, error, hybridmodes } = await ask(port, { authorization: 'Basic d3Jvbmc6d3Jvbmc=' });
    assert.deepEqual([status, text, error, hybridmodes], [401, 'their own words', undefined, ['normal']]);
    assert.deepEqual([headers['www-authenticate'], headers['x-of']], ['Basic realm="WebORCA"', 'theirs']);
  });

  it('that are wrong get WebORCA’s 401 from the gateway, and nothing is asked of an environment', async () => {
    const { environment, port } = await single();
    for (const authorization of [null, basic({ user: 'emr', password: 'wrong' }), basic({ user: 'x', password: 'y' })]) {
      const { status, text, headers } = await ask(port, { authorization });
      assert.deepEqual([status, text], [401, '{"Code":401,"Message":"code=401, message=Unauthorized"}\n']);
      assert.equal(headers['www-authenticate'], 'basic realm=Restricted');
      assert.equal(headers['content-type'], 'application/json');
    }
    assert.equal(environment.requests.length, 0);
  });

  it('twice are nobody’s', async () => {
    const { environment, port } = await single();
    const headers = ['Host', 'clinic', 'Authorization', basic(EMR), 'Authorization', basic(EMR)];
    assert.equal((await ask(port, { headers })).status, 401);
    assert.equal(environment.requests.length, 0);
  });

  it('are not needed at a port that names the partner', async () => {
    const environment = await backend();
    const { ports } = await gatewayTo({
      environments: { operational: environment.url },
      partners: [{ name: 'push' }],
      listen: [{}, { partner: 'push' }],
    });
    assert.equal((await ask(ports[0]!, { authorization: null })).status, 401);
    assert.equal((await ask(ports[1]!, { authorization: null })).status, 200);
  });
});

describe('what a request is', () => {
  afterEach(closeAll);

  it('reaches the environment under its own path, whichever form the partner uses', async () => {
    const { environment, port } = await single();
    for (const path of ['/api01rv2/patientgetv2?id=1', '/api/api01rv2/patientgetv2?id=1', '/other?x=%41&x', '/a%20b']) {
      assert.equal((await ask(port, { path })).status, 200);
    }
    assert.deepEqual(
      environment.requests.map(({ url }) => url),
      ['/api/api01rv2/patientgetv2?id=1', '/api/api01rv2/patientgetv2?id=1', '/other?x=%41&x', '/a%20b'],
    );
  });

  it('keeps its fields, its order and its body', async () => {
    const { environment, port } = await single();
    environment.script = echoes;
    const body = randomBytes(100_000);
    const headers = ['Host', 'clinic', 'Authorization', basic(EMR), 'X-b', '1', 'x-A', '2', 'X-b', '3', 'Content-Length', '100000'];
    const answer = await ask(port, { method: 'POST', path: WRITE, headers, body });
    assert.deepEqual(answer.body, body);
    const { rawHeaders, method } = environment.requests[0]!;
    assert.equal(method, 'POST');
    assert.deepEqual(
      rawHeaders.filter((_, i) => i % 2 === 0 && /^x-[ab]$/i.test(rawHeaders[i]!)),
      ['X-b', 'x-A', 'X-b'],
    );
  });

  it('comes from the partner’s address, and carries the id of its reply', async () => {
    const { environment, port } = await single();
    const { headers } = await ask(port, { headers: { 'X-Forwarded-For': '203.0.113.9', 'X-Request-Id': 'mine' } });
    const seen = environment.requests[0]!;
    assert.equal(seen.headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(seen.headers['x-request-id'], headers['x-request-id']);
    assert.notEqual(headers['x-request-id'], 'mine');
    assert.equal(seen.headers.host, environment.url.host);
    assert.equal(seen.headers.via, '1.1 hybrid-gateway');
  });

  it('with HEAD gets the head of the answer and no body', async () => {
    const { environment, port } = await single();
    environment.script = (_seen, response) => response.writeHead(200, { 'Content-Length': '1234', 'X-Of': 'theirs' }).end();
    const { status, headers, body } = await ask(port, { method: 'HEAD' });
    assert.deepEqual([status, headers['content-length'], headers['x-of'], body.length], [200, '1234', 'theirs', 0]);
    assert.equal(environment.requests[0]!.method, 'HEAD');
  });

  for (const status of [204, 304]) {
    it(`answered with ${status} has no body`, async () => {
      const { environment, port } = await single();
      environment.script = answers(status, '', { ETag: '"x"' });
      const answer = await ask(port);
      assert.deepEqual([answer.status, answer.body.length, answer.headers.etag], [status, 0, '"x"']);
    });
  }

  it('answered with a Location of the environment is led to the gateway', async () => {
    const { environment, port } = await single();
    environment.next(
      answers(302, '', { Location: `${environment.url.origin}/api/next?x=1` }),
      answers(302, '', { Location: 'http://elsewhere/next' }),
    );
    assert.equal((await ask(port)).headers.location, '/api/next?x=1');
    assert.equal((await ask(port)).headers.location, 'http://elsewhere/next');
  });

  it('answered with several cookies gets them all', async () => {
    const { environment, port } = await single();
    environment.script = (_seen, response) => response.writeHead(200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']).end();
    assert.deepEqual((await ask(port)).headers['set-cookie'], ['a=1', 'b=2']);
  });
});

describe('HTTP/1.0', () => {
  afterEach(closeAll);

  it('is answered without chunks, and ends with its connection', async () => {
    const { environment, port } = await single();
    environment.script = async (seen, response) => {
      await seen.body();
      response.write('in two ');
      response.end('pieces');
    };
    const partner = await RawPartner.connect(port);
    partner.send(`GET ${READ} HTTP/1.0\r\n${AUTH}\r\n`);
    const text = await partner.ended();
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.doesNotMatch(text, /transfer-encoding/i);
    assert.ok(text.endsWith('\r\n\r\nin two pieces'));
  });

  it('stays connected where it asks to, and the length is known', async () => {
    const { environment, port } = await single();
    environment.script = answers(200, 'short', { 'Content-Length': '5' });
    const partner = await RawPartner.connect(port);
    for (let i = 1; i <= 3; i += 1) {
      partner.send(`GET ${READ} HTTP/1.0\r\nConnection: keep-alive\r\n${AUTH}\r\n`);
      await partner.until(new RegExp(`^(?:[^]*?\r\n\r\nshort){${i}}$`));
    }
    assert.equal(environment.requests.length, 3);
    assert.match(partner.text, /Connection: keep-alive/i);
    partner.socket.destroy();
  });
});

describe('pipelined requests', () => {
  afterEach(closeAll);

  const request = (n: number): string => `GET ${READ}&n=${n} HTTP/1.1\r\nHost: clinic\r\n${AUTH}\r\n`;

  it('are served in their order, one at a time', async () => {
    const { environment, port } = await single();
    let inside = 0;
    let most = 0;
    environment.script = async (seen, response) => {
      most = Math.max(most, (inside += 1));
      await seen.body();
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      response.end(`answer ${new URL(seen.url, 'http://x').searchParams.get('n')};`);
    };
    const partner = await RawPartner.connect(port);
    partner.send([1, 2, 3, 4, 5].map(request).join(''));
    const text = await partner.until('answer 5;');
    assert.deepEqual(text.match(/answer \d;/g), ['answer 1;', 'answer 2;', 'answer 3;', 'answer 4;', 'answer 5;']);
    assert.equal(most, 1);
    partner.socket.destroy();
  });

  it('behind one that is being answered wait for it', async () => {
    const { environment, port } = await single();
    let finish = (): void => undefined;
    environment.next((_seen, response) => {
      finish = () => response.end('first');
    });
    const partner = await RawPartner.connect(port);
    partner.send(request(1) + request(2));
    await environment.arrival(1);
    const other = await ask(port, { path: `${READ}&n=3` });
    assert.equal(other.status, 200);
    assert.deepEqual(environment.requests.map(({ url }) => url.at(-1)), ['1', '3']);
    finish();
    await partner.until(/first[^]*n=2 0/);
    partner.socket.destroy();
  });

  it('are not executed once their partner is gone', async () => {
    const { environment, port, gateway, metric } = await single();
    environment.next(silently);
    const partner = await RawPartner.connect(port);
    partner.send(`${request(1)}POST ${WRITE} HTTP/1.1\r\nHost: clinic\r\n${AUTH}Content-Length: 1\r\n\r\nx`);
    const first = await environment.arrival(1);
    partner.socket.resetAndDestroy();
    await first.closed;
    assert.equal((await ask(port)).status, 200);
    assert.deepEqual(environment.requests.map(({ method }) => method), ['GET', 'GET']);
    assert.equal(gateway.environments()[0]!.inFlight, 0);
    assert.equal(await metric('hybrid_gateway_requests_in_flight'), 0);
  });

  it('behind one that closes the connection are not executed', async () => {
    const { environment, port } = await single();
    const partner = await RawPartner.connect(port);
    partner.send(request(1).replace('Host:', 'Connection: close\r\nHost:') + request(2));
    await partner.ended();
    assert.deepEqual(environment.requests.map(({ url }) => url.at(-1)), ['1']);
  });
});

describe('a failure of the gateway itself', () => {
  afterEach(closeAll);

  it('is refused in the words that the partner reads', async () => {
    const environment = await backend();
    await environment.down();
    const { port } = await gatewayTo({
      environments: { operational: environment.url },
      partners: [{ name: 'emr', basic: EMR, refusals: 'api-result' }],
    });
    const refused = await ask(port, { path: '/api01rv2/patientgetv2?id=1' });
    assert.deepEqual([refused.status, refused.error], [200, 'connect-failed']);
    assert.match(refused.text, /<patientinfores [^]*<Api_Result type="string">90</);
    const stranger = await ask(port, { authorization: null });
    assert.equal(stranger.status, 401);
  });

  it('names itself, and nothing of an environment', async () => {
    const { environment, port } = await single({}, { limits: { bodyBytes: 10 } });
    environment.script = ordinarily;
    const { status, headers } = await write(port, { body: 'x'.repeat(11) });
    assert.equal(status, 413);
    assert.equal(headers.server, 'hybrid-gateway');
    assert.equal(headers['x-hybrid-error'], 'body-too-large');
    assert.equal(environment.requests.length, 0);
  });
});

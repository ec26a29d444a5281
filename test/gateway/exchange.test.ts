import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ENVIRONMENTS } from '../../mode/mode.ts';
import { answers, echoes, ordinarily } from '../support/backend.ts';
import { credentialsOf, EMR } from '../support/gateway.ts';
import { ask, basic, valuesOf, WRITE, write } from './ask.ts';
import { backend, clinic, closeAll, gatewayTo, single } from './clinic.ts';

const modeOf = { operational: 'normal', cloudEmergency: 'emergency', localEmergency: 'emergency' } as const;

describe('credentials', () => {
  afterEach(closeAll);

  for (const name of ENVIRONMENTS) {
    it(`are replaced by those of ${name}`, async () => {
      const { at, port } = await clinic({
        initial: modeOf[name],
        target: name === 'operational' ? 'cloudEmergency' : name,
      });
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
    environment.script = answers(401, 'their own words', {
      'Www-Authenticate': 'Basic realm="WebORCA"',
      'X-Of': 'theirs',
    });
    const { status, text, headers, error, hybridmodes } = await ask(port, { authorization: 'Basic d3Jvbmc6d3Jvbmc=' });
    assert.deepEqual([status, text, error, hybridmodes], [401, 'their own words', undefined, ['normal']]);
    assert.deepEqual([headers['www-authenticate'], headers['x-of']], ['Basic realm="WebORCA"', 'theirs']);
  });

  it('that are wrong get WebORCA’s 401 from the gateway, and nothing is asked of an environment', async () => {
    const { environment, port } = await single();
    for (const authorization of [
      null,
      basic({ user: 'emr', password: 'wrong' }),
      basic({ user: 'x', password: 'y' }),
    ]) {
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
    const headers = [
      'Host',
      'clinic',
      'Authorization',
      basic(EMR),
      'X-b',
      '1',
      'x-A',
      '2',
      'X-b',
      '3',
      'Content-Length',
      '100000',
    ];
    const answer = await ask(port, { method: 'POST', path: WRITE, headers, body });
    assert.deepEqual(answer.body, body);
    const { rawHeaders, method } = environment.requests[0]!;
    assert.equal(method, 'POST');
    assert.deepEqual(
      rawHeaders.filter((_, i) => i % 2 === 0 && /^x-[ab]$/i.test(rawHeaders[i]!)),
      ['X-b', 'x-A', 'X-b'],
    );
  });

  it('comes from the partner’s address, and to the environment’s own name', async () => {
    const { environment, port } = await single();
    await ask(port, { headers: { 'X-Forwarded-For': '203.0.113.9', Host: 'clinic' } });
    const seen = environment.requests[0]!;
    assert.equal(seen.headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(seen.headers.host, environment.url.host);
    assert.equal(seen.headers.via, '1.1 hybrid-gateway');
  });

  it('carries one id to the environment, in its reply and in the log: the partner’s, where that can be one', async () => {
    const { environment, port, lines } = await single();
    for (const given of ['emr-1.a_b', 'two words', 'x'.repeat(65), '患者']) {
      const { headers } = await ask(port, { headers: { 'X-Request-Id': Buffer.from(given).toString('latin1') } });
      const id = headers['x-request-id'];
      assert.equal(environment.requests.at(-1)!.headers['x-request-id'], id);
      assert.equal(id === given, given === 'emr-1.a_b');
    }
    const refused = await ask(port, { authorization: null });
    assert.equal(lines.find(({ msg }) => msg === 'refused')!['requestId'], refused.headers['x-request-id']);
  });

  it('with HEAD gets the head of the answer and no body', async () => {
    const { environment, port } = await single();
    environment.script = (_seen, response) =>
      response.writeHead(200, { 'Content-Length': '1234', 'X-Of': 'theirs' }).end();
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

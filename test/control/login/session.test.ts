import assert from 'node:assert/strict';
import { once } from 'node:events';
import type http from 'node:http';
import https from 'node:https';
import { removeFolders } from '../../state/folder.ts';
import { Certificates } from '../../support/tls.ts';
import { CHEAP, scene } from '../fixture.ts';
import type { Answer, Call, Scene, Setting } from '../fixture.ts';

const PASSWORD = '正しい馬 電池 staple';
const HOUR = 60 * 60_000;

describe('logging in', () => {
  let here: Scene;
  let nowMs: number;

  async function set(setting: Setting = {}): Promise<void> {
    nowMs = Date.parse('2026-04-13T09:00:00.000Z');
    here = await scene({ now: () => new Date(nowMs), ...setting });
    const added = await add('sato', 'operator');
    assert.ok([200, 409].includes(added.status));
  }
  beforeEach(() => set());
  afterEach(async () => {
    await here.end();
    removeFolders();
  });

  const add = (name: string, role: string, password = PASSWORD) =>
    here.call('POST', '/api/operators', { body: { name, role, password } });
  const logIn = (name = 'sato', password = PASSWORD, headers = {}) =>
    here.call('POST', '/api/session', { token: null, headers, body: { name, password } });
  const cookieOf = ({ headers }: Answer) => /^[^;]+/.exec(headers['set-cookie']?.[0] ?? '')?.[0] ?? '';
  const by = (cookie: string, headers = {}) => ({ token: null, headers: { cookie, ...headers } });

  /** A call by a page: with the cookie, and for a change with what GET /api/session gave. */
  async function page(method: string, path: string, cookie: string, body?: unknown): Promise<Answer> {
    const csrf = String((await here.call('GET', '/api/session', by(cookie))).json['csrf']);
    const call: Call = { ...by(cookie, { 'x-csrf-token': csrf }), ...(body !== undefined && { body }) };
    return here.call(method, path, call);
  }

  it('gives a cookie that scripts cannot read and other sites cannot send, and says who may do what', async () => {
    const answer = await logIn();
    assert.equal(answer.status, 200);
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    assert.match(cookie, /^hybrid_gateway_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const { name, role, scopes, expires } = answer.json;
    assert.deepEqual(
      { name, role, scopes, expires },
      {
        name: 'sato',
        role: 'operator',
        scopes: ['read', 'patients', 'switch'],
        expires: '2026-04-13T21:00:00.000Z',
      },
    );
    assert.deepEqual((await here.call('GET', '/api/session', by(cookieOf(answer)))).json, answer.json);
  });

  it('lets each role do what it may', async () => {
    await add('viewer', 'viewer');
    await add('chief', 'admin');
    const expected: [string, number[]][] = [
      ['viewer', [200, 403, 403, 403]],
      ['sato', [200, 200, 422, 403]],
      ['chief', [200, 200, 422, 200]],
    ];
    for (const [name, statuses] of expected) {
      const cookie = cookieOf(await logIn(name));
      const body = { to: 'recovery', expectedEpoch: 1, reason: 'x' };
      const answers = [
        await page('GET', '/api/mode', cookie),
        await page('GET', '/api/outcomes', cookie),
        await page('POST', '/api/mode', cookie, body),
        await page('GET', '/api/operators', cookie),
      ];
      assert.deepEqual(
        answers.map(({ status }) => status),
        statuses,
        name,
      );
    }
  });

  it('with a wrong password and with a name that nobody has are the same answer', async () => {
    const [wrong, nobody] = [await logIn('sato', 'not the password'), await logIn('nobody', 'not the password')];
    assert.equal(wrong.status, 401);
    assert.deepEqual(wrong.json, nobody.json);
    assert.equal(wrong.headers['set-cookie'], undefined);
  });

  it('takes the password however its characters are composed', async () => {
    assert.equal((await logIn('sato', PASSWORD.normalize('NFD'))).status, 200);
  });

  it('never takes up a session that was planted: the value is a new one, and the old one is over', async () => {
    const planted = `hybrid_gateway_session=${'A'.repeat(43)}`;
    const first = cookieOf(await logIn('sato', PASSWORD, { cookie: planted }));
    assert.notEqual(first, planted);
    assert.equal((await here.call('GET', '/api/session', by(planted))).json['code'], 'SESSION_OVER');
    const second = cookieOf(await logIn('sato', PASSWORD, { cookie: first }));
    assert.notEqual(second, first);
    assert.equal((await here.call('GET', '/api/session', by(first))).status, 401);
    assert.equal((await here.call('GET', '/api/session', by(second))).status, 200);
    const two = `${second}; hybrid_gateway_session=${'A'.repeat(43)}`;
    assert.equal((await here.call('GET', '/api/session', by(two))).status, 401, 'nothing tells which of two is ours');
  });

  it('ends with an hour without a request', async () => {
    const cookie = cookieOf(await logIn());
    for (let times = 0; times < 3; times += 1) {
      nowMs += HOUR - 1000;
      assert.equal((await here.call('GET', '/api/session', by(cookie))).status, 200);
    }
    nowMs += HOUR;
    assert.equal((await here.call('GET', '/api/session', by(cookie))).json['code'], 'SESSION_OVER');
    nowMs -= HOUR;
    assert.equal((await here.call('GET', '/api/session', by(cookie))).status, 401, 'and stays over');
  });

  it('ends after twelve hours, whatever is asked', async () => {
    const cookie = cookieOf(await logIn());
    for (let half = 1; half < 24; half += 1) {
      nowMs += HOUR / 2;
      assert.equal((await here.call('GET', '/api/session', by(cookie))).status, 200, `${half / 2} h`);
    }
    nowMs += HOUR / 2;
    assert.equal((await here.call('GET', '/api/session', by(cookie))).status, 401);
  });

  it('ends with a logout, and with it the event streams of that session', async () => {
    const cookie = cookieOf(await logIn());
    const stream = fetch(`${here.control.address.url}/api/events`, { headers: { cookie } }).then((answer) =>
      answer.text(),
    );
    while (!/event_streams 1/.test(await here.registry.metrics())) await new Promise(setImmediate);
    const out = await page('DELETE', '/api/session', cookie);
    assert.deepEqual(out.json, { ended: true });
    assert.match(out.headers['set-cookie']?.[0] ?? '', /^hybrid_gateway_session=; .*Max-Age=0$/);
    assert.match(await stream, /event: mode/);
    assert.equal((await here.call('GET', '/api/session', by(cookie))).status, 401);
  });

  it('ends with a new password, and with the operator', async () => {
    const [one, two] = [cookieOf(await logIn()), cookieOf(await logIn())];
    const body = { password: 'another password' };
    assert.equal((await here.call('POST', '/api/operators/sato/password', { body })).status, 200);
    for (const cookie of [one, two]) assert.equal((await here.call('GET', '/api/session', by(cookie))).status, 401);
    assert.equal((await logIn()).status, 401);
    const cookie = cookieOf(await logIn('sato', 'another password'));
    assert.equal((await here.call('DELETE', '/api/operators/sato')).status, 200);
    assert.equal((await here.call('GET', '/api/session', by(cookie))).status, 401);
    assert.equal((await logIn('sato', 'another password')).status, 401);
  });

  it('outlives a restart of the gateway', async () => {
    const cookie = cookieOf(await logIn());
    const { stateDir } = here;
    await here.end();
    await set({ stateDir });
    assert.equal((await here.call('GET', '/api/session', by(cookie))).status, 200);
  });

  it('changes nothing by the cookie alone: a change needs what only a page of ours can read', async () => {
    const cookie = cookieOf(await logIn());
    const body = { to: 'emergency', expectedEpoch: 1, reason: 'x' };
    for (const headers of [{}, { 'x-csrf-token': 'guess' }, { 'x-csrf-token': '' }]) {
      const answer = await here.call('POST', '/api/mode', { ...by(cookie, headers), body });
      assert.equal(answer.json['code'], 'CSRF_MISSING');
    }
    const other = String((await here.call('GET', '/api/session', by(cookieOf(await logIn())))).json['csrf']);
    const crossed = await here.call('POST', '/api/mode', { ...by(cookie, { 'x-csrf-token': other }), body });
    assert.equal(crossed.status, 403, 'that of another session');
    const foreign = { 'sec-fetch-site': 'cross-site' };
    assert.equal((await logIn('sato', PASSWORD, foreign)).json['code'], 'FOREIGN_ORIGIN');
    assert.equal(here.store.current.epoch, 1);
    assert.equal((await page('POST', '/api/mode', cookie, body)).status, 200);
    assert.equal(here.store.current.by, 'sato');
  });

  it('is in the trail: who, from where, logins that failed, and why sessions ended', async () => {
    await logIn('sato', 'wrong password');
    await logIn('my-secret-password', 'x');
    await page('DELETE', '/api/session', cookieOf(await logIn()));
    cookieOf(await logIn());
    nowMs += 13 * HOUR;
    const idle = cookieOf(await logIn());
    await here.call('GET', '/api/session', by(idle));
    const { text, json } = await here.call('GET', '/api/audit');
    const rows = (json['rows'] as Record<string, unknown>[]).filter(({ via }) => via === 'session').reverse();
    assert.deepEqual(
      rows.map(({ action, outcome, by: who, address }) => [action, outcome, who, address]),
      [
        ['login', 'failed', 'sato', '127.0.0.1'],
        ['login', 'failed', '(unknown)', '127.0.0.1'],
        ['login', 'done', 'sato', '127.0.0.1'],
        ['logout', 'done', 'sato', '127.0.0.1'],
        ['login', 'done', 'sato', '127.0.0.1'],
        ['login', 'done', 'sato', '127.0.0.1'],
      ],
    );
    assert.doesNotMatch(text, /my-secret-password/);
    assert.doesNotMatch(JSON.stringify(here.log), /password":|staple|my-secret/);
  });

  describe('by guessing', () => {
    it('is slowed down after five failures at one name, longer each time, and says for how long', async () => {
      for (let times = 0; times < 5; times += 1) assert.equal((await logIn('sato', 'wrong')).status, 401);
      const waits = [];
      for (let times = 0; times < 8; times += 1) {
        const slowed = await logIn('sato', 'wrong');
        assert.equal(slowed.status, 429);
        assert.equal((await logIn()).status, 429, 'also with the right one');
        waits.push(Number(slowed.headers['retry-after']));
        nowMs += Number(slowed.headers['retry-after']) * 1000;
        assert.equal((await logIn('sato', 'wrong')).status, 401);
      }
      assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
      nowMs += 60_000;
      assert.equal((await logIn()).status, 200);
      assert.equal((await logIn('sato', 'wrong')).status, 401, 'and begins anew');
    });

    it('is slowed down from one address, whatever names are tried', async () => {
      for (let times = 0; times < 20; times += 1) assert.equal((await logIn(`guess-${times}`, 'x')).status, 401);
      assert.equal((await logIn('guess-20', 'x')).status, 429);
    });

    it('is as slow after a restart', async () => {
      for (let times = 0; times < 6; times += 1) await logIn('sato', 'wrong');
      const { stateDir } = here;
      await here.end();
      await set({ stateDir });
      assert.equal((await logIn()).status, 429);
    });

    it('gains nothing by asking many times at once', async () => {
      const answers = await Promise.all(Array.from({ length: 40 }, () => logIn('sato', 'wrong')));
      const wrong = answers.filter(({ status }) => status === 401).length;
      assert.ok(wrong <= 5, `${wrong} guesses were taken`);
      assert.ok(answers.every(({ status }) => status === 401 || status === 429));
    });
  });

  it('makes old hashes anew at the next login when the cost has grown', async () => {
    const { stateDir } = here;
    await here.end();
    const dearer = { ...CHEAP, N: CHEAP.N * 2 };
    await set({ stateDir, passwordCost: dearer });
    assert.equal((await logIn()).status, 200);
    await here.end();
    await set({ stateDir, passwordCost: CHEAP });
    assert.equal((await logIn()).status, 200);
  });
});

describe('logging in over TLS', () => {
  it('gives a cookie that no plain connection and no other host can plant', async () => {
    const certificates = new Certificates();
    const tls = certificates.issue({
      name: 'control',
      authority: certificates.authority('root'),
      names: ['IP:127.0.0.1'],
    });
    const here = await scene({ options: { tls } });
    const call = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
      const options = { method, agent: false, rejectUnauthorized: false, headers };
      const request = https.request(here.control.address.url + path, options);
      request.end(body === undefined ? undefined : JSON.stringify(body));
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      response.resume();
      return response;
    };
    const json = { 'content-type': 'application/json' };
    const bearer = { authorization: `Bearer ${here.control.token}` };
    await call('POST', '/api/operators', { ...json, ...bearer }, { name: 'sato', role: 'viewer', password: PASSWORD });
    const { headers } = await call('POST', '/api/session', json, { name: 'sato', password: PASSWORD });
    const [cookie = ''] = headers['set-cookie'] ?? [];
    assert.match(cookie, /^__Host-hybrid_gateway_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
    const [pair = ''] = cookie.split(';');
    assert.equal((await call('GET', '/api/mode', { cookie: pair })).statusCode, 200);
    assert.equal((await call('GET', '/api/mode', { cookie: pair.replace('__Host-', '') })).statusCode, 401);
    await here.end();
    certificates.remove();
    removeFolders();
  });
});

describe('the operators over HTTP', () => {
  let here: Scene;

  before(async () => {
    here = await scene();
  });
  after(async () => {
    await here.end();
    removeFolders();
  });

  const add = (body: object) =>
    here.call('POST', '/api/operators', { body: { role: 'viewer', password: PASSWORD, ...body } });

  it('are added, listed without their passwords, and removed', async () => {
    const added = await add({ name: 'suzuki' });
    assert.equal(added.status, 200);
    assert.doesNotMatch(added.text, /scrypt|staple/);
    const [operator] = added.json['operators'] as Record<string, unknown>[];
    assert.deepEqual([operator?.['name'], operator?.['role']], ['suzuki', 'viewer']);
    assert.equal((await add({ name: 'suzuki' })).json['code'], 'OPERATOR_EXISTS');
    assert.deepEqual((await here.call('DELETE', '/api/operators/suzuki')).json, { operators: [] });
    assert.equal((await here.call('DELETE', '/api/operators/suzuki')).json['code'], 'OPERATOR_NOT_FOUND');
    const body = { password: PASSWORD };
    assert.equal((await here.call('POST', '/api/operators/suzuki/password', { body })).status, 404);
  });

  it('need a name and a password that are fit to be used', async () => {
    for (const body of [{ name: 'Suzuki' }, { name: '' }, { name: 'a b' }, { name: 'x', role: 'root' }])
      assert.equal((await add(body)).status, 400, JSON.stringify(body));
    for (const password of ['short', 'x'.repeat(257), 'line\nbreak-in-it', 5])
      assert.equal((await add({ name: 'x', password })).status, 400, JSON.stringify(password));
  });

  it('are added once of many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => add({ name: 'tanaka' })));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.equal(answers.filter(({ status }) => status === 409).length, 4);
  });
});

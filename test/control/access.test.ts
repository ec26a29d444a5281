import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolders } from '../state/folder.ts';
import { scene, TOKENS } from './fixture.ts';
import type { Scene } from './fixture.ts';

type Holder = 'nobody' | 'stranger' | 'metrics' | 'read' | 'patients' | 'switch' | 'admin';

const HOLDERS: Holder[] = ['nobody', 'stranger', 'metrics', 'read', 'patients', 'switch', 'admin'];
const OPEN: Holder[] = HOLDERS;
const KNOWN: Holder[] = ['metrics', 'read', 'patients', 'switch', 'admin'];
const READ: Holder[] = ['read', 'switch', 'admin'];

// Who gets past the token, by hand. Bodies are empty: past the token, a change answers 415.
const ACCESS: [method: string, path: string, may: Holder[]][] = [
  ['GET', '/api/mode', READ],
  ['GET', '/api/mode/preflight?to=emergency', READ],
  ['GET', '/api/mode/history', READ],
  ['POST', '/api/mode', ['switch', 'admin']],
  ['POST', '/api/mode/confirm', ['switch', 'admin']],
  ['GET', '/api/environments', READ],
  ['GET', '/api/partners', READ],
  ['HEAD', '/api/events', READ],
  ['GET', '/api/audit', READ],
  ['GET', '/api/outcomes', ['patients', 'admin']],
  ['POST', '/api/outcomes/one', ['admin']],
  ['GET', '/api/operators', ['admin']],
  ['POST', '/api/operators', ['admin']],
  ['POST', '/api/operators/sato/password', ['admin']],
  ['POST', '/api/session', OPEN],
  ['GET', '/api/session', KNOWN],
  ['GET', '/api/openapi.json', READ],
  ['GET', '/metrics', ['metrics', 'admin']],
  ['GET', '/healthz', OPEN],
  ['GET', '/readyz', OPEN],
];

describe('tokens', () => {
  let here: Scene;

  before(async () => {
    here = await scene();
  });
  after(async () => {
    await here.end();
    removeFolders();
  });

  function tokenOf(holder: Holder): string | null {
    if (holder === 'nobody') return null;
    if (holder === 'stranger') return 'token-of-somebody-else';
    return holder === 'admin' ? here.control.token : TOKENS[holder];
  }

  for (const [method, path, may] of ACCESS) {
    it(`${method} ${path} is for ${may === OPEN ? 'everybody' : may.join(', ')}`, async () => {
      for (const holder of HOLDERS) {
        const { status, headers, text } = await here.call(method, path, { token: tokenOf(holder) });
        const said = `${holder}: ${status} ${text}`;
        if (may.includes(holder)) {
          assert.equal(status, method === 'POST' ? 415 : 200, said);
          continue;
        }
        const isKnown = holder !== 'nobody' && holder !== 'stranger';
        assert.equal(status, isKnown ? 403 : 401, said);
        assert.match(headers['www-authenticate'] ?? '', /^Bearer realm="hybrid-gateway"/);
        assert.match(headers['content-type'] ?? '', /^application\/problem\+json/);
      }
    });
  }

  it('are told apart: none, an unknown one, one that may not', async () => {
    const none = await here.call('GET', '/api/mode', { token: null });
    assert.equal(none.json['code'], 'TOKEN_MISSING');
    assert.equal(none.headers['www-authenticate'], 'Bearer realm="hybrid-gateway"');
    const unknown = await here.call('GET', '/api/mode', { token: 'token-of-somebody-else' });
    assert.equal(unknown.json['code'], 'TOKEN_UNKNOWN');
    assert.match(unknown.headers['www-authenticate'] ?? '', /error="invalid_token"$/);
    const little = await here.call('GET', '/api/mode', { token: TOKENS.metrics });
    assert.equal(little.json['code'], 'SCOPE_MISSING');
    assert.equal(little.json['scope'], 'read');
    assert.match(little.headers['www-authenticate'] ?? '', /error="insufficient_scope", scope="read"$/);
  });

  it('are taken from the Bearer scheme, in any case, and from nothing else', async () => {
    const status = async (authorization: string) =>
      (await here.call('GET', '/api/mode', { token: null, headers: { authorization } })).status;
    assert.equal(await status(`bearer ${TOKENS.read}`), 200);
    assert.equal(await status(`BEARER  ${TOKENS.read} `), 200);
    assert.equal(await status(TOKENS.read), 401);
    assert.equal(await status('Bearer'), 401);
    assert.equal(await status(`Bearer ${TOKENS.read} x`), 401);
    assert.equal(await status(`Basic ${Buffer.from(`read:${TOKENS.read}`).toString('base64')}`), 401);
    assert.equal((await here.call('GET', `/api/mode?token=${TOKENS.read}`, { token: null })).status, 401);
  });
});

describe('the token file', () => {
  afterEach(removeFolders);

  it('is written at the first start for its owner alone, and kept after that', async () => {
    const first = await scene();
    const { stateDir } = first;
    const file = join(stateDir, 'control.token');
    assert.equal(readFileSync(file, 'utf8'), `${first.control.token}\n`);
    assert.match(first.control.token, /^[\w-]{43}$/);
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
    await first.end();
    chmodSync(file, 0o644);
    const second = await scene({ stateDir });
    assert.equal(second.control.token, first.control.token);
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
    await second.end();
  });

  it('is another one for every state', async () => {
    const [one, two] = [await scene(), await scene()];
    assert.notEqual(one.control.token, two.control.token);
    await one.end();
    await two.end();
  });

  it('that is empty or cut short is written anew', async () => {
    const first = await scene();
    const { stateDir } = first;
    await first.end();
    writeFileSync(join(stateDir, 'control.token'), first.control.token.slice(0, 10));
    const second = await scene({ stateDir });
    assert.match(second.control.token, /^[\w-]{43}$/);
    assert.notEqual(second.control.token, first.control.token);
    await second.end();
  });
});

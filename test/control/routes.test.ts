import assert from 'node:assert/strict';
import type { EnvironmentName } from '../../mode/mode.ts';
import { removeFolders } from '../state/folder.ts';
import { raw, scene } from './fixture.ts';
import type { Scene, Setting } from './fixture.ts';

describe('the routes', () => {
  let here: Scene;

  async function set(setting: Setting = {}): Promise<void> {
    here = await scene(setting);
  }
  afterEach(async () => {
    await here.end();
    removeFolders();
  });

  /** The id on the answer to a call that brings `given`. */
  async function idFor(given: string): Promise<unknown> {
    const { headers } = await here.call('GET', '/healthz', { headers: { 'x-request-id': given } });
    return headers['x-request-id'];
  }

  /** What is said of an environment that announces this. */
  async function mismatchOf(name: EnvironmentName, announced: string | null): Promise<unknown> {
    here.gateway.change(name, { announced });
    const { json } = await here.call('GET', '/api/environments');
    const environments = json['environments'] as { name: string; mismatch: unknown }[];
    return environments.find((each) => each.name === name)?.mismatch;
  }

  it('that do not exist are 404, in JSON, without a token too', async () => {
    await set();
    for (const path of ['/', '/api', '/api/mode/', '/API/mode', '/api/mode/x', '//api/mode', '/api/%zz', '/api/../x']) {
      const { status, json, headers } = await here.call('GET', path, { token: null });
      assert.equal(status, 404, path);
      assert.equal(json['code'], 'NOT_FOUND');
      assert.equal(json['type'], 'urn:hybrid-gateway:problem:not-found');
      assert.match(headers['content-type'] ?? '', /^application\/problem\+json/);
    }
  });

  it('take only their methods, and say which', async () => {
    await set();
    const allow = async (method: string, path: string) => {
      const { status, headers } = await here.call(method, path, { token: null });
      return `${status} ${headers.allow}`;
    };
    assert.equal(await allow('DELETE', '/api/mode'), '405 HEAD, GET, POST, OPTIONS');
    assert.equal(await allow('PUT', '/api/mode/confirm'), '405 POST, OPTIONS');
    assert.equal(await allow('GET', '/api/mode/confirm'), '405 POST, OPTIONS');
    assert.equal(await allow('HEAD', '/api/mode/confirm'), '405 POST, OPTIONS');
    assert.equal(await allow('POST', '/api/events'), '405 HEAD, GET, OPTIONS');
    assert.equal(await allow('PROPFIND', '/healthz'), '405 HEAD, GET, OPTIONS');
    assert.equal(await allow('OPTIONS', '/api/mode'), '204 HEAD, GET, POST, OPTIONS');
    assert.equal(await allow('OPTIONS', '/nothing'), '404 undefined');
    assert.match(
      await raw(here.control, 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
      /^HTTP\/1\.1 404/,
    );
  });

  it('answer HEAD as GET, without a body', async () => {
    await set();
    for (const path of ['/api/environments', '/api/partners', '/healthz', '/readyz', '/metrics', '/api/openapi.json']) {
      const get = await here.call('GET', path);
      const head = await here.call('HEAD', path);
      assert.equal(head.status, 200);
      assert.equal(head.text, '');
      assert.equal(head.headers['content-type'], get.headers['content-type']);
    }
  });

  it('send a request id and security headers with every answer', async () => {
    await set();
    const calls: [string, string, string | null][] = [
      ['GET', '/api/mode', here.control.token],
      ['GET', '/api/mode', null],
      ['DELETE', '/api/mode', null],
      ['GET', '/nothing', null],
      ['OPTIONS', '/api/mode', null],
      ['GET', '/metrics', here.control.token],
    ];
    const ids = new Set<unknown>();
    for (const [method, path, token] of calls) {
      const { headers } = await here.call(method, path, { token });
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['cache-control'], 'no-store');
      assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/);
      ids.add(headers['x-request-id']);
    }
    assert.equal(ids.size, calls.length);
  });

  it('keep a request id that the caller sends, if it is one', async () => {
    await set();
    assert.equal(await idFor('abc-1.2:3'), 'abc-1.2:3');
    assert.notEqual(await idFor('a b'), 'a b');
    assert.notEqual(await idFor('a'.repeat(65)), 'a'.repeat(65));
  });

  it('turn a fault of ours into 500 with the request id, and tell only the log why', async () => {
    await set();
    here.gateway.environments = () => {
      throw new Error('a secret thing broke');
    };
    const { status, json, text, headers } = await here.call('GET', '/api/environments');
    assert.equal(status, 500);
    assert.equal(json['code'], 'INTERNAL');
    assert.ok(!text.includes('secret'));
    assert.ok(String(json['detail']).includes(String(headers['x-request-id'])));
    assert.equal(here.log[0]?.level, 'error');
  });

  describe('/api/environments', () => {
    it('joins what each environment is with what it should be', async () => {
      await set();
      here.gateway.change('cloudEmergency', { health: 'down', cause: 'tls', detail: '証明書を確認してください' });
      const { json } = await here.call('GET', '/api/environments');
      const environments = json['environments'] as Record<string, unknown>[];
      assert.deepEqual(
        environments.map(({ name, routed, header, health }) => ({ name, routed, header, health })),
        [
          { name: 'operational', routed: true, header: 'normal', health: 'up' },
          { name: 'cloudEmergency', routed: false, header: 'normal-fa', health: 'down' },
          { name: 'localEmergency', routed: false, header: 'normal-fa', health: 'up' },
        ],
      );
    });

    it('tells a wrong role from a wrong phase, for those whose announcements count', async () => {
      await set({ announcing: ['operational', 'cloudEmergency'] });
      assert.equal(await mismatchOf('operational', null), null);
      assert.equal(await mismatchOf('operational', 'normal'), null);
      assert.deepEqual(await mismatchOf('operational', 'normal-fa'), { facet: 'role', expected: 'normal' });
      assert.deepEqual(await mismatchOf('operational', 'emergency'), { facet: 'phase', expected: 'normal' });
      assert.deepEqual(await mismatchOf('operational', 'drill'), { facet: 'unknown', expected: 'normal' });
      assert.equal(await mismatchOf('cloudEmergency', 'normal-fa'), null);
      assert.deepEqual(await mismatchOf('cloudEmergency', 'emergency'), { facet: 'role', expected: 'normal-fa' });
      assert.equal(await mismatchOf('localEmergency', 'normal'), null);
    });
  });

  it('/api/partners tells who calls', async () => {
    await set();
    const { json } = await here.call('GET', '/api/partners');
    assert.deepEqual(json['partners'], here.gateway.partners());
  });

  describe('/readyz', () => {
    it('is ready while partners can be served, also while writes wait for an operator', async () => {
      await set({ initial: null });
      const { status, json } = await here.call('GET', '/readyz', { token: null });
      assert.equal(status, 200);
      assert.deepEqual(json, { ready: true });
    });

    it('says why not: no listener, no environment', async () => {
      let isListening = false;
      await set({
        initial: 'emergency',
        configured: ['operational', 'localEmergency'],
        isListening: () => isListening,
      });
      const both = await here.call('GET', '/readyz', { token: null });
      assert.equal(both.status, 503);
      assert.deepEqual(both.json['reasons'], ['not listening', 'no environment for this mode']);
      isListening = true;
      const one = await here.call('GET', '/readyz', { token: null });
      assert.deepEqual(one.json['reasons'], ['no environment for this mode']);
      assert.equal((await here.call('GET', '/healthz', { token: null })).status, 200);
    });
  });

  describe('/metrics', () => {
    it('counts requests by route template and status class, never by path', async () => {
      await set();
      await here.call('GET', '/api/mode/history?limit=3');
      await here.call('GET', '/api/mode/history?limit=0');
      await here.call('GET', '/00001/patient', { token: null });
      await here.call('PROPFIND', '/api/mode', { token: null });
      const { text, headers } = await here.call('GET', '/metrics');
      assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
      const counted = text.split('\n').filter((line) => line.startsWith('hybrid_gateway_control_requests_total{'));
      assert.deepEqual(counted.sort(), [
        'hybrid_gateway_control_requests_total{route="/api/mode/history",method="GET",status="2xx"} 1',
        'hybrid_gateway_control_requests_total{route="/api/mode/history",method="GET",status="4xx"} 1',
        'hybrid_gateway_control_requests_total{route="none",method="GET",status="4xx"} 1',
        'hybrid_gateway_control_requests_total{route="none",method="other",status="4xx"} 1',
      ]);
    });
  });
});

import assert from 'node:assert/strict';
import { hostName, isForeign, isOurHost } from '../../control/security.ts';
import { removeFolders } from '../state/folder.ts';
import { raw, scene } from './fixture.ts';
import type { Scene } from './fixture.ts';

const BODY = { to: 'emergency', expectedEpoch: 1, reason: '訓練' };

describe('Host', () => {
  const rule = { listen: '10.0.0.5', hosts: ['gateway.clinic.local', '[2001:db8::1]'] };

  it('may be a loopback name or address, with any port', () => {
    for (const field of ['localhost', 'LOCALHOST:8800', '127.0.0.1:1', '127.1.2.3', '[::1]:8800', 'localhost.']) {
      assert.ok(isOurHost(field, '127.0.0.1', rule), field);
    }
  });

  it('may be the listen address, the address of the connection, or a name of control.hosts', () => {
    for (const field of ['10.0.0.5:8800', '192.0.2.7', 'Gateway.Clinic.Local:8800', '[2001:DB8::1]', '[2001:db8::9]']) {
      const local = field.includes('::9') ? '2001:db8::9' : '::ffff:192.0.2.7';
      assert.ok(isOurHost(field, local, rule), field);
    }
  });

  it('may be nothing else', () => {
    const foreign = [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '192.0.2.8',
      'gateway',
      '0.0.0.0',
      '',
      ' ',
      'localhost@evil.example',
      'localhost:88000000',
      'localhost:80:80',
      '::1',
      'evil.example#localhost',
      '127.evil.example',
    ];
    for (const field of foreign) assert.ok(!isOurHost(field, '192.0.2.7', rule), field);
  });

  it('is read without port and brackets, in lower case', () => {
    assert.equal(hostName('[2001:DB8::1]:80'), '2001:db8::1');
    assert.equal(hostName('Example.:80'), 'example');
    assert.equal(hostName('a b'), null);
  });
});

describe('a foreign page', () => {
  const from = { method: 'POST', host: 'localhost:8800', origin: '', secFetchSite: '' };

  it('is one whose origin is not the host that was called', () => {
    assert.ok(!isForeign({ ...from, origin: 'http://localhost:8800' }));
    assert.ok(!isForeign({ ...from, origin: 'https://gateway', host: 'gateway' }));
    for (const origin of ['http://localhost', 'http://localhost:8801', 'http://evil.example', 'null', 'file://', 'x']) {
      assert.ok(isForeign({ ...from, origin }), origin);
    }
  });

  it('is one that the browser calls cross-site or same-site', () => {
    for (const secFetchSite of ['cross-site', 'same-site', 'anything']) assert.ok(isForeign({ ...from, secFetchSite }));
    for (const secFetchSite of ['same-origin', 'none']) assert.ok(!isForeign({ ...from, secFetchSite }));
    const pretended = { origin: 'http://localhost:8800', secFetchSite: 'cross-site' };
    assert.ok(isForeign({ ...from, ...pretended }));
  });

  it('may read: what it reads is kept from it by its browser and by the token', () => {
    assert.ok(!isForeign({ ...from, method: 'GET', origin: 'http://evil.example', secFetchSite: 'cross-site' }));
  });
});

describe('the guard', () => {
  let here: Scene;

  beforeEach(async () => {
    here = await scene({ options: { hosts: ['gateway.clinic.local'] } });
  });
  afterEach(async () => {
    await here.end();
    removeFolders();
  });

  it('answers 421 to a foreign name, whatever the token, and takes our own', async () => {
    for (const path of ['/api/mode', '/healthz', '/metrics', '/nothing']) {
      const { status, json } = await here.call('GET', path, { headers: { host: 'evil.example' } });
      assert.equal(status, 421);
      assert.equal(json['code'], 'WRONG_HOST');
    }
    for (const host of ['localhost', 'gateway.clinic.local:8800', '127.0.0.1']) {
      assert.equal((await here.call('GET', '/api/mode', { headers: { host } })).status, 200);
    }
  });

  it('answers 403 to a change that a foreign page asks for, and nothing changes', async () => {
    for (const path of ['/api/mode', '/api/mode/confirm']) {
      const headers = { origin: 'http://evil.example' };
      const { status, json } = await here.call('POST', path, { body: BODY, headers });
      assert.equal(status, 403);
      assert.equal(json['code'], 'FOREIGN_ORIGIN');
    }
    const crossSite = await here.call('POST', '/api/mode', { body: BODY, headers: { 'sec-fetch-site': 'cross-site' } });
    assert.equal(crossSite.status, 403);
    assert.equal(here.store.current.epoch, 1);
  });

  it('takes a change from our own page', async () => {
    const headers = { origin: here.control.address.url, 'sec-fetch-site': 'same-origin' };
    assert.equal((await here.call('POST', '/api/mode', { body: BODY, headers })).status, 200);
  });

  it('refuses two Hosts, none, and a target that names a host of its own', async () => {
    const heads = [
      'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n',
      'GET /healthz HTTP/1.1\r\n\r\n',
      'GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'POST /api/mode HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ];
    for (const head of heads) {
      const text = await raw(here.control, head);
      assert.match(text, /^HTTP\/1\.1 400 /, head);
      assert.match(text, /"code":"BAD_REQUEST"/, head);
    }
  });
});

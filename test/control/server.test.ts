import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import { listen, ControlCannotListen, ControlPortTaken } from '../../control/server.ts';
import { child } from '../state/child.ts';
import { issueCertificate } from '../../simulator/certificate.ts';
import { folder, removeFolders } from '../state/folder.ts';
import { raw, scene } from './fixture.ts';
import type { Scene } from './fixture.ts';

const LOOPBACK = { listen: { host: '127.0.0.1', port: 0 }, tls: null };
const LISTENER = new URL('listener.ts', import.meta.url);

describe('the control server', () => {
  let here: Scene;

  beforeEach(async () => {
    here = await scene();
  });
  afterEach(async () => {
    await here.end();
    removeFolders();
  });

  const JUNK: [string, string][] = [
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    [
      'two framings',
      'POST /api/mode HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'POST /api/mode HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
    ['a negative length', 'POST /api/mode HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'],
    ['an unknown coding', 'POST /api/mode HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n'],
    ['a broken chunk', 'POST /api/mode HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a space before the colon', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A : b\r\n\r\n'],
    ['a bare CR', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: b\rX-B: c\r\n\r\n'],
    ['a NUL', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: b\0c\r\n\r\n'],
    ['a space in the target', 'GET /health z HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ];
  for (const [name, bytes] of JUNK) {
    it(`answers 400 to ${name}, closes, and goes on`, async () => {
      const text = await raw(here.control, bytes);
      assert.match(text, /^HTTP\/1\.1 400 /);
      assert.match(text, /\r\nConnection: close\r\n/);
      assert.match(text, /\r\nX-Request-Id: \S+\r\n/);
      assert.match(text, /\r\nContent-Type: application\/problem\+json/);
      assert.equal([...text.matchAll(/HTTP\/1\.1 \d/g)].length, 1);
      assert.equal((await here.call('GET', '/healthz')).status, 200);
    });
  }

  it('takes a request to upgrade for a plain one', async () => {
    const fields = 'Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
    const text = await raw(here.control, `GET /healthz HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`);
    assert.match(text, /^HTTP\/1\.1 200 .*\{"alive":true\}$/s);
  });

  it('answers junk behind a whole request after that request, and closes', async () => {
    const text = await raw(here.control, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\njunk\r\n\r\n');
    assert.deepEqual(
      [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]),
      ['200', '400'],
    );
  });

  it('answers 431 to header fields without end', async () => {
    const text = await raw(
      here.control,
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
    );
    assert.match(text, /^HTTP\/1\.1 431 /);
    assert.match(text, /"code":"HEADERS_TOO_LARGE"/);
  });

  it('answers 408 to a request that does not arrive in time', async () => {
    const limits = { headersTimeout: 20, requestTimeout: 20, connectionsCheckingInterval: 5 };
    const server = await listen((_, response) => response.end(), LOOPBACK, limits);
    const text = await raw({ ...here.control, address: server.address }, 'GET /healthz HTTP/1.1\r\n');
    assert.match(text, /^HTTP\/1\.1 408 /);
    await server.close();
  });

  it('takes what is left of a body that it refused, and the connection is good for the next request', async () => {
    const body = 'a'.repeat(300_000);
    const head = (length: number) =>
      `POST /api/mode HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\nContent-Type: application/json\r\n` +
      `Authorization: Bearer ${here.control.token}\r\n\r\n`;
    const next = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const text = await raw(here.control, head(body.length), body, next);
    assert.deepEqual(
      [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]),
      ['413', '200'],
    );
  });

  it('cuts a caller that sends without end', async () => {
    const socket = net.connect(here.control.address.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST /api/mode HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
    const send = () => void (socket.writable && socket.write(chunk, send));
    send();
    socket.resume();
    await new Promise((resolve) => void socket.once('close', resolve));
  });

  it('answers an expectation that it cannot meet with 417, and 100 Continue with the body wanted', async () => {
    const odd = await raw(
      here.control,
      'POST /api/mode HTTP/1.1\r\nHost: localhost\r\nExpect: tea\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
    assert.match(odd, /^HTTP\/1\.1 417 .*"code":"EXPECTATION_FAILED"/s);
    const good = await raw(
      here.control,
      'POST /api/mode HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
    assert.match(good, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 401 /);
  });

  it('that is closed lets an answer finish that is under way, and then takes nobody', async () => {
    const arrived = Promise.withResolvers<http.ServerResponse>();
    const server = await listen((_, response) => arrived.resolve(response), LOOPBACK);
    const outgoing = http.get(server.address.url);
    const response = await arrived.promise;
    const begun = performance.now();
    const closed = server.close();
    response.end('done');
    const [incoming] = (await once(outgoing, 'response')) as [http.IncomingMessage];
    assert.equal((await incoming.toArray()).join(''), 'done');
    await closed;
    assert.ok(performance.now() - begun < 1000, 'waited for a connection that is idle');
    await assert.rejects(fetch(server.address.url));
  });

  it('that is closed cuts an answer that takes too long', async () => {
    const server = await listen(() => undefined, LOOPBACK);
    const call = fetch(server.address.url);
    const isCut = assert.rejects(call);
    await new Promise(setImmediate);
    await server.close(20);
    await isCut;
  });
});

describe('the control server with a certificate', () => {
  afterEach(removeFolders);

  it('speaks HTTPS, and answers plain HTTP with 400 or nothing', async () => {
    const { cert, key } = issueCertificate({ commonName: 'gateway', names: ['127.0.0.1'] });
    const dir = folder();
    const tls = { certificate: join(dir, 'cert.pem'), key: join(dir, 'key.pem') };
    writeFileSync(tls.certificate, cert);
    writeFileSync(tls.key, key);
    const server = await listen((_, response) => response.end('secret'), { ...LOOPBACK, tls });
    assert.match(server.address.url, /^https:\/\/127\.0\.0\.1:\d+$/);
    const outgoing = https.get(server.address.url, { ca: cert, agent: false });
    const [incoming] = (await once(outgoing, 'response')) as [http.IncomingMessage];
    assert.equal((await incoming.toArray()).join(''), 'secret');
    const plain = net.connect(server.address.port, '127.0.0.1');
    plain.on('error', () => undefined);
    plain.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    let text = '';
    plain.on('data', (chunk) => (text += String(chunk)));
    await new Promise((resolve) => void plain.once('close', resolve));
    assert.ok(!text.includes('secret'));
    await server.close();
  });
});

describe('a taken port', () => {
  it('is told with the process that holds it, its command, and that ORCA uses it too', async function () {
    if (process.platform !== 'linux') this.skip();
    const other = child(LISTENER);
    const port = Number(await other.line());
    const attempt = listen(() => undefined, { listen: { host: '127.0.0.1', port }, tls: null });
    await assert.rejects(attempt, (error: ControlPortTaken) => {
      assert.ok(error instanceof ControlPortTaken);
      assert.equal(error.code, 'CONTROL_PORT_TAKEN');
      assert.equal(error.holder?.pid, other.pid);
      assert.match(
        error.message,
        new RegExp(`127\\.0\\.0\\.1:${port} is taken by process ${other.pid} \\(.*listener\\.ts\\)`),
      );
      assert.match(error.message, /ORCA's own hybrid client also uses 8800/);
      return true;
    });
    await other.kill();
  });

  it('is told from an address that is not ours', async () => {
    const attempt = listen(() => undefined, { listen: { host: '192.0.2.1', port: 8800 }, tls: null });
    await assert.rejects(attempt, ControlCannotListen);
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { ListenFailed } from '../../gateway/server.ts';
import { EMR } from '../support/gateway.ts';
import { Certificates, pem, type AuthorityFiles, type CertificateFiles } from '../support/tls.ts';
import { ask, basic } from './ask.ts';
import { backend, closeAll, gatewayTo, single } from './clinic.ts';
import { RawPartner } from './raw.ts';

describe('a listener with TLS', () => {
  const certificates = new Certificates();
  let authority: AuthorityFiles;
  let server: CertificateFiles;
  let ca: Buffer;

  before(() => {
    authority = certificates.authority('clinic-ca');
    server = certificates.issue({ name: 'gateway', authority, names: ['IP:127.0.0.1'] });
    ca = readFileSync(authority.certificate);
  });
  after(() => certificates.remove());
  afterEach(closeAll);

  async function start() {
    const environment = await backend();
    const { certificate, key } = server;
    const { ports } = await gatewayTo({
      environments: { operational: environment.url },
      partners: [
        { name: 'push', certificate: 'push' },
        { name: 'emr', basic: EMR },
      ],
      tls: { certificate, key, clientCa: authority.certificate },
    });
    return { environment, plain: ports[0]!, port: ports[1]! };
  }

  it('serves beside the plain one', async () => {
    const { plain, port } = await start();
    assert.equal((await ask(plain)).status, 200);
    assert.equal((await ask(port, { tls: { ca } })).status, 200);
  });

  it('recognises a partner by the name in its client certificate', async () => {
    const { port } = await start();
    const push = certificates.issue({ name: 'push', authority });
    assert.equal((await ask(port, { authorization: null, tls: { ca, ...pem(push) } })).status, 200);
  });

  it('does not recognise the same name from another authority', async () => {
    const { port } = await start();
    const other = certificates.authority('other-ca');
    const forged = certificates.issue({ name: 'push', authority: other });
    assert.equal((await ask(port, { authorization: null, tls: { ca, ...pem(forged) } })).status, 401);
  });

  it('does not recognise a certificate that has expired', async () => {
    const { port } = await start();
    const old = certificates.issue({ name: 'push', authority, isExpired: true });
    assert.equal((await ask(port, { authorization: null, tls: { ca, ...pem(old) } })).status, 401);
  });

  it('does not recognise another name, or none', async () => {
    const { port } = await start();
    const other = certificates.issue({ name: 'Push', authority });
    assert.equal((await ask(port, { authorization: null, tls: { ca, ...pem(other) } })).status, 401);
    assert.equal((await ask(port, { authorization: null, tls: { ca } })).status, 401);
  });

  it('takes no TLS older than 1.2', async () => {
    const { port } = await start();
    await assert.rejects(ask(port, { tls: { ca, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' } }));
  });
});

describe('a listener', () => {
  afterEach(closeAll);

  it('that cannot have its port says so, and what to do', async () => {
    const first = await single();
    const listen = [{}, { port: first.port }];
    const error = await gatewayTo({ environments: { operational: first.environment.url }, listen }).then(
      () => null,
      (failure: unknown) => failure,
    );
    assert.ok(error instanceof ListenFailed);
    assert.equal(error.code, 'LISTEN_FAILED');
    assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${first.port} is taken by another program`));
  });

  it('that cannot have its address says so', async () => {
    const environments = { operational: new URL('http://127.0.0.1:1') };
    await assert.rejects(
      gatewayTo({ environments, listen: [{ host: '192.0.2.1' }] }),
      /not an address of this machine/,
    );
  });

  it('serves a request with an h2c upgrade as a plain one', async () => {
    const { environment, port } = await single();
    const headers = {
      Connection: 'Upgrade, HTTP2-Settings',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'AAMAAABkAAQAoAAAAAIAAAAA',
    };
    const answer = await ask(port, { headers });
    assert.equal(answer.status, 200);
    for (const name of ['upgrade', 'http2-settings']) assert.equal(environment.requests[0]!.headers[name], undefined);
  });

  it('refuses a header section beyond its limit: headers-too-large', async () => {
    const { port } = await single({}, { limits: { headerBytes: 2048 } });
    const partner = await RawPartner.connect(port);
    partner.send(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(4000)}\r\n\r\n`);
    const text = await partner.ended();
    assert.match(text, /^HTTP\/1\.1 431 [^]*X-Hybrid-Error: headers-too-large\r\n/);
  });

  it('refuses a header section that does not come in time: request-timeout', async () => {
    const { port } = await single({}, { limits: { headersWithinMs: 100 } });
    const partner = await RawPartner.connect(port);
    partner.send('GET / HTTP/1.1\r\nHost: a\r\n');
    const text = await partner.ended();
    assert.match(text, /^HTTP\/1\.1 408 [^]*X-Hybrid-Error: request-timeout\r\n/);
  });

  it('closes a connection that never says anything', async () => {
    const { port } = await single({}, { limits: { headersWithinMs: 100 } });
    const silent = connect(port, '127.0.0.1');
    silent.resume();
    await once(silent, 'close');
  });

  it('answers what is no HTTP behind the answers before it', async () => {
    const { port } = await single();
    const partner = await RawPartner.connect(port);
    partner.send(`GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic(EMR)}\r\n\r\nnonsense\r\n\r\n`);
    const text = await partner.ended();
    assert.match(text, /^HTTP\/1\.1 200 [^]*GET \/a 0[^]*HTTP\/1\.1 400 [^]*malformed-request/);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { EnvironmentOptions } from '../../orca/options.ts';
import { answers, type Backend } from '../support/backend.ts';
import { Certificates, PASSPHRASE, pem, type AuthorityFiles, type CertificateFiles } from '../support/tls.ts';
import { ask, write } from './ask.ts';
import { backend, closeAll, gatewayTo, listener } from './clinic.ts';

async function environmentWith(files: CertificateFiles, tls: object = {}): Promise<Backend> {
  return backend({ tls: { ...pem(files), ...tls } });
}

describe('an environment behind TLS', () => {
  const certificates = new Certificates();
  let authority: AuthorityFiles;
  let stranger: AuthorityFiles;
  let server: CertificateFiles;
  let client: CertificateFiles;

  before(() => {
    authority = certificates.authority('clinic-ca');
    stranger = certificates.authority('other-ca');
    server = certificates.issue({ name: 'server', authority, names: ['DNS:localhost', 'IP:127.0.0.1'] });
    client = certificates.issue({ name: 'gateway-client', authority });
  });
  after(() => certificates.remove());
  afterEach(closeAll);

  async function gatewayWith(environment: { url: URL }, options: Partial<EnvironmentOptions> = {}) {
    const operational = { url: environment.url, ca: authority.certificate, ...options };
    return gatewayTo({ environments: { operational } });
  }

  function own(): Pick<EnvironmentOptions, 'clientCertificate'> {
    return { clientCertificate: { pkcs12: client.pkcs12, passphrase: PASSPHRASE } };
  }

  it('is reached by its own authority', async () => {
    const environment = await environmentWith(server);
    const { port } = await gatewayWith(environment);
    assert.equal((await ask(port)).status, 200);
    assert.equal((await write(port)).status, 200);
  });

  it('leads a partner to the gateway, not to itself', async () => {
    const environment = await environmentWith(server);
    environment.script = answers(302, '', { Location: `${environment.url.origin}/next` });
    const { port } = await gatewayWith(environment);
    assert.equal((await ask(port)).headers.location, '/next');
  });

  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`gets the client certificate of the PKCS#12 file (${maxVersion})`, async () => {
      const asks = { requestCert: true, rejectUnauthorized: true, ca: readFileSync(authority.certificate), maxVersion };
      const environment = await environmentWith(server, asks);
      const names: unknown[] = [];
      environment.script = (seen, response) => {
        if (seen.socket instanceof TLSSocket) names.push(seen.socket.getPeerCertificate().subject.CN);
        return response.end();
      };
      const { port } = await gatewayWith(environment, own());
      assert.equal((await ask(port)).status, 200);
      assert.equal((await write(port)).status, 200);
      assert.deepEqual(names, ['gateway-client', 'gateway-client']);
    });
  }

  it('is known by servername where its certificate carries another name than the url', async () => {
    const named = certificates.issue({ name: 'named', authority, names: ['DNS:orca.clinic.local'] });
    const environment = await environmentWith(named);
    const wrong = await gatewayWith(environment);
    assert.equal((await ask(wrong.port)).error, 'certificate-refused');
    const right = await gatewayWith(environment, { servername: 'orca.clinic.local' });
    assert.equal((await ask(right.port)).status, 200);
  });

  const refusals: [string, RegExp, () => Promise<{ environment: Backend; options?: Partial<EnvironmentOptions> }>][] = [
    [
      'has expired',
      /expired/,
      async () => {
        const expired = certificates.issue({ name: 'expired', authority, names: ['IP:127.0.0.1'], isExpired: true });
        return { environment: await environmentWith(expired) };
      },
    ],
    [
      'is of an authority that is not known',
      /unable to verify|unable to get/,
      async () => {
        const foreign = certificates.issue({ name: 'foreign', authority: stranger, names: ['IP:127.0.0.1'] });
        return { environment: await environmentWith(foreign) };
      },
    ],
    [
      'is of an authority that only the system does not know',
      /self-signed|unable to/,
      async () => ({ environment: await environmentWith(server), options: { ca: null } }),
    ],
    [
      'carries another name',
      /altnames|does not match|IP: 127\.0\.0\.1 is not/i,
      async () => {
        const named = certificates.issue({ name: 'elsewhere', authority, names: ['DNS:elsewhere.local'] });
        return { environment: await environmentWith(named) };
      },
    ],
  ];
  for (const [name, detail, prepare] of refusals) {
    it(`whose certificate ${name} is refused: certificate-refused, nothing is sent`, async () => {
      const { environment, options } = await prepare();
      const { port, gateway } = await gatewayWith(environment, options);
      for (const answer of [await ask(port), await write(port)]) {
        assert.deepEqual(
          [answer.status, answer.error, answer.headers['retry-after']],
          [502, 'certificate-refused', '30'],
        );
      }
      assert.equal(environment.requests.length, 0);
      const [status] = gateway.environments();
      assert.equal(status!.cause, 'certificate');
      assert.match(status!.detail ?? '', detail);
    });
  }

  const asking = (maxVersion: 'TLSv1.2' | 'TLSv1.3'): object => ({
    requestCert: true,
    rejectUnauthorized: true,
    ca: readFileSync(authority.certificate),
    maxVersion,
  });

  it('that misses our client certificate is certificate-refused in TLS 1.3, nothing is acted on', async () => {
    const environment = await environmentWith(server, asking('TLSv1.3'));
    const { port, gateway } = await gatewayWith(environment);
    for (const answer of [await ask(port), await write(port)]) {
      assert.deepEqual([answer.status, answer.error], [502, 'certificate-refused']);
    }
    assert.equal(environment.requests.length, 0);
    assert.equal(gateway.environments()[0]!.cause, 'certificate');
  });

  it('that misses our client certificate is tls-failed in TLS 1.2, which has no word for it', async () => {
    const environment = await environmentWith(server, asking('TLSv1.2'));
    const { port, gateway } = await gatewayWith(environment);
    assert.equal((await write(port)).error, 'tls-failed');
    assert.equal(environment.requests.length, 0);
    assert.equal(gateway.environments()[0]!.cause, 'tls');
  });

  it('that speaks no TLS is tls-failed', async () => {
    const plain = await backend();
    const { port } = await gatewayWith({ url: new URL(`https://127.0.0.1:${plain.port}`) });
    assert.equal((await write(port)).error, 'tls-failed');
  });

  it('that hangs up on the handshake is connect-failed', async () => {
    const { port } = await gatewayWith({
      url: new URL(`https://127.0.0.1:${await listener((socket) => socket.destroy())}`),
    });
    assert.equal((await write(port)).error, 'connect-failed');
  });

  it('whose records break after a write arrived never gets it twice', async () => {
    const environment = await environmentWith(server);
    const partners: Socket[] = [];
    const relay = await listener((partner) => {
      const onward = connect(environment.port, '127.0.0.1');
      partner.on('close', () => onward.destroy()).pipe(onward);
      onward.on('error', () => partner.destroy()).pipe(partner);
      partners.push(partner);
    });
    const { port } = await gatewayWith({ url: new URL(`https://127.0.0.1:${relay}`) });
    // Bytes that no TLS peer can have sent.
    environment.script = () => partners.forEach((partner) => partner.write(BROKEN_RECORD));
    const answer = await write(port);
    assert.deepEqual([answer.status, answer.error], [502, 'environment-reset']);
    assert.equal(environment.requests.length, 1);
  });
});

const BROKEN_RECORD = Buffer.from([0x17, 3, 3, 0, 32, ...Buffer.alloc(32, 7)]);

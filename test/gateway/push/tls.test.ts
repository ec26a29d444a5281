import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { removeFolders } from '../../state/folder.ts';
import { Certificates, PASSPHRASE, pem } from '../../support/tls.ts';
import { PushEnvironment } from './environment.ts';
import { Partner } from './partner.ts';
import { endStages, environments, stage } from './stage.ts';

describe('push from the cloud', () => {
  const certificates = new Certificates();
  afterEach(endStages);
  after(() => {
    certificates.remove();
    removeFolders();
  });

  it('comes over TLS with the client certificate of the environment, and its list as well', async () => {
    const authority = certificates.authority('cloud');
    const server = certificates.issue({ name: 'server', authority, names: ['DNS:weborca.test'] });
    const { pkcs12 } = certificates.issue({ name: 'clinic', authority });
    const ca = readFileSync(authority.certificate);
    const operational = await PushEnvironment.start('operational', {
      ...pem(server),
      ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    try {
      const { url } = await stage({
        at: { ...(await environments()), operational },
        of: {
          operational: {
            ca: authority.certificate,
            servername: 'weborca.test',
            clientCertificate: { pkcs12, passphrase: PASSPHRASE },
          },
        },
      });
      const partner = await Partner.connect(url);
      await partner.subscribe();
      operational.publish(1);
      await partner.until(1);
      operational.drop();
      await operational.untilSubscribed(0);
      operational.publish(2);
      await partner.until(2);
      assert.deepEqual(partner.bodies, [1, 2]);
    } finally {
      await endStages();
      await operational.close();
    }
  });
});

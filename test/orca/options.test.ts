import { deepEqual, ok } from 'node:assert/strict';
import { environmentsOptions } from '../../orca/options.ts';
import { reading, world } from '../support/options.ts';

const files = { '/clinic/clinic.p12': '', '/clinic/ca.pem': '' };
const plain = { kind: 'onprem', url: 'http://192.0.2.1:8000' };

function environments(operational: unknown) {
  return reading(environmentsOptions(world({ files })), { operational, localEmergency: plain });
}

describe('the options of the environments', () => {
  it('an environment needs no more than its kind and its url', () => {
    const read = environments(plain);
    ok(!Array.isArray(read) && 'operational' in read);
    deepEqual(read.operational, {
      kind: 'onprem',
      url: new URL('http://192.0.2.1:8000/'),
      user: null,
      password: null,
      clientCertificate: null,
      ca: null,
      servername: null,
      announces: false,
      hybrid: 'assumed',
      deadlines: { connectMs: 5000, firstByteMs: 120_000, idleMs: 60_000 },
      concurrency: 64,
    });
  });

  it('a cloud environment has a client certificate and an authority of its own', () => {
    const read = environments({
      kind: 'cloud',
      url: 'https://orca.example',
      user: 'u',
      password: 'p',
      clientCertificate: { pkcs12: 'clinic.p12', passphrase: 'secret' },
      ca: 'ca.pem',
      servername: 'other.example',
      deadlines: { connect: '1s' },
    });
    ok(!Array.isArray(read) && 'operational' in read);
    deepEqual(read.operational.clientCertificate, { pkcs12: '/clinic/clinic.p12', passphrase: 'secret' });
    deepEqual(read.operational.ca, '/clinic/ca.pem');
    deepEqual(read.operational.deadlines, { connectMs: 1000, firstByteMs: 120_000, idleMs: 60_000 });
  });

  const refused: readonly [string, Record<string, unknown>, readonly string[]][] = [
    ['a url without a scheme', { url: 'localhost' }, ['url: expected http:// or https://, got "localhost"']],
    [
      'a url with a host for a scheme',
      { url: 'localhost:8000' },
      ['url: expected http:// or https://, got "localhost:8000"'],
    ],
    ['a missing url', { url: undefined }, ['url: expected http:// or https://, got nothing']],
    [
      'a url with a path',
      { url: 'http://a/api' },
      ['url: expected a url that ends after host and port, got "http://a/api"'],
    ],
    [
      'a url with a query',
      { url: 'http://a/?x=1' },
      ['url: expected a url that ends after host and port, got "http://a/?x=1"'],
    ],
    [
      'a url with a password, which is not repeated',
      { url: 'http://u:hidden@a' },
      ['url: expected a url without user and password (they have options of their own), got one with them'],
    ],
    [
      'a broken url with a password',
      { url: 'htp://u:hidden@a' },
      ['url: expected http:// or https://, got text with an @'],
    ],
    ['an unknown kind', { kind: 'Cloud' }, ['kind: expected cloud or onprem, got "Cloud"']],
    ['a user alone', { user: 'u' }, ['password: expected a password beside user, got nothing']],
    ['a password alone', { password: 'p' }, ['user: expected a user beside password, got nothing']],
    [
      'a user with a colon',
      { user: 'a:b', password: 'p' },
      ['user: expected a user name without a colon, which HTTP Basic cannot carry'],
    ],
    [
      'certificates for http',
      { clientCertificate: { pkcs12: 'clinic.p12' }, ca: 'ca.pem' },
      [
        'clientCertificate: expected only with an https:// url, got an http:// url',
        'ca: expected only with an https:// url, got an http:// url',
      ],
    ],
    [
      'a certificate that is not there',
      { url: 'https://a', clientCertificate: { pkcs12: 'gone.p12' } },
      [
        'clientCertificate.pkcs12: expected the path of a client certificate (.p12), got "gone.p12": /clinic/gone.p12 does not exist',
      ],
    ],
    [
      'no requests at all',
      { concurrency: 0 },
      ['concurrency: expected a whole number of at least 1, got the number 0'],
    ],
    ['an unknown option', { pasword: 'x' }, ['pasword: unknown option']],
  ];
  for (const [what, change, messages] of refused) {
    it(`${what} is refused`, () => {
      deepEqual(
        environments({ ...plain, ...change }),
        messages.map((message) => `operational.${message}`),
      );
    });
  }

  it('an operational environment alone is refused', () => {
    deepEqual(reading(environmentsOptions(world()), { operational: plain }), [
      ': expected cloudEmergency, localEmergency or both beside operational, got neither',
    ]);
  });
});

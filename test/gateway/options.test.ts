import { deepEqual, equal, ok } from 'node:assert/strict';
import { gatewayOptions, healthOptions, partnersOptions, recoveryOptions } from '../../gateway/options.ts';
import { reading, refusals, world } from '../support/options.ts';

const files = { '/clinic/c.pem': '', '/clinic/k.pem': '', '/clinic/ca.pem': '' };

function partner(options: Record<string, unknown>) {
  const read = reading(partnersOptions(world()), [{ name: 'emr', ...options }]);
  const [only] = read;
  return typeof only === 'object' ? only : read;
}

describe('the options of the gateway', () => {
  it('nothing said means port 8010 on every address', () => {
    deepEqual(reading(gatewayOptions(world()), {}), {
      listen: [{ host: '0.0.0.0', port: 8010, partner: null }],
      tls: null,
      push: null,
      limits: {
        headerBytes: 16_384,
        headers: 200,
        bodyBytes: 0,
        bufferedBytes: 1_048_576,
        headersWithinMs: 15_000,
        connections: 1000,
      },
    });
  });

  it('listen is an address, one with a partner, or a list of both', () => {
    const plain = { host: '127.0.0.1', port: 1, partner: null };
    const named = { host: '127.0.0.1', port: 2, partner: 'push' };
    const written: readonly [unknown, unknown][] = [
      ['127.0.0.1:1', [plain]],
      [{ address: '127.0.0.1:2', partner: 'push' }, [named]],
      [
        ['127.0.0.1:1', { address: '127.0.0.1:2', partner: 'push' }],
        [plain, named],
      ],
    ];
    for (const [listen, parsed] of written) {
      const read = reading(gatewayOptions(world()), { listen });
      ok('listen' in read);
      deepEqual(read.listen, parsed);
    }
  });

  it('HTTPS needs a certificate and a key; a clientCa asks for client certificates', () => {
    const tls = { listen: '0.0.0.0:8443', certificate: 'c.pem', key: 'k.pem', clientCa: 'ca.pem' };
    const read = reading(gatewayOptions(world({ files })), { tls });
    ok('tls' in read);
    deepEqual(read.tls, {
      listen: [{ host: '0.0.0.0', port: 8443, partner: null }],
      certificate: '/clinic/c.pem',
      key: '/clinic/k.pem',
      clientCa: '/clinic/ca.pem',
    });
    deepEqual(reading(gatewayOptions(world({ files })), { tls: { listen: '0.0.0.0:8443', certificate: 'c.pem' } }), [
      'tls.key: expected the path of a PEM private key, got nothing',
    ]);
  });

  const refused: readonly [Record<string, unknown>, readonly string[]][] = [
    [{ listen: '8010' }, ['listen: expected an address and port such as "0.0.0.0:8010" or "[::]:8010", got "8010"']],
    [{ listen: [] }, ['listen: expected at least one address, got an empty list']],
    [
      { listen: ['0.0.0.0:1', 'x'] },
      ['listen.1: expected an address and port such as "0.0.0.0:8010" or "[::]:8010", got "x"'],
    ],
    [
      { listen: { adress: '0.0.0.0:1' } },
      ['listen.address: expected an address and port', 'listen.adress: unknown option'],
    ],
    [
      { limits: { headerBytes: 10 } },
      ['limits.headerBytes: expected a size of at least 1024 bytes, got the number 10'],
    ],
    [{ limits: 5 }, ['limits: expected a mapping of headerBytes']],
  ];
  for (const [options, fragments] of refused) {
    it(`${JSON.stringify(options)} is refused`, () => {
      const read = refusals(gatewayOptions(world()), options);
      equal(read.length, fragments.length);
      for (const [at, fragment] of fragments.entries()) ok(read[at]?.startsWith(fragment), read[at]);
    });
  }
});

describe('the options of a partner', () => {
  it('a name is enough to be read', () => {
    deepEqual(partner({}), {
      name: 'emr',
      kind: 'api',
      basic: null,
      token: null,
      certificate: null,
      address: null,
      credentials: 'replace',
      push: 'hold',
      announceReceptions: false,
      limits: { connections: 100, requestsPerSecond: 0 },
      refusals: 'http',
    });
  });

  it("a terminal's own operator reaches the environment", () => {
    const read = partner({ kind: 'terminal' });
    ok('credentials' in read);
    equal(read.credentials, 'passthrough');
  });

  it('credentials for some environments name only those', () => {
    const read = partner({ credentials: { cloudEmergency: { user: 'u', password: 'p' } } });
    ok('credentials' in read);
    deepEqual(read.credentials, { cloudEmergency: { user: 'u', password: 'p' } });
  });

  for (const address of ['192.0.2.7', '192.0.2.0/24', '2001:db8::1', '2001:db8::/32']) {
    it(`${address} is an address`, () => {
      const read = partner({ address });
      ok('address' in read);
      equal(read.address, address);
    });
  }

  const refused: readonly [Record<string, unknown>, string][] = [
    [
      { address: '192.0.2.0/33' },
      '0.address: expected an IP address or a network such as "192.0.2.0/24", got "192.0.2.0/33"',
    ],
    [
      { address: 'emr.local' },
      '0.address: expected an IP address or a network such as "192.0.2.0/24", got "emr.local"',
    ],
    [{ kind: 'terminl' }, '0.kind: expected api or terminal, got "terminl"'],
    [{ basic: 'emr:hidden' }, '0.basic: expected a mapping of user, password, got text'],
    [
      { basic: { user: 'a:b', password: 'x' } },
      '0.basic.user: expected a user name without a colon, which HTTP Basic cannot carry',
    ],
    [{ credentials: 'pass' }, '0.credentials: expected replace or passthrough, got "pass"'],
    [{ push: 'drop' }, '0.push: expected hold or close, got "drop"'],
    [{ refusals: 'json' }, '0.refusals: expected http or api-result, got "json"'],
    [{ limits: { connections: 0 } }, '0.limits.connections: expected a whole number of at least 1, got the number 0'],
    [{ listen: 5 }, '0.listen: unknown option'],
  ];
  for (const [options, message] of refused) {
    it(`${JSON.stringify(options)} is refused`, () => deepEqual(partner(options), [message]));
  }

  it('a name is fit for a metric', () => {
    for (const name of ['EMR', '電子カルテ', '', 'a b', 'x'.repeat(41), 5]) {
      const [message] = refusals(partnersOptions(world()), [{ name }]);
      ok(message?.startsWith('0.name: expected a name of up to 40 small letters'), message);
    }
  });
});

describe('health and recovery', () => {
  it('have defaults', () => {
    deepEqual(reading(healthOptions(), {}), { everyMs: 5000, failures: 3, successes: 2 });
    deepEqual(reading(recoveryOptions(), {}), { partners: 'emergency' });
  });

  it('probes can be turned off', () => {
    deepEqual(reading(healthOptions(), { every: 0 }), { everyMs: 0, failures: 3, successes: 2 });
  });

  it('recovery knows three ways', () => {
    deepEqual(reading(recoveryOptions(), { partners: 'both' }), [
      'partners: expected emergency, refuse-writes or operational, got "both"',
    ]);
  });
});

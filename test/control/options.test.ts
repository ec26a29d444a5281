import { deepEqual, ok } from 'node:assert/strict';
import { controlOptions } from '../../control/options.ts';
import { reading, world } from '../support/options.ts';

const token = { name: 'prometheus', token: 'abcdefghijklmnop', scopes: ['metrics'] };

describe('the options of the control API', () => {
  it('nothing said means loopback only, without tokens', () => {
    deepEqual(reading(controlOptions(world()), {}), {
      listen: { host: '127.0.0.1', port: 8800 },
      tls: null,
      hosts: [],
      tokens: [],
    });
  });

  it('hosts are kept in lower case', () => {
    const read = reading(controlOptions(world()), { hosts: ['Gateway.Clinic.local', '192.0.2.1', '[2001:db8::1]'] });
    ok('hosts' in read);
    deepEqual(read.hosts, ['gateway.clinic.local', '192.0.2.1', '[2001:db8::1]']);
  });

  const refused: readonly [Record<string, unknown>, string][] = [
    [{ hosts: ['http://a'] }, 'hosts.0: expected a host name or address without scheme and port, got "http://a"'],
    [{ hosts: 'a' }, 'hosts: expected a list of host names, got text'],
    [
      { tokens: [{ ...token, token: 'hidden' }] },
      'tokens.0.token: expected at least 16 characters out of letters, digits and . _ ~ + / - (a bearer token)',
    ],
    [
      { tokens: [{ ...token, scopes: ['all'] }] },
      'tokens.0.scopes.0: expected metrics, read, patients, switch or admin, got "all"',
    ],
    [
      { tokens: [{ ...token, scopes: [] }] },
      'tokens.0.scopes: expected at least one of metrics, read, patients, switch, admin, got an empty list',
    ],
    [
      { tokens: [token, { ...token, token: 'qrstuvwxyzabcdef' }] },
      'tokens.1.name: expected a name of its own, got "prometheus" again',
    ],
    [{ tokens: [token, { ...token, name: 'b' }] }, "tokens.1.token: expected a token of its own, got another entry's"],
    [
      { tls: { certificate: 'c.pem', key: 'k.pem' } },
      'tls.key: expected the path of a PEM private key, got "k.pem": /clinic/k.pem does not exist',
    ],
  ];
  for (const [options, message] of refused) {
    it(`${JSON.stringify(options)} is refused`, () => {
      deepEqual(reading(controlOptions(world({ files: { '/clinic/c.pem': '' } })), options), [message]);
    });
  }
});

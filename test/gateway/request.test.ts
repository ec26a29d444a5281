import assert from 'node:assert/strict';
import { examine, isHost, type RequestFault, type RequestHead } from '../../gateway/request.ts';

const LIMITS = { headers: 200, bodyBytes: 0 };
const HOST = ['Host', 'gateway.clinic.local:8010'];

function head(given: Partial<RequestHead> = {}): RequestHead {
  return { method: 'GET', target: '/api/api01rv2/patientgetv2?id=1', httpVersion: '1.1', rawHeaders: HOST, ...given };
}

function verdict(given: Partial<RequestHead>, limits = LIMITS): RequestFault | 'acceptable' {
  const examined = examine(head(given), limits);
  return examined.kind === 'acceptable' ? 'acceptable' : examined.fault;
}

describe('a request is acceptable', () => {
  const acceptable: [string, Partial<RequestHead>][] = [
    ['a plain GET', {}],
    ['HEAD', { method: 'HEAD' }],
    ['OPTIONS', { method: 'OPTIONS' }],
    ['PUT with a length', { method: 'PUT', rawHeaders: [...HOST, 'Content-Length', '3'] }],
    ['a method that nobody knows', { method: 'PROPFIND' }],
    ['lower-case field names', { rawHeaders: ['host', 'clinic'] }],
    ['HTTP/1.0 without Host', { httpVersion: '1.0', rawHeaders: [] }],
    ['HTTP/1.0 with Host', { httpVersion: '1.0' }],
    ['a name of one letter', { rawHeaders: ['Host', 'a'] }],
    ['an IPv4 address', { rawHeaders: ['Host', '192.0.2.1'] }],
    ['an IPv6 address with a port', { rawHeaders: ['Host', '[2001:db8::1]:8010'] }],
    ['a name that ends in a dot', { rawHeaders: ['Host', 'clinic.local.'] }],
    ['the highest port', { rawHeaders: ['Host', 'clinic:65535'] }],
    ['an escaped space in the path', { target: '/a%20b' }],
    ['Japanese in the path, escaped', { target: '/%E6%82%A3%E8%80%85' }],
    ['a dot in a name', { target: '/.well-known/a.b' }],
    ['three dots', { target: '/a/.../b' }],
    ['dots in the query', { target: '/a?x=/../b' }],
    ['an escaped percent sign', { target: '/a%2525' }],
    ['absolute-form of this host', { target: 'http://gateway.clinic.local:8010/a' }],
    ['absolute-form in capitals', { target: 'HTTP://GATEWAY.clinic.local:8010/a' }],
    ['100-continue', { method: 'POST', rawHeaders: [...HOST, 'Expect', '100-continue', 'Content-Length', '1'] }],
    ['100-Continue in capitals', { method: 'POST', rawHeaders: [...HOST, 'Expect', '100-CONTINUE'] }],
    ['chunked POST', { method: 'POST', rawHeaders: [...HOST, 'Transfer-Encoding', 'chunked'] }],
    ['Chunked in capitals', { method: 'PATCH', rawHeaders: [...HOST, 'Transfer-Encoding', 'Chunked'] }],
    ['DELETE with a length', { method: 'DELETE', rawHeaders: [...HOST, 'Content-Length', '2'] }],
  ];
  for (const [name, given] of acceptable) {
    it(name, () => assert.equal(verdict(given), 'acceptable'));
  }
});

describe('a request is not acceptable', () => {
  const many = Array.from({ length: 201 }, (_, i) => [`X-${i}`, '1']).flat();
  const faults: [RequestFault, string, Partial<RequestHead>][] = [
    ['too-many-headers', 'with more fields than the limit', { rawHeaders: [...HOST, ...many] }],
    ['method-not-allowed', 'TRACE', { method: 'TRACE' }],
    ['method-not-allowed', 'TRACK', { method: 'TRACK' }],
    ['method-not-allowed', 'CONNECT', { method: 'CONNECT', target: 'a:1' }],
    ['method-not-allowed', 'a method with a space', { method: 'GE T' }],
    ['method-not-allowed', 'no method', { method: '' }],
    ['bad-host', 'without Host', { rawHeaders: [] }],
    ['bad-host', 'with two Hosts', { rawHeaders: [...HOST, ...HOST] }],
    ['bad-host', 'with two Hosts in HTTP/1.0', { httpVersion: '1.0', rawHeaders: [...HOST, ...HOST] }],
    ['bad-host', 'with an empty Host', { rawHeaders: ['Host', ''] }],
    ['bad-host', 'with an empty Host in HTTP/1.0', { httpVersion: '1.0', rawHeaders: ['Host', ''] }],
    ['bad-host', 'with a user in Host', { rawHeaders: ['Host', 'a@b'] }],
    ['bad-host', 'with a path in Host', { rawHeaders: ['Host', 'a/b'] }],
    ['bad-host', 'with a list in Host', { rawHeaders: ['Host', 'a, b'] }],
    ['bad-host', 'with a space in Host', { rawHeaders: ['Host', 'a b'] }],
    ['bad-host', 'with a port that is none', { rawHeaders: ['Host', 'a:x'] }],
    ['bad-host', 'with a port beyond 65535', { rawHeaders: ['Host', 'a:65536'] }],
    ['bad-host', 'with an IPv6 port beyond 65535', { rawHeaders: ['Host', '[::1]:65536'] }],
    ['bad-host', 'with an IPv6 address without brackets', { rawHeaders: ['Host', '2001:db8::1'] }],
    ['bad-host', 'with a Host that begins with a dot', { rawHeaders: ['Host', '.a'] }],
    ['expectation-failed', 'with another expectation', { rawHeaders: [...HOST, 'Expect', '200-ok'] }],
    [
      'expectation-failed',
      'with two expectations, one unknown',
      { rawHeaders: [...HOST, 'Expect', '100-continue', 'Expect', 'x'] },
    ],
    [
      'bad-framing',
      'with a length and a coding',
      { method: 'POST', rawHeaders: [...HOST, 'Content-Length', '1', 'Transfer-Encoding', 'chunked'] },
    ],
    [
      'bad-framing',
      'with two codings',
      { method: 'POST', rawHeaders: [...HOST, 'Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'] },
    ],
    [
      'bad-framing',
      'with a coding in HTTP/1.0',
      { method: 'POST', httpVersion: '1.0', rawHeaders: [...HOST, 'Transfer-Encoding', 'chunked'] },
    ],
    [
      'bad-framing',
      'with two lengths, though they agree',
      { method: 'POST', rawHeaders: [...HOST, 'Content-Length', '1', 'Content-Length', '1'] },
    ],
    ['bad-framing', 'with a signed length', { method: 'POST', rawHeaders: [...HOST, 'Content-Length', '+1'] }],
    ['bad-framing', 'with a negative length', { method: 'POST', rawHeaders: [...HOST, 'Content-Length', '-1'] }],
    ['bad-framing', 'with a hexadecimal length', { method: 'POST', rawHeaders: [...HOST, 'Content-Length', '0x1'] }],
    ['bad-framing', 'with a list of lengths', { method: 'POST', rawHeaders: [...HOST, 'Content-Length', '1, 1'] }],
    ['bad-framing', 'with an empty length', { method: 'POST', rawHeaders: [...HOST, 'Content-Length', ''] }],
    [
      'bad-framing',
      'with a length beyond what a number holds',
      { method: 'POST', rawHeaders: [...HOST, 'Content-Length', '9999999999999999'] },
    ],
    ['unknown-coding', 'with gzip', { method: 'POST', rawHeaders: [...HOST, 'Transfer-Encoding', 'gzip'] }],
    [
      'unknown-coding',
      'with gzip, chunked',
      { method: 'POST', rawHeaders: [...HOST, 'Transfer-Encoding', 'gzip, chunked'] },
    ],
    ['unknown-coding', 'with an empty coding', { method: 'POST', rawHeaders: [...HOST, 'Transfer-Encoding', ''] }],
    [
      'length-required',
      'a chunked DELETE',
      { method: 'DELETE', rawHeaders: [...HOST, 'Transfer-Encoding', 'chunked'] },
    ],
    ['length-required', 'a chunked GET', { rawHeaders: [...HOST, 'Transfer-Encoding', 'chunked'] }],
    [
      'length-required',
      'a chunked OPTIONS',
      { method: 'OPTIONS', rawHeaders: [...HOST, 'Transfer-Encoding', 'chunked'] },
    ],
    ['bad-target', 'with the asterisk-form', { method: 'OPTIONS', target: '*' }],
    ['bad-target', 'with the authority-form', { target: 'clinic:8010' }],
    ['bad-target', 'with an empty target', { target: '' }],
    ['bad-target', 'with another origin', { target: 'http://elsewhere/a' }],
    ['bad-target', 'with this host at another port', { target: 'http://gateway.clinic.local/a' }],
    ['bad-target', 'with a user in its origin', { target: 'http://a@gateway.clinic.local:8010/a' }],
    ['bad-target', 'with another scheme', { target: 'ftp://gateway.clinic.local:8010/a' }],
    [
      'bad-target',
      'with an origin in HTTP/1.0 without Host',
      { httpVersion: '1.0', rawHeaders: [], target: 'http://a/' },
    ],
    ['bad-target', 'with a fragment', { target: '/a#b' }],
    ['bad-target', 'with a fragment in absolute-form', { target: 'http://gateway.clinic.local:8010/a#b' }],
    ['bad-target', 'that begins with two slashes', { target: '//elsewhere/a' }],
    ['bad-target', 'with a dot segment', { target: '/a/./b' }],
    ['bad-target', 'with a double-dot segment', { target: '/a/../b' }],
    ['bad-target', 'that ends in a double-dot segment', { target: '/a/..' }],
    ['bad-target', 'with escaped dots', { target: '/a/%2e%2E/b' }],
    ['bad-target', 'with dots behind an escaped slash', { target: '/a%2f../b' }],
    ['bad-target', 'with a half-escaped double dot', { target: '/a/.%2e/b' }],
    ['bad-target', 'with a backslash', { target: '/a\\b' }],
    ['bad-target', 'with an escaped backslash', { target: '/a%5Cb' }],
    ['bad-target', 'with an escaped NUL', { target: '/a%00b' }],
    ['bad-target', 'with a space', { target: '/a b' }],
    ['bad-target', 'with a control character', { target: '/a\u0001b' }],
    ['bad-target', 'with a DEL', { target: '/a\u007fb' }],
  ];
  for (const [fault, name, given] of faults) {
    it(`${name}: ${fault}`, () => assert.equal(verdict(given), fault));
  }

  it('with a body that is longer than the limit: body-too-large', () => {
    const long = { method: 'POST', rawHeaders: [...HOST, 'Content-Length', '11'] };
    assert.equal(verdict(long, { headers: 200, bodyBytes: 10 }), 'body-too-large');
    assert.equal(verdict(long, { headers: 200, bodyBytes: 11 }), 'acceptable');
    assert.equal(verdict(long, { headers: 200, bodyBytes: 0 }), 'acceptable');
  });

  it('each fault there is has been seen here', () => {
    const seen = new Set([...faults.map(([fault]) => fault), 'body-too-large']);
    assert.equal(seen.size, 9);
  });
});

describe('what is decided on is what is sent', () => {
  const targets: [string, string, string][] = [
    ['/', '/', ''],
    ['/a', '/a', ''],
    ['/a?', '/a', '?'],
    ['/a?b=c&d', '/a', '?b=c&d'],
    ['/a?b?c', '/a', '?b?c'],
    ['/%41?%41', '/%41', '?%41'],
    ['/a/', '/a/', ''],
    ['http://gateway.clinic.local:8010', '/', ''],
    ['http://gateway.clinic.local:8010/a?b', '/a', '?b'],
  ];
  for (const [target, path, query] of targets) {
    it(`${target} is path ${path} with query ${query || 'none'}`, () => {
      const examined = examine(head({ target }), LIMITS);
      assert.equal(examined.kind, 'acceptable');
      assert.deepEqual(examined.kind === 'acceptable' && [examined.path, examined.query], [path, query]);
    });
  }

  const framings: [string, string[], unknown][] = [
    ['no field', [], { kind: 'none' }],
    ['length 0', ['Content-Length', '0'], { kind: 'none' }],
    ['length 12', ['Content-Length', '12'], { kind: 'length', bytes: 12 }],
    ['length 0012', ['Content-Length', '0012'], { kind: 'length', bytes: 12 }],
    ['chunked', ['Transfer-Encoding', 'chunked'], { kind: 'chunked' }],
  ];
  for (const [name, fields, framing] of framings) {
    it(`the framing of ${name}`, () => {
      const examined = examine(head({ method: 'POST', rawHeaders: [...HOST, ...fields] }), LIMITS);
      assert.deepEqual(examined.kind === 'acceptable' && examined.framing, framing);
    });
  }
});

describe('a host', () => {
  it('is a name or an address, with at most one port', () => {
    for (const good of ['a', 'a:1', 'a-b.c_d', '127.0.0.1:8010', '[::1]', '[::ffff:1.2.3.4]:1'])
      assert.ok(isHost(good), good);
    for (const bad of ['', 'a:', 'a:1:2', '[::1', '::1]', 'a:123456', '-a', 'ä', 'a\tb']) assert.ok(!isHost(bad), bad);
  });
});

import type { WireCase } from '../case.ts';
import { A, EVIL, get, H, P } from '../notation.ts';
import {
  all,
  answered,
  atEnvironment,
  closed,
  either,
  faultIf,
  forbidden,
  nothingReaches,
  refused,
  refusedAndClosed,
  refusedOrPassed,
  refusedWith,
  served,
  status,
  withField,
  without,
  withoutText,
  withTarget,
} from '../safe.ts';
import { valuesOf } from '../framing.ts';

function host(id: string, title: string, host: string, why: string): WireCase {
  return { id, title, why, sent: [{ send: `GET ${P}/a HTTP/1.1\r\n${host}${A}\r\n` }], safe: refused };
}

function badLine(id: string, title: string, fields: string, why: string): WireCase {
  return { id, title, why, sent: [{ send: get(fields) }], safe: refusedAndClosed };
}

function underscored(id: string, name: string, value: string): WireCase {
  return {
    id,
    title: `the field ${name}: ${value}`,
    why: 'servers of the CGI kind read _ as -: dropped, or the request refused',
    sent: [{ send: get(`${name}: ${value}\r\n`) }],
    // The gateway's own field of the name with `-` may be there.
    safe: either(refusedWith(400), all(served(), withoutText(name), withoutText(value))),
  };
}

const many = (count: number): string => Array.from({ length: count }, (_, n) => `a${n}: 1\r\n`).join('');

const normal: readonly (readonly [name: string, value: string])[] = [
  ['Accept', 'application/xml, */*;q=0.1'],
  ['Accept-Encoding', 'gzip, br'],
  ['Accept-Language', 'ja'],
  ['If-None-Match', '"x", W/"y"'],
  ['Range', 'bytes=0-0'],
  ['User-Agent', 'Orca/1.0 (\xe3)'],
  ['Orca_Uid', '12ab'],
];

/** The head of a request, and its Host. */
export const headers: readonly WireCase[] = [
  host('H-01', 'no Host in HTTP/1.1', '', 'RFC 9112 3.2 asks for 400'),
  host('H-01b', 'two Host fields', `${H}Host: evil.test\r\n`, 'RFC 9112 3.2 asks for 400; readers pick one each'),
  host('H-01c', 'the same Host twice', H + H, 'as H-01b'),
  host('H-01d', 'an empty Host', 'Host: \r\n', 'http has an authority always'),
  host('H-01f', 'a Host with a space', 'Host: a b\r\n', 'no host'),
  host('H-01g', 'a Host with a path', 'Host: a/../b?x@c:1\r\n', 'put into a URL elsewhere, it leads elsewhere'),
  host('H-01h', 'a Host with user information', 'Host: evil:fake@gw.test\r\n', 'parsers disagree on the host in it'),
  host('H-01j', 'a Host with an open bracket', 'Host: [::1\r\n', 'URL constructors throw'),
  host('H-01k', 'a NUL in Host', 'Host: gw.test\x00\r\n', 'a control character'),
  host('H-01l', 'a Host with two ports', 'Host: 123.40.56.78:9000:80\r\n', 'no host'),
  host('H-01m', 'bytes 0xFF around the host', 'Host: \xffgw.test\xff\r\n', 'no host, though some servers cut them off'),
  {
    id: 'H-01p',
    title: 'an IPv4 address for a Host',
    why: 'what most partners send',
    sent: [{ send: `GET ${P}/a HTTP/1.1\r\nHost: 127.0.0.1:8010\r\n${A}\r\n` }],
    safe: served(),
  },
  {
    id: 'H-02',
    title: 'a head with LF for line ends',
    why: 'never forwarded as it is',
    sent: [{ send: `GET ${P}/a HTTP/1.1\r\n${H}${A}\r\n`.replaceAll('\r\n', '\n') }],
    safe: refusedAndClosed,
  },
  badLine('H-02b', 'a CR in a value', 'X-A: a\rX-B: b\r\n', 'whoever ends a line at CR sees another field'),
  badLine('H-02c', 'a NUL in a value', 'X-A: a\x00b\r\n', 'some cut the value there'),
  badLine('H-02d', 'a folded line', 'X-A: a\r\n b\r\n', 'RFC 9112 5.2'),
  badLine('H-02f', 'a line without a colon', 'Foo\r\n', 'no field'),
  badLine('H-02g', 'an empty name', ': x\r\n', 'once, everything behind it was dropped'),
  {
    id: 'H-02l',
    title: 'DEL in a value',
    why: 'a control character (RFC 9110 5.5)',
    sent: [{ send: get('X-A: a\x7fb\r\n') }],
    safe: either(refused, all(served(), withField('X-A', 'a\x7fb'))),
  },
  badLine('H-02m', 'a vertical tab in a value', 'X-A: a\x0bb\r\n', 'white space to some'),
  {
    id: 'H-03',
    title: 'bytes above 0x7F in a value',
    why: 'the same bytes or a refusal; never another encoding',
    sent: [{ send: get('X-A: \xe9\x80\xff\r\n') }],
    safe: either(refused, all(served(), withField('X-A', '\xe9\x80\xff'))),
  },
  {
    id: 'H-04',
    title: 'a field of 70 KB',
    why: 'memory is bounded',
    sent: [{ send: get(`X-A: ${'a'.repeat(70_000)}\r\n`) }],
    safe: refusedWith(431, 400),
  },
  {
    id: 'H-05',
    title: '1001 small fields',
    why: 'Node 20 drops without a word what is above its limit: all of them, or a refusal',
    sent: [{ send: get(`${many(1000)}X-Last: 1\r\n`) }],
    safe: either(
      refusedWith(431),
      all(
        served(),
        withField('X-Last', '1'),
        atEnvironment(({ head }) => faultIf(valuesOf(head.fields, 'a999')[0] !== '1', forbidden('a field was lost'))),
      ),
    ),
  },
  {
    id: 'H-05c',
    title: 'sixty fields',
    why: 'a browser behind proxies sends as many',
    sent: [{ send: get(`${many(60)}X-Last: 1\r\n`) }],
    safe: all(served(), withField('X-Last', '1'), withField('a59', '1')),
  },
  underscored('H-06', 'X_Forwarded_For', '9.9.9.9'),
  underscored('H-06c', 'Transfer_Encoding', 'chunked'),
  underscored('H-06d', 'X_Hybridmode', 'emergency-fa'),
  {
    id: 'H-07',
    title: 'two Authorization fields',
    why: 'the one that is checked is the one that counts',
    sent: [{ send: get(EVIL) }],
    safe: either(
      all(
        nothingReaches,
        answered((s) => s >= 400 && s < 500, '4xx'),
      ),
      all(served(), withoutText('ZXZpbDpldmls')),
    ),
  },
  {
    id: 'H-07d',
    title: 'two Cookie fields',
    why: 'nothing is lost',
    sent: [{ send: get('Cookie: a=1\r\nCookie: b=2\r\n') }],
    safe: all(served(), withField('Cookie', 'a=1; b=2', '; ')),
  },
  {
    id: 'H-07e',
    title: 'three fields of one name',
    why: 'order and number are kept (one line with commas is the same)',
    sent: [{ send: get('X-N: 1\r\nX-N: 2\r\nX-N: 3\r\n') }],
    safe: all(served(), withField('X-N', '1, 2, 3')),
  },
  {
    id: 'H-08',
    title: 'an escaped line end in the query',
    why: 'never decoded into a field or a line of a log',
    sent: [{ send: get('', `${P}/a?x=%0d%0aX-Injected:%201`) }],
    safe: all(
      served(),
      withTarget((target) => target.endsWith('/a?x=%0d%0aX-Injected:%201')),
      without('x-injected'),
    ),
  },
  {
    id: 'H-08b',
    title: 'an escaped line end in the path',
    why: 'as H-08',
    sent: [{ send: get('', `${P}/a%0d%0aX-Injected:%201`) }],
    safe: all(refusedOrPassed(), without('x-injected')),
  },
  {
    id: 'H-09',
    title: 'an empty value and a padded one',
    why: 'white space around a value is no part of it',
    sent: [{ send: get('X-Empty:\r\nX-Pad: \t  v  \t\r\n') }],
    safe: all(served(), withField('X-Pad', 'v'), withField('X-Empty', '')),
  },
  {
    id: 'H-10',
    title: 'the fields of an ordinary client',
    why: 'what is meant for the other end is no business of the gateway',
    sent: [{ send: get(normal.map(([name, value]) => `${name}: ${value}\r\n`).join('')) }],
    safe: all(served(), ...normal.map(([name, value]) => withField(name, value))),
  },
  {
    id: 'H-11c',
    title: 'the banner of an SSH server',
    why: 'junk is answered or closed, never forwarded',
    sent: [{ send: 'SSH-2.0-OpenSSH_9.2\r\n\r\n' }],
    safe: all(
      nothingReaches,
      closed,
      either(status(400, 505), (seen) => (seen.replies.length === 0 ? [] : [forbidden('an odd answer')])),
    ),
  },
];

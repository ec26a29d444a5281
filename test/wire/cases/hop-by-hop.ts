import type { WireCase } from '../case.ts';
import { A, get, H, post, STREAM, W } from '../notation.ts';
import {
  all,
  either,
  faultIf,
  forbidden,
  missing,
  refusedWith,
  replyValues,
  served,
  status,
  withBody,
  without,
  withoutReplyFields,
  withoutText,
  withTarget,
  atEnvironment,
} from '../safe.ts';

function forThisHop(id: string, field: string, why: string): WireCase {
  const name = field.split(':')[0] ?? '';
  return {
    id,
    title: `the field ${field}`,
    why,
    sent: [{ send: get(`${field}\r\n`) }],
    safe: all(served(), without(name.toLowerCase())),
  };
}

function spoofed(id: string, title: string, fields: string, ...texts: readonly string[]): WireCase {
  return {
    id,
    title,
    why: 'environments log and limit by these fields: they hold what the gateway saw',
    sent: [{ send: get(fields) }],
    safe: all(served(), withoutText(...texts)),
  };
}

/** Fields that end at the next hop, and fields that a partner must not write. */
export const hopByHop: readonly WireCase[] = [
  forThisHop('X-01', 'TE: trailers', 'TE is meant for the next hop'),
  forThisHop('X-01c', 'Proxy-Connection: keep-alive', 'as X-01'),
  forThisHop('X-01d', 'Proxy-Authorization: Basic eDp5', 'a secret for this hop does not travel on'),
  forThisHop('X-01e', 'Trailer: X-T', 'as X-01; and it ends the process of some proxies'),
  {
    id: 'X-02',
    title: 'Connection names a field of its own',
    why: 'RFC 9110 7.6.1: what Connection names ends here',
    sent: [{ send: get('Connection: close, X-Custom\r\nX-Custom: 1\r\n') }],
    safe: all(served(), without('x-custom')),
  },
  {
    id: 'X-03',
    title: 'Connection names Host, Content-Length, Authorization and Cookie',
    why: 'a partner must not be able to make the gateway drop framing, Host or credentials',
    sent: [
      {
        send: post(
          'Connection: close, X-Forwarded-For, Host, Content-Length, Authorization, Cookie\r\nContent-Length: 2\r\n',
          'ab',
        ),
      },
    ],
    safe: served('ab'),
  },
  {
    id: 'X-03b',
    title: 'Connection names X-Hybridmode and Content-Type',
    why: "the mode in the answer does not go by the partner's Connection",
    sent: [
      {
        send: post(
          'Connection: X-Hybridmode, Content-Type\r\nContent-Type: application/xml\r\nContent-Length: 2\r\n',
          'ab',
        ),
      },
    ],
    safe: served('ab'),
  },
  spoofed('X-04', 'a spoofed X-Forwarded-For', 'X-Forwarded-For: 9.9.9.9\r\n', '9.9.9.9'),
  spoofed(
    'X-04b',
    'a spoofed X-Forwarded-For, twice, in mixed case',
    'x-forwarded-for: 9.9.9.9\r\nX-FORWARDED-FOR: 8.8.8.8, 7.7.7.7\r\n',
    '9.9.9.9',
    '8.8.8.8',
    '7.7.7.7',
  ),
  spoofed(
    'X-04c',
    'spoofed X-Forwarded-Proto, -Host and -Port',
    'X-Forwarded-Proto: gopher\r\nX-Forwarded-Host: evil.test\r\nX-Forwarded-Port: 6666\r\n',
    'gopher',
    'evil.test',
    '6666',
  ),
  spoofed(
    'X-04d',
    'spoofed Forwarded and X-Real-IP',
    'Forwarded: for=9.9.9.9;host=evil.test\r\nX-Real-IP: 8.8.8.8\r\n',
    '9.9.9.9',
    'evil.test',
    '8.8.8.8',
  ),
  {
    id: 'X-05',
    title: 'every hop-by-hop field in an answer',
    why: 'they end at the gateway; Trailer beside a length ends the process of some proxies',
    sent: [{ send: get() }],
    environment: {
      at: 'end',
      plays: [
        {
          send:
            'HTTP/1.1 200 OK\r\nConnection: close, X-Secret\r\nX-Secret: s3cret\r\nKeep-Alive: timeout=99\r\n' +
            'Proxy-Authenticate: Basic\r\nProxy-Connection: close\r\nUpgrade: h2c\r\nTrailer: X-T\r\n' +
            'Content-Length: 2\r\n\r\nok',
        },
      ],
    },
    safe: all(
      status(200),
      withBody('ok'),
      withoutReplyFields('x-secret', 'proxy-authenticate', 'proxy-connection', 'upgrade', 'trailer'),
      (seen) => faultIf(replyValues(seen, 'keep-alive').includes('timeout=99'), forbidden('Keep-Alive was passed on')),
    ),
  },
  {
    id: 'X-05c',
    title: 'hop-by-hop fields in a 101',
    why: 'with a 101 only Connection: Upgrade and Upgrade come back',
    sent: [{ send: `GET ${STREAM} HTTP/1.1\r\n${H}${A}${W}\r\n` }],
    environment: {
      at: 'end',
      plays: [
        {
          accept: 'Keep-Alive: timeout=99\r\nProxy-Authenticate: Basic\r\nProxy-Connection: close\r\nTE: trailers\r\n',
        },
        'echo',
      ],
    },
    tunnel: true,
    safe: all(status(101), withoutReplyFields('keep-alive', 'proxy-authenticate', 'proxy-connection', 'te')),
  },
  {
    id: 'X-06',
    title: 'Upgrade in a 200',
    why: 'Apache sends it, and some browsers fail on it',
    sent: [{ send: get() }],
    environment: {
      at: 'end',
      plays: [{ send: 'HTTP/1.1 200 OK\r\nUpgrade: h2,h2c\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\nok' }],
    },
    safe: all(status(200), withBody('ok'), withoutReplyFields('upgrade')),
  },
  {
    id: 'X-06b',
    title: 'Upgrade in a 426',
    why: 'not passed on to a partner that asked for no upgrade',
    sent: [{ send: get() }],
    environment: {
      at: 'end',
      plays: [
        { send: 'HTTP/1.1 426 Upgrade Required\r\nUpgrade: foo/2\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n' },
      ],
    },
    safe: all(status(426), (seen) =>
      faultIf(/upgrade/i.test(replyValues(seen, 'connection').join()), forbidden('Connection: Upgrade was passed on')),
    ),
  },
  {
    id: 'X-07',
    title: 'a partner with an X-Hybridmode of its own',
    why: "an environment never sees a partner's word for the mode",
    sent: [{ send: get('X-Hybridmode: evil-mode\r\n') }],
    safe: either(refusedWith(412, 400), all(served(), withoutText('evil-mode'))),
  },
  {
    id: 'X-08',
    title: 'fields that override the method or the path',
    why: 'the gateway does not act on them',
    sent: [
      {
        send: get('X-HTTP-Method-Override: DELETE\r\nX-Original-URL: /api/x/other\r\nX-Rewrite-URL: /api/x/other\r\n'),
      },
    ],
    safe: all(
      served(),
      withTarget((target) => target.endsWith('/a')),
      atEnvironment(({ head }) => faultIf(head.method !== 'GET', missing(`the method became ${head.method}`))),
    ),
  },
  {
    id: 'X-10',
    title: 'Max-Forwards and Via from a partner',
    why: 'no loop, no crash',
    sent: [{ send: get('Max-Forwards: 1\r\nVia: 1.1 a\r\n') }],
    safe: served(),
  },
];

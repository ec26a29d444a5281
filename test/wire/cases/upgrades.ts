import type { Safe, Script, WireCase } from '../case.ts';
import { A, H, HIDDEN, ID, LAST_CHUNK, STREAM, TOKEN, W, CHUNKED, get, post, chunk } from '../notation.ts';
import {
  all,
  cutOrBadGateway,
  either,
  faultIf,
  forbidden,
  nothingReaches,
  refused,
  refusedWith,
  reply,
  replyValues,
  served,
  status,
  withBody,
  without,
  withTarget,
} from '../safe.ts';
import { acceptFor } from '../plays.ts';

/** The request for a tunnel. */
export const upgrade = (fields = '', target = STREAM): string => `GET ${target} HTTP/1.1\r\n${H}${A}${W}${fields}\r\n`;

export const accepted: Script = { at: 'end', plays: ['accept', 'echo'] };
const bare = (target: string): string => target.replace(/w[0-9a-z]{10}z/, TOKEN);

function byteEqual(id: string, target: string): WireCase {
  return {
    id,
    title: `an upgrade of ${target.replace(TOKEN, '…')}`,
    why: 'the upgrade path needs the checks of a plain request',
    sent: [{ send: upgrade(ID, target) }],
    environment: accepted,
    tunnel: true,
    safe: either(
      refused,
      all(
        status(101),
        withTarget((got) => bare(got) === target),
      ),
    ),
  };
}

// h2c is an offer that a server may pass over: Java's and curl's clients make it on plain http.
const h2c = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n';
const plain = (id: string, title: string, send: string, body = ''): WireCase => ({
  id,
  title,
  why: 'a legal request, to be served as HTTP/1.1',
  sent: [{ send }],
  safe: all(served(body), without('upgrade', 'http2-settings')),
});

const notHidden: Safe = ({ requests }) =>
  faultIf(
    requests.some(({ head }) => head.target.endsWith('/hidden')),
    forbidden('the request behind the refused upgrade reached the environment'),
  );

// RFC 9110 7.8 and RFC 6455: a body is never the beginning of a tunnel.
const noTunnelFromBody: Safe = (seen) => [
  ...faultIf(
    !seen.replies.some(({ status }) => [200, 400, 405, 411, 426, 501].includes(status)),
    reply(`answered ${seen.replies.map(({ status }) => status).join() || 'nothing'}`),
  ),
  ...faultIf(seen.replies[0]?.status === 200 && seen.requests.length !== 1, forbidden('not one request')),
  ...without('upgrade')(seen),
];

/** Upgrades of one partner; what takes several connections is with the procedures. */
export const upgrades: readonly WireCase[] = [
  {
    id: 'W-00',
    title: 'an upgrade that is accepted',
    why: 'the plain case works, with the right Sec-WebSocket-Accept',
    sent: [{ send: upgrade() }],
    environment: accepted,
    tunnel: true,
    safe: all(status(101), (seen) =>
      faultIf(
        replyValues(seen, 'sec-websocket-accept').join() !== acceptFor('dGhlIHNhbXBsZSBub25jZQ=='),
        reply(`Sec-WebSocket-Accept: ${replyValues(seen, 'sec-websocket-accept').join()}`),
      ),
    ),
  },
  {
    id: 'W-01',
    title: 'a reset of the environment right after the 101',
    why: 'an error event without a listener ends the process',
    sent: [{ send: upgrade() }, { awaitReplies: 1 }, { pauseMs: 1100 }],
    environment: { at: 'end', plays: ['accept', { pauseMs: 100 }, 'RST'] },
    tunnel: true,
    safe: all(status(101), (seen) => faultIf(seen.closing === 'open', forbidden('the tunnel stays open on one side'))),
  },
  {
    id: 'W-02',
    title: 'a reset of the partner after the 101',
    why: 'as W-01',
    sent: [{ send: upgrade() }, { awaitReplies: 1 }, 'RST'],
    environment: accepted,
    tunnel: true,
    safe: status(101),
  },
  plain('W-03', 'a GET that offers h2c', get(`${h2c}HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n`)),
  plain('W-03b', 'a POST that offers h2c', post(`${h2c}HTTP2-Settings: AAMAAABk\r\nContent-Length: 2\r\n`, 'ab'), 'ab'),
  plain('W-03d', 'Connection: upgrade without Upgrade', get('Connection: upgrade\r\n')),
  plain(
    'W-03e',
    'a chunked POST that offers h2c',
    post(`Connection: Upgrade\r\nUpgrade: h2c\r\n${CHUNKED}`, chunk('ab') + LAST_CHUNK),
    'ab',
  ),
  {
    id: 'W-04',
    title: 'no answer to an upgrade, and the partner leaves',
    why: 'some proxies keep such connections for ever',
    sent: [{ send: upgrade() }, { pauseMs: 200 }, 'FIN'],
    environment: { at: 'end', plays: ['silence'] },
    tunnel: true,
    safe: (seen) =>
      faultIf(
        seen.replies.some(({ status }) => status < 400),
        reply('an answer out of nothing'),
      ),
  },
  {
    id: 'W-06',
    title: 'a 200 for an upgrade',
    why: 'a refused upgrade is relayed as it is',
    sent: [{ send: upgrade() }],
    environment: { at: 'end', plays: [{ send: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' }] },
    safe: all(status(200), withBody('ok')),
  },
  {
    id: 'W-06e',
    title: 'a 200 for an upgrade that breaks off',
    why: 'the partner must not wait for ever',
    sent: [{ send: upgrade() }],
    environment: {
      at: 'end',
      plays: [{ send: 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly' }, { pauseMs: 100 }, 'FIN'],
    },
    safe: cutOrBadGateway,
  },
  {
    id: 'W-06f',
    title: 'an upgrade that is answered with FIN',
    why: 'as W-06e',
    sent: [{ send: upgrade() }],
    environment: { at: 'end', plays: ['FIN'] },
    safe: either(
      status(502),
      all((seen) => faultIf(seen.replies.length > 0, reply('an odd answer'))),
    ),
  },
  {
    id: 'W-06g',
    title: 'the status 000 for an upgrade',
    why: 'as P-02, on the upgrade path',
    sent: [{ send: upgrade() }],
    environment: {
      at: 'end',
      plays: [{ send: 'HTTP/1.1 000 X\r\nContent-Length: 2\r\n\r\nok' }, { pauseMs: 20 }, 'FIN'],
    },
    safe: either(status(502), (seen) => faultIf(seen.replies.length > 0, reply('an odd answer'))),
  },
  {
    id: 'W-07',
    title: 'the partner half-closes a tunnel',
    why: 'half a tunnel is a leak',
    sent: [{ send: upgrade() }, { awaitReplies: 1 }, 'FIN', { pauseMs: 2000 }],
    environment: accepted,
    tunnel: true,
    safe: all(status(101), (seen) => faultIf(seen.closing === 'open', forbidden('the tunnel stays half open'))),
  },
  ...['W-09 http://', 'W-09b http://['].map((entry): WireCase => {
    const [id = '', target = ''] = entry.split(' ');
    return {
      id,
      title: `an upgrade of ${target}`,
      why: 'the upgrade path needs the checks of a plain request; new URL() throws here',
      sent: [{ send: upgrade(ID, target) }],
      safe: refused,
    };
  }),
  byteEqual('W-09c', '//['),
  byteEqual('W-09f', `/stream/../x?t=${TOKEN}`),
  byteEqual('W-09i', `/stream/%2e%2e/ws2?t=${TOKEN}`),
  {
    id: 'W-09j',
    title: 'an upgrade of an absolute target of another host',
    why: 'where the upgrade path lacks the check, the gateway is an open proxy (CVE-2026-44578)',
    sent: [{ send: upgrade('', `http://evil.test${STREAM}`) }],
    environment: accepted,
    tunnel: true,
    safe: either(
      refused,
      all(
        status(101),
        withTarget((got) => bare(got) === STREAM),
      ),
    ),
  },
  {
    id: 'W-10',
    title: 'a POST that asks for an upgrade',
    why: 'only GET upgrades; that is an answer, not a cut',
    sent: [{ send: `POST ${STREAM} HTTP/1.1\r\n${H}${A}${W}Content-Length: 2\r\n\r\nab` }],
    safe: noTunnelFromBody,
  },
  {
    id: 'W-10c',
    title: 'an upgrade with a chunked body',
    why: 'a body must become neither a request nor the first bytes of a tunnel',
    sent: [{ send: `GET ${STREAM} HTTP/1.1\r\n${H}${A}${W}${CHUNKED}\r\n${LAST_CHUNK}` }],
    safe: noTunnelFromBody,
  },
  {
    id: 'W-10d',
    title: 'an upgrade without a key',
    why: 'RFC 6455 4.2.1',
    sent: [
      {
        send:
          `GET ${STREAM} HTTP/1.1\r\n${H}${A}Connection: Upgrade\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\n\r\n',
      },
    ],
    safe: refusedWith(400, 426),
  },
  {
    id: 'W-10h',
    title: 'an upgrade in HTTP/1.0',
    why: 'RFC 9110 7.8: passed over there',
    sent: [{ send: `GET ${STREAM} HTTP/1.0\r\n${H}${A}${W}\r\n` }],
    environment: { at: 'end', plays: ['accept'] },
    safe: (seen) =>
      faultIf(seen.replies[0] === undefined || seen.replies[0].status === 101, reply('no answer, or a 101')),
  },
  ...[
    {
      id: 'W-11',
      title: 'a request behind an upgrade that was refused with 426',
      send: 'HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n',
    },
    {
      id: 'W-11b',
      title: 'a request behind an upgrade that was answered 200',
      send: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    },
  ].map(({ id, title, send }): WireCase => ({
    id,
    title,
    why: 'after a refused upgrade the socket is no tunnel',
    sent: [{ send: upgrade() }, { pauseMs: 350 }, { send: HIDDEN }],
    environment: { at: 'end', plays: [{ send }] },
    replies: 2,
    patienceMs: 1000,
    safe: all(notHidden, (seen) => [
      ...faultIf(seen.replies.length === 0, reply('no answer')),
      ...faultIf(
        seen.replies.length > 1 ? seen.replies[1]?.status !== 401 : seen.closing === 'open',
        reply('the second request was neither answered 401 nor cut'),
      ),
    ]),
  })),
  ...[
    { id: 'W-13b', title: 'a 101 without Sec-WebSocket-Accept', protocol: 'websocket' },
    { id: 'W-13c', title: 'a 101 to another protocol', protocol: 'h2c' },
  ].map(({ id, title, protocol }): WireCase => ({
    id,
    title,
    why: 'no handshake: a client fails on it anyway',
    sent: [{ send: upgrade() }],
    environment: {
      at: 'end',
      plays: [
        { send: `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${protocol}\r\nConnection: Upgrade\r\n\r\n` },
        'echo',
      ],
    },
    tunnel: true,
    safe: status(502, 101),
  })),
  {
    id: 'M-03e',
    title: 'the mode in a 101',
    why: 'X-Hybridmode is on every reply',
    sent: [{ send: upgrade() }],
    environment: accepted,
    tunnel: true,
    safe: all(status(101), (seen) =>
      faultIf(replyValues(seen, 'x-hybridmode').length !== 1, reply('no X-Hybridmode in the 101')),
    ),
  },
  {
    id: 'M-04l',
    title: 'an upgrade without credentials',
    why: 'the upgrade path has the same check',
    sent: [{ send: `GET ${STREAM} HTTP/1.1\r\n${H}${W}\r\n` }],
    environment: accepted,
    safe: all(nothingReaches, status(401)),
  },
];

import type { Play, Script, WireCase } from '../case.ts';
import { A, CHUNKED, get, H, P, PARTNER, post } from '../notation.ts';
import {
  all,
  closed,
  faultIf,
  nothingReaches,
  notReceived,
  refusedWith,
  reply,
  replyValues,
  served,
  status,
  withBody,
} from '../safe.ts';

const answer = (...plays: readonly Play[]): Script => ({ at: 'end', plays });

// That there is exactly one value, and the right one, is looked at in every reply of every case.
const hasMode = (seen: Parameters<typeof nothingReaches>[0]) =>
  faultIf(replyValues(seen, 'x-hybridmode').length !== 1, reply('not exactly one X-Hybridmode'));

function oddCredentials(id: string, value: string): WireCase {
  return {
    id,
    title: `the credentials ${value.slice(0, 24)}`,
    why: 'odd credentials are wrong credentials, and no reason to crash',
    sent: [{ send: `GET ${P}/a HTTP/1.1\r\n${H}Authorization: ${value}\r\n\r\n` }],
    safe: refusedWith(401, 400),
  };
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

/** X-Hybridmode, and who a partner is. */
export const modes: readonly WireCase[] = [
  {
    id: 'M-01',
    title: 'the mode in an ordinary answer',
    why: 'partners rely on it',
    sent: [{ send: get() }],
    safe: all(served(), hasMode),
  },
  {
    id: 'M-02',
    title: 'an environment with another X-Hybridmode',
    why: "a partner sees one value, and never the environment's",
    sent: [{ send: get() }],
    environment: answer({ send: 'HTTP/1.1 200 OK\r\nX-Hybridmode: recovery\r\nContent-Length: 2\r\n\r\nok' }),
    safe: all(status(200), hasMode),
  },
  {
    id: 'M-02c',
    title: 'X-Hybridmode in a trailer of the environment',
    why: 'as M-02',
    sent: [{ send: get() }],
    environment: answer({
      send:
        'HTTP/1.1 200 OK\r\nTrailer: X-Hybridmode\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n' +
        '0\r\nX-Hybridmode: recovery\r\n\r\n',
    }),
    safe: all(status(200), withBody('ok'), hasMode, notReceived('recovery')),
  },
  {
    id: 'M-02d',
    title: 'an environment whose Connection names X-Hybridmode',
    why: "the gateway's own header does not go by the environment's Connection",
    sent: [{ send: get() }],
    environment: answer({ send: 'HTTP/1.1 200 OK\r\nConnection: X-Hybridmode\r\nContent-Length: 2\r\n\r\nok' }),
    safe: all(status(200), hasMode),
  },
  {
    id: 'M-03',
    title: 'a partner whose Connection names X-Hybridmode',
    why: 'as M-02d',
    sent: [{ send: get('Connection: keep-alive, X-Hybridmode\r\n') }],
    safe: all(status(200), hasMode),
  },
  {
    id: 'M-04',
    title: 'no credentials',
    why: 'unknown partners are not served',
    sent: [{ send: `GET ${P}/a HTTP/1.1\r\n${H}\r\n` }],
    safe: all(refusedWith(401), hasMode, (seen) =>
      faultIf(replyValues(seen, 'www-authenticate').length === 0, reply('no WWW-Authenticate')),
    ),
  },
  oddCredentials('M-04g', 'Basic ZW1y'),
  oddCredentials('M-04h', `Basic ${base64('__proto__:x')}`),
  oddCredentials('M-04i', `Basic ${base64(`${PARTNER.user}:${PARTNER.password}\0x`)}`),
  oddCredentials('M-04j', 'Bearer 0123456789abcdef0123456789abcdef'),
  {
    id: 'M-04m',
    title: 'a POST without credentials whose body is a good request',
    why: 'the body of a refused request is not the next request',
    sent: [
      { send: `POST ${P}/a HTTP/1.1\r\n${H}Content-Length: ${get('', `${P}/b`).length}\r\n\r\n${get('', `${P}/b`)}` },
    ],
    safe: refusedWith(401),
  },
  {
    id: 'M-05',
    title: 'the credentials that reach the environment',
    why: "a partner's password never gets there, the environment's own does",
    sent: [{ send: get() }],
    safe: served(),
  },
  {
    id: 'M-05b',
    title: 'the scheme in lower case',
    why: 'schemes have no case (RFC 9110 11.1)',
    sent: [{ send: `GET ${P}/a HTTP/1.1\r\n${H}${A.replace('Basic', 'basic')}\r\n` }],
    safe: served(),
  },
  {
    id: 'M-06',
    title: 'the mode in an error of the gateway',
    why: 'it is on every reply',
    sent: [{ send: get() }],
    environment: answer('FIN'),
    safe: all(status(502), hasMode),
  },
  {
    id: 'M-06c',
    title: 'the mode in the answer to what does not parse',
    why: 'it is on every reply',
    sent: [{ send: post(`Content-Length: 6\r\n${CHUNKED}`, '0\r\n\r\nG') }],
    safe: all(nothingReaches, status(400), hasMode, closed),
  },
  {
    id: 'M-07b',
    title: 'what a 502 tells',
    why: 'no stack, no path of a file, no address of an environment',
    sent: [{ send: get() }],
    environment: answer('RST'),
    safe: all(status(502), notReceived('127.0.0.1'), notReceived('.ts:'), notReceived('node:')),
  },
];

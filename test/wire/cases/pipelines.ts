import type { Seen, WireCase } from '../case.ts';
import { A, get, H, HIDDEN, lengthOf, P, post } from '../notation.ts';
import {
  all,
  answered,
  closed,
  either,
  faultIf,
  forbidden,
  isRefusal,
  missing,
  nothingReaches,
  refusedAndClosed,
  reply,
} from '../safe.ts';

const paths = (seen: Seen): string => seen.requests.map(({ head }) => head.target.split('/').at(-1)).join(' ');

/** These requests reached the environment, in this order, and no others. */
const reached = (wanted: string) => (seen: Seen) => [
  ...faultIf(paths(seen) !== wanted && wanted.startsWith(paths(seen)), missing(`only "${paths(seen)}" got there`)),
  ...faultIf(!wanted.startsWith(paths(seen)), forbidden(`"${paths(seen)}" got there, not "${wanted}"`)),
];

/** Each answer belongs to its request, in order. */
const ownAnswers =
  (...bodies: readonly string[]) =>
  (seen: Seen) => {
    const got = seen.replies.map(({ status, body }) => `${status} ${body.toString('latin1').trim()}`);
    const isSo =
      got.length === bodies.length && bodies.every((body, n) => got[n]?.startsWith('200 ') && got[n].endsWith(body));
    return faultIf(!isSo, reply(`the answers were ${got.join(' | ')}`));
  };

const twelve = Array.from({ length: 12 }, (_, n) => `n${n}`);

/** More than one request on a connection, and what lies behind the end of one. */
export const pipelines: readonly WireCase[] = [
  {
    id: 'S-22',
    title: 'two GETs at once, the environment closes after the first',
    why: "the environment's Connection is for the gateway: the partner gets both answers, in order",
    sent: [{ send: get('', `${P}/one`) + get('', `${P}/two`) }],
    environment: {
      byPath: {
        '/one': {
          at: 'end',
          plays: [{ send: 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\none' }, 'FIN'],
        },
      },
    },
    replies: 2,
    safe: ownAnswers('one', '/two'),
  },
  {
    id: 'S-22c',
    title: 'twelve GETs in one segment',
    why: 'answers keep the order of the requests',
    sent: [{ send: twelve.map((name) => get('', `${P}/${name}`)).join('') }],
    replies: 12,
    safe: ownAnswers(...twelve.map((name) => `/${name}`)),
  },
  {
    id: 'S-22d',
    title: 'a good GET, then a request with two lengths',
    why: 'the good one is answered, the bad one refused and the connection closed',
    sent: [{ send: get('', `${P}/one`) + post('Content-Length: 1\r\nContent-Length: 2\r\n', 'ab', `${P}/two`) }],
    replies: 2,
    safe: all(either(answered(isRefusal, '4xx', [200]), answered(isRefusal, '4xx')), closed, (seen) =>
      faultIf(paths(seen).includes('two'), forbidden('the bad request was forwarded')),
    ),
  },
  {
    id: 'S-22e',
    title: 'a refused target, then a good POST in the same segment',
    why: 'where the refusal closes the connection, the POST must not be executed: its answer would be lost',
    sent: [{ send: get('', `${P}/a#frag`) + post('Content-Length: 2\r\n', 'ab', `${P}/two`) }],
    replies: 2,
    patienceMs: 1500,
    safe: either(
      all(answered(isRefusal, '4xx'), closed, nothingReaches),
      all(
        (seen) => faultIf(!isRefusal(seen.replies[0]?.status ?? 0), reply('the target was not refused')),
        reached('two'),
        (seen) => faultIf(seen.replies[1]?.status !== 200, forbidden('the POST was executed and its answer lost')),
      ),
    ),
  },
  {
    id: 'S-23',
    title: 'a request behind Connection: close',
    why: 'what follows a request that closes is not read',
    sent: [{ send: get('Connection: close\r\n', `${P}/one`) + get('', `${P}/two`) }],
    safe: all(ownAnswers('/one'), closed, reached('one')),
  },
  {
    id: 'S-24',
    title: 'a NUL byte behind a whole POST',
    why: 'the junk must not cost the first request its answer: the environment has acted on it',
    sent: [{ send: `${post('Content-Length: 2\r\n', 'ab')}\x00` }],
    replies: 2,
    safe: all(answered(isRefusal, '4xx', [200]), closed, reached('a')),
  },
  {
    id: 'S-25',
    title: 'a length of zero, then a second request in the same segment',
    why: 'what follows a body of nothing is a request, and the body of that one is a body',
    sent: [{ send: post('Content-Length: 0\r\n', '', `${P}/one`) + post(lengthOf(HIDDEN), HIDDEN, `${P}/two`) }],
    replies: 2,
    safe: all(ownAnswers('/one', '/two'), reached('one two'), (seen) =>
      faultIf(
        seen.requests.some(({ head, body }) => head.target.endsWith('/two') && body.length !== HIDDEN.length),
        forbidden('the second request lost its body'),
      ),
    ),
  },
  {
    id: 'S-26',
    title: 'CR LF CR and another byte at the end of the head',
    why: 'some servers end the head here and read a request behind it',
    sent: [{ send: `GET ${P}/a HTTP/1.1\r\n${H}${A}\r\rZ${HIDDEN}` }],
    safe: refusedAndClosed,
  },
  {
    id: 'S-26b',
    title: 'a value of two LF with a request behind it',
    why: 'some servers end the head at an empty line of LF',
    sent: [{ send: `GET ${P}/a HTTP/1.1\r\n${H}${A}Useless:\n\n${HIDDEN}` }],
    safe: refusedAndClosed,
  },
];

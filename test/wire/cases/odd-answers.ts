import type { Play, Safe, WireCase } from '../case.ts';
import { A, H, P } from '../notation.ts';
import {
  all,
  closed,
  connectionNotUsedAgain,
  cutOrBadGateway,
  either,
  faultIf,
  forbidden,
  lastReply,
  status,
  withBody,
} from '../safe.ts';
import { answer, answeredWith } from './answers.ts';

const soonFin: readonly Play[] = [{ pauseMs: 20 }, 'FIN'];

const badGateway: Safe = status(502);
const badAnswer: Safe = all(status(500, 502, 503, 504), connectionNotUsedAgain);
const badOrExact: Safe = either(badGateway, all(status(200), withBody('ok')));

const badStatuses: readonly [id: string, status: string][] = [
  ['P-02', '000'],
  ['P-02b', '099'],
  ['P-02e', '2xx'],
  ['P-02f', '600'],
];

/** Odd and broken answers of an environment. */
export const oddAnswers: readonly WireCase[] = [
  answeredWith({
    id: 'P-01',
    title: 'Trailer beside a length',
    why: 'ERR_HTTP_TRAILER_INVALID ends the process of some proxies',
    plays: [{ send: 'HTTP/1.1 200 OK\r\nTrailer: X-T\r\nContent-Length: 2\r\n\r\nok' }],
    safe: all(status(200), withBody('ok')),
  }),
  {
    id: 'P-01c',
    title: 'a trailer and chunks for an HTTP/1.0 client',
    why: 'as P-01; and a client of 1.0 knows no chunks',
    sent: [{ send: `GET ${P}/a HTTP/1.0\r\n${H}${A}\r\n` }],
    environment: answer({
      send: 'HTTP/1.1 200 OK\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n',
    }),
    safe: all(status(200), withBody('ok'), closed, (seen) =>
      faultIf(lastReply(seen)?.framing === 'chunked', forbidden('chunks for an HTTP/1.0 client')),
    ),
  },
  ...badStatuses.map(([id, code]) =>
    answeredWith({
      id,
      title: `the status ${code}`,
      why: 'nothing outside 200 to 599 is a final answer, and writeHead throws on some of it',
      plays: [{ send: `HTTP/1.1 ${code} X\r\nContent-Length: 2\r\n\r\nok` }, ...soonFin],
      safe: badGateway,
    }),
  ),
  answeredWith({
    id: 'P-03',
    title: 'a control character in the reason',
    why: 'ERR_INVALID_CHAR ends the process of some proxies; the phrase need not be copied',
    plays: [{ send: 'HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\nok' }, ...soonFin],
    safe: badOrExact,
  }),
  answeredWith({
    id: 'P-04',
    title: 'an answer with a length and a coding',
    why: 'answers can be smuggled too',
    plays: [
      { send: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n' },
      ...soonFin,
    ],
    safe: badAnswer,
  }),
  answeredWith({
    id: 'P-04b',
    title: 'an answer with two lengths',
    why: 'as P-04',
    plays: [{ send: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!' }, ...soonFin],
    safe: badAnswer,
  }),
  answeredWith({
    id: 'P-04e',
    title: 'a folded line in an answer',
    why: 'refused, or made anew',
    plays: [{ send: 'HTTP/1.1 200 OK\r\nX-A: 1\r\n  2\r\nContent-Length: 2\r\n\r\nok' }, ...soonFin],
    safe: badOrExact,
  }),
  answeredWith({
    id: 'P-04g',
    title: 'garbage for an answer',
    why: 'no HTTP',
    plays: [{ send: '\x00\x01garbage\r\n\r\n' }, ...soonFin],
    safe: badAnswer,
  }),
  answeredWith({
    id: 'P-04i',
    title: 'nothing, then FIN',
    why: 'no answer is an error of the environment',
    plays: ['FIN'],
    safe: badGateway,
  }),
  answeredWith({
    id: 'P-04j',
    title: 'nothing, then a reset',
    why: 'as P-04i',
    plays: ['RST'],
    safe: badGateway,
  }),
  answeredWith({
    id: 'P-04n',
    title: 'a control character in a value of the answer',
    why: 'ERR_INVALID_CHAR',
    plays: [{ send: 'HTTP/1.1 200 OK\r\nX-A: a\x01b\r\nContent-Length: 2\r\n\r\nok' }, ...soonFin],
    safe: badAnswer,
  }),
  answeredWith({
    id: 'P-04o',
    title: 'ICY 200 OK',
    why: 'no HTTP',
    plays: [{ send: 'ICY 200 OK\r\nContent-Length: 2\r\n\r\nok' }, ...soonFin],
    safe: badAnswer,
  }),
  answeredWith({
    id: 'P-04p',
    title: 'an answer in HTTP/2.0',
    why: 'no HTTP/1: refused, or made anew',
    plays: [{ send: 'HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok' }, ...soonFin],
    safe: badOrExact,
  }),
  answeredWith({
    id: 'P-05',
    title: 'four bytes of a hundred, then FIN',
    why: 'where a FIN in the middle goes unnoticed, partners wait for ever',
    plays: [{ send: 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly' }, { pauseMs: 120 }, 'FIN'],
    safe: cutOrBadGateway,
  }),
  answeredWith({
    id: 'P-05b',
    title: 'four bytes of a hundred, then a reset',
    why: 'as P-05',
    plays: [{ send: 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly' }, { pauseMs: 120 }, 'RST'],
    safe: cutOrBadGateway,
  }),
  answeredWith({
    id: 'P-05c',
    title: 'chunks without the last one, then FIN',
    why: 'the gateway must not write the last chunk itself',
    plays: [{ send: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n' }, { pauseMs: 120 }, 'FIN'],
    safe: cutOrBadGateway,
  }),
  answeredWith({
    id: 'P-06',
    title: 'a 101 that nobody asked for',
    why: 'the partner must neither wait for ever nor be switched',
    plays: [{ send: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\nConnection: upgrade\r\n\r\n' }],
    safe: badGateway,
  }),
  answeredWith({
    id: 'P-07',
    title: '103, then 200',
    why: 'interim answers pass or are dropped; the final one arrives',
    plays: [
      { send: 'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n' },
      { pauseMs: 30 },
      { send: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' },
    ],
    safe: all(status(200), withBody('ok')),
  }),
  answeredWith({
    id: 'P-07b',
    title: '100, 102 and 103, then 200',
    why: 'as P-07',
    plays: [
      {
        send:
          'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n' +
          'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      },
    ],
    safe: all(status(200), withBody('ok')),
  }),
];

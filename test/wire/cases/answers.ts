import type { Play, Safe, Script, WireCase } from '../case.ts';
import { A, get, H, P, post } from '../notation.ts';
import {
  all,
  closed,
  connectionNotUsedAgain,
  cutOrBadGateway,
  either,
  faultIf,
  forbidden,
  lastReply,
  notReceived,
  reply,
  replyValues,
  status,
  withBody,
} from '../safe.ts';

const answer = (...plays: readonly Play[]): Script => ({ at: 'end', plays });
const soonFin: readonly Play[] = [{ pauseMs: 20 }, 'FIN'];

interface Answered {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly plays: readonly Play[];
  readonly safe: Safe;
}

function answeredWith({ id, title, why, plays, safe }: Answered): WireCase {
  const closes = plays.some((play) => play === 'FIN' || play === 'RST');
  const alone = closes ? { alone: true as const } : {};
  return { id, title, why, sent: [{ send: get() }], environment: answer(...plays), safe, ...alone };
}

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

/** Answers whose framing or fields need care, though nothing is broken. */
export const answers: readonly WireCase[] = [
  answeredWith({
    id: 'P-08',
    title: 'a 204 with a body',
    why: 'a length that is copied without its body shifts the next answer',
    plays: [{ send: 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello' }],
    safe: all(status(204, 502), notReceived('hello')),
  }),
  {
    id: 'P-08b',
    title: 'a 304 with a length and no body',
    why: 'legal: the length that a 200 would have',
    sent: [{ send: get('If-None-Match: "x"\r\n') }],
    environment: answer({ send: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\nETag: "x"\r\n\r\n' }),
    safe: status(304),
  },
  answeredWith({
    id: 'P-08c',
    title: 'a 304 with a body',
    why: 'its body must not become the next answer',
    plays: [{ send: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: "x"\r\n\r\nhello' }],
    safe: all(status(304, 502), notReceived('hello')),
  }),
  answeredWith({
    id: 'P-09',
    title: 'two answers in one segment',
    why: 'from a pool, the second would answer the request of another partner',
    plays: [
      { send: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nSECOND' },
    ],
    safe: all(status(200), withBody('ok'), notReceived('SECOND'), connectionNotUsedAgain),
  }),
  answeredWith({
    id: 'P-10',
    title: 'two Set-Cookie',
    why: 'they stay two lines',
    plays: [{ send: 'HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\nok' }],
    safe: all(status(200), (seen) =>
      faultIf(replyValues(seen, 'set-cookie').join(' | ') !== 'a=1; Path=/ | b=2', reply('the cookies were changed')),
    ),
  }),
  answeredWith({
    id: 'P-10b',
    title: 'fields that come twice',
    why: 'nothing is lost',
    plays: [{ send: 'HTTP/1.1 200 OK\r\nLink: <a>\r\nLink: <b>\r\nX-M: 1\r\nX-M: 2\r\nContent-Length: 2\r\n\r\nok' }],
    safe: all(status(200), (seen) => [
      ...faultIf(replyValues(seen, 'link').join(', ') !== '<a>, <b>', reply('a Link was lost')),
      ...faultIf(replyValues(seen, 'x-m').join(', ') !== '1, 2', reply('an X-M was lost')),
    ]),
  }),
  answeredWith({
    id: 'P-11',
    title: 'an HTTP/1.0 answer without a length',
    why: 'its body ends with the connection, and is delivered whole',
    plays: [{ send: 'HTTP/1.0 200 OK\r\n\r\nuntil-close' }, { pauseMs: 80 }, 'FIN'],
    safe: all(status(200), withBody('until-close')),
  }),
  {
    id: 'P-13',
    title: '413 and close in the middle of an upload',
    why: 'the partner must see the 413, and the gateway need not take 20 MB first',
    sent: [{ send: post('Content-Length: 20000000\r\n') }, { fill: 20_000_000 }],
    environment: {
      at: 'head',
      plays: [
        { send: 'HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig' },
        { pauseMs: 60 },
        'FIN',
      ],
    },
    patienceMs: 8000,
    safe: status(413, 502),
  },
  {
    id: 'P-13b',
    title: '200 and keep-alive in the middle of an upload',
    why: 'an early answer leaves half a request on that connection: it must not be used again',
    sent: [{ send: post('Content-Length: 400\r\n', 'x'.repeat(100)) }, { pauseMs: 300 }, { send: 'y'.repeat(300) }],
    environment: { at: 'head', plays: [{ send: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly' }] },
    safe: all(status(200), withBody('early')),
  },
  answeredWith({
    id: 'P-14',
    title: 'a Location with the address of the environment',
    why: 'of no use to a partner, and wrong after a switch',
    plays: [{ send: 'HTTP/1.1 302 Found\r\nLocation: http://{environment}/api/y\r\nContent-Length: 0\r\n\r\n' }],
    safe: all(status(302), (seen) => {
      const [location = ''] = replyValues(seen, 'location');
      return faultIf(!/^(\/api\/y|http:\/\/gw\.test\/api\/y)$/.test(location), forbidden(`Location: ${location}`));
    }),
  }),
  answeredWith({
    id: 'P-16',
    title: 'an answer that comes byte by byte',
    why: 'slow is not broken',
    plays: [{ dribble: 'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nslow, no more', everyMs: 5 }],
    safe: all(status(200), withBody('slow, no more')),
  }),
  {
    id: 'P-17',
    title: 'the statuses 400, 404, 405, 500 and 503',
    why: 'an error of the environment is its own answer',
    sent: ['405', '400', '404', '500', '503'].flatMap((code, n) => [
      { send: get('', `${P}/${code}`) },
      { awaitReplies: n + 1 },
    ]),
    environment: {
      byPath: Object.fromEntries(
        ['400 Bad Request', '404 Not Found', '405 Method Not Allowed', '500 Broken', '503 Busy'].map((line) => [
          `/${line.slice(0, 3)}`,
          answer({
            send:
              `HTTP/1.1 ${line}\r\nAllow: OPTIONS, GET\r\nContent-Type: application/json\r\n` +
              'Content-Length: 2\r\n\r\n{}',
          }),
        ]),
      ),
    },
    replies: 5,
    patienceMs: 8000,
    safe: (seen) => [
      ...faultIf(
        seen.replies.map(({ status }) => status).join() !== '405,400,404,500,503',
        reply(`the statuses became ${seen.replies.map(({ status }) => status).join()}`),
      ),
      ...seen.replies.flatMap(({ status, body, fields }) => [
        ...faultIf(body.toString() !== '{}', reply(`the body of ${status} was changed`)),
        ...faultIf(!fields.some(([name]) => name.toLowerCase() === 'allow'), reply(`${status} lost its Allow`)),
      ]),
    ],
  },
  answeredWith({
    id: 'P-17d',
    title: 'a 401 of the environment',
    why: "the gateway's credentials are wrong: relayed or 502, never with the credentials",
    plays: [{ send: 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 2\r\n\r\nno' }],
    safe: all(status(401, 502), notReceived('-secret')),
  }),
];

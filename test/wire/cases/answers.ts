import type { Play, Safe, Script, WireCase } from '../case.ts';
import { get, P, post } from '../notation.ts';
import {
  all,
  connectionNotUsedAgain,
  faultIf,
  forbidden,
  notReceived,
  reply,
  replyValues,
  status,
  withBody,
} from '../safe.ts';

/** Once the request is whole. */
export const answer = (...plays: readonly Play[]): Script => ({ at: 'end', plays });

interface Answered {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly plays: readonly Play[];
  readonly safe: Safe;
}

/** A plain GET that is answered so; alone, where the environment closes a connection unannounced. */
export function answeredWith({ id, title, why, plays, safe }: Answered): WireCase {
  const closes = plays.some((play) => play === 'FIN' || play === 'RST');
  const alone = closes ? { alone: true as const } : {};
  return { id, title, why, sent: [{ send: get() }], environment: answer(...plays), safe, ...alone };
}

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

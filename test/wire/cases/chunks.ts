import type { Seen, WireCase } from '../case.ts';
import { chunk, CHUNKED, HIDDEN, LAST_CHUNK, post } from '../notation.ts';
import {
  all,
  brokenOff,
  either,
  faultIf,
  forbidden,
  neverCompletes,
  refusedOrPassed,
  reply,
  served,
  status,
  withoutText,
} from '../safe.ts';

const trailers: readonly [id: string, trailer: string, text: string][] = [
  ['S-18', 'Content-Length: 9', 'Content-Length: 9'],
  ['S-18c', 'X-Role: admin', 'X-Role'],
  ['S-18d', 'Authorization: Basic ZXZpbDpldmls', 'ZXZpbDpldmls'],
];

const noTrailer = (seen: Seen) =>
  seen.requests.flatMap(({ trailers }) => trailers.map(([name]) => forbidden(`the trailer ${name} was forwarded`)));

const badSizes: readonly [id: string, body: string][] = [
  ['S-15', '0x2\r\nab\r\n0\r\n\r\n'],
  ['S-15c', '+2\r\nab\r\n0\r\n\r\n'],
  ['S-15e', ' 2\r\nab\r\n0\r\n\r\n'],
  ['S-15g', '10000000000000002\r\nab\r\n0\r\n\r\n'],
  ['S-15i', '\r\nab\r\n0\r\n\r\n'],
  ['S-15l', '-0x0\r\n\r\n0\r\n\r\n'],
];

function badChunk(id: string, title: string, body: string, why: string): WireCase {
  return { id, title, why, sent: [{ send: post(CHUNKED, body) }], safe: brokenOff };
}

/** What lies between the chunks. */
export const chunks: readonly WireCase[] = [
  ...badSizes.map(([id, body]) =>
    badChunk(
      id,
      `the chunk size ${JSON.stringify(body.split('\r\n')[0])}`,
      body,
      'a size is hexadecimal digits and nothing else',
    ),
  ),
  {
    id: 'S-15h',
    title: 'a chunk of 2^64 - 1 bytes',
    why: 'it fits 64 bits, but no memory and no lifetime',
    sent: [{ send: post(CHUNKED, 'ffffffffffffffff\r\nab\r\n0\r\n\r\n') }, { pauseMs: 400 }, 'FIN'],
    safe: all(
      either(status(400, 413), (seen) => faultIf(seen.replies.length > 0, reply('an answer'))),
      neverCompletes(),
    ),
  },
  {
    id: 'S-15f',
    title: 'white space behind a chunk size',
    why: 'old servers pad sizes; if taken, it is framed anew',
    sent: [{ send: post(CHUNKED, '2 \r\nab\r\n0\r\n\r\n') }],
    safe: refusedOrPassed('ab'),
  },
  badChunk(
    'S-15p',
    'a size with an underscore, and a request behind it',
    `0_${HIDDEN.length.toString(16)}\r\n\r\n${HIDDEN}${LAST_CHUNK}`,
    'whoever reads the longest valid prefix ends the body here',
  ),
  badChunk('S-16', 'chunk lines that end with LF', '2\nab\n0\n\n', 'RFC 9112 7.1: CRLF'),
  badChunk(
    'S-16d',
    'a CR in a chunk extension',
    '2;a\rb\r\nab\r\n0\r\n\r\n',
    'whoever ends a line at CR sees another chunk',
  ),
  {
    id: 'S-16f',
    title: 'a chunk extension of 40 KB',
    why: 'extensions cost memory and time: bounded or dropped',
    sent: [{ send: post(CHUNKED, `2;${'a'.repeat(40_000)}\r\nab\r\n0\r\n\r\n`) }],
    safe: refusedOrPassed('ab'),
  },
  {
    id: 'S-16g',
    title: 'an ordinary chunk extension',
    why: 'legal, and for this hop only',
    sent: [{ send: post(CHUNKED, '2;a=b\r\nab\r\n0\r\n\r\n') }],
    safe: refusedOrPassed('ab'),
  },
  {
    id: 'S-16j',
    title: 'a line end within a quoted extension',
    why: 'quotes do not hide the end of a line',
    sent: [{ send: post(CHUNKED, '2;a="\r\nab\r\n0\r\n\r\n') }],
    safe: refusedOrPassed('ab'),
  },
  badChunk('S-17', 'more data than the size says', '2\r\nabXX0\r\n\r\n', 'the bytes behind are no size'),
  badChunk(
    'S-17b',
    'less data than the size says',
    '5\r\nab\r\n0\r\n\r\nXXXX',
    'the chunk swallows the end of the body',
  ),
  {
    id: 'S-17e',
    title: 'the last chunk without its final CRLF, then FIN',
    why: 'the gateway must not complete what is incomplete',
    sent: [{ send: post(CHUNKED, '2\r\nab\r\n0\r\n') }, { pauseMs: 150 }, 'FIN'],
    safe: neverCompletes(),
  },
  ...trailers.map(([id, trailer, text]): WireCase => ({
    id,
    title: `the trailer ${trailer}`,
    why: 'a trailer must not become a header',
    sent: [{ send: post(CHUNKED, `2\r\nab\r\n0\r\n${trailer}\r\n\r\n`) }],
    safe: either(all(served('ab'), noTrailer, withoutText(text)), all(status(400), neverCompletes())),
  })),
  {
    id: 'S-18g',
    title: 'a trailer that is announced',
    why: "a partner's Trailer field ends the process of some proxies (ERR_HTTP_TRAILER_INVALID)",
    sent: [{ send: post(`${CHUNKED}Trailer: X-Role\r\n`, '2\r\nab\r\n0\r\nX-Role: admin\r\n\r\n') }],
    safe: all(refusedOrPassed('ab'), noTrailer),
  },
  {
    id: 'S-27',
    title: 'chunks of one byte in writes of one byte',
    why: 'segments are no framing',
    sent: [
      { send: post(CHUNKED) },
      {
        bytewise:
          'hello'
            .split('')
            .map((letter) => chunk(letter))
            .join('') + LAST_CHUNK,
      },
    ],
    safe: refusedOrPassed('hello'),
  },
];

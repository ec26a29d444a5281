import type { WireCase } from '../case.ts';
import { A, chunk, CHUNKED, get, H, HIDDEN, LAST_CHUNK, lengthOf, P, post } from '../notation.ts';
import {
  all,
  closed,
  either,
  neverCompletes,
  nothingReaches,
  refused,
  refusedAndClosed,
  refusedOrPassed,
  served,
} from '../safe.ts';

const smuggler = chunk(HIDDEN) + LAST_CHUNK;
const write = (method: string, fields: string): string => `${method} ${P}/a HTTP/1.1\r\n${H}${A}${fields}\r\n`;

// A body whose framing a proxy may lose, with a request in it.
function hiddenIn(id: string, title: string, head: string, why: string): WireCase {
  return { id, title, why, sent: [{ send: head + smuggler }], safe: either(refused, served(HIDDEN)) };
}

function refusedFraming(id: string, title: string, send: string, why: string): WireCase {
  return { id, title, why, sent: [{ send }], safe: refusedAndClosed };
}

const otherCodings: readonly [id: string, coding: string][] = [
  ['S-07', 'xchunked'],
  ['S-07b', 'chunked, identity'],
  ['S-07c', ',chunked'],
  ['S-07d', '"chunked"'],
  ['S-07f', '\xa0chunked'],
  ['S-07h', 'chunk'],
  ['S-07i', 'chunked, chunked'],
  ['S-07j', 'identity'],
  ['S-07m', 'blegh'],
];

const otherLengths: readonly [id: string, length: string][] = [
  ['S-12', '+2'],
  ['S-12b', '-1'],
  ['S-12c', '0x2'],
  ['S-12f', '2_0'],
  ['S-12g', '18446744073709551617'],
  ['S-12j', '1Z'],
  ['S-12k', '"2"'],
  ['S-12l', '\xb2'],
  ['S-12m', '99999999999999999999999999999999999999'],
];

/** Which bytes are the body: fields that contradict each other or that readers read differently. */
export const framing: readonly WireCase[] = [
  hiddenIn(
    'S-01',
    'a chunked DELETE with a request in its body',
    write('DELETE', CHUNKED),
    'a proxy that takes a DELETE to have no body sends the body as the next request (CVE-2026-29057)',
  ),
  {
    id: 'S-01b',
    title: 'a chunked DELETE with an empty body',
    why: 'nothing to smuggle, and still no reason to hang',
    sent: [{ send: write('DELETE', CHUNKED) + LAST_CHUNK }],
    safe: refusedOrPassed(),
  },
  hiddenIn('S-02', 'a chunked OPTIONS with a request in its body', write('OPTIONS', CHUNKED), 'as for DELETE'),
  hiddenIn('S-02b', 'a chunked GET with a request in its body', write('GET', CHUNKED), 'rare, but legal'),
  hiddenIn('S-02d', 'a chunked PUT with a request in its body', write('PUT', CHUNKED), 'the usual method for a body'),
  hiddenIn('S-02e', 'a chunked PROPFIND with a request in its body', write('PROPFIND', CHUNKED), 'an unusual method'),
  hiddenIn(
    'S-03',
    'a DELETE whose Connection names Transfer-Encoding',
    write('DELETE', `Connection: Transfer-Encoding, keep-alive\r\n${CHUNKED}`),
    'whoever obeys Connection to the letter drops the framing',
  ),
  hiddenIn(
    'S-03b',
    'a POST whose Connection names transfer-encoding',
    write('POST', `Connection: close, transfer-encoding\r\n${CHUNKED}`),
    'whoever obeys Connection to the letter drops the framing',
  ),
  refusedFraming(
    'S-04',
    'a length and a coding',
    post(`Content-Length: 6\r\n${CHUNKED}`, '0\r\n\r\nG'),
    'RFC 9112 6.3',
  ),
  refusedFraming(
    'S-04b',
    'a coding and a length, with a request behind the last chunk',
    post(CHUNKED + lengthOf(LAST_CHUNK + HIDDEN), LAST_CHUNK + HIDDEN),
    'as S-04, and this is what it would be used for',
  ),
  refusedFraming(
    'S-04c',
    'a length of zero and a coding',
    post(`Content-Length: 0\r\n${CHUNKED}`, smuggler),
    'zero is a length as well',
  ),
  refusedFraming(
    'S-05',
    'a coding and a length in mixed case',
    post('tRANSFER-eNCODING: chunked\r\ncONTENT-lENGTH: 4\r\n', LAST_CHUNK),
    'names of fields have no case',
  ),
  refusedFraming(
    'S-06',
    'chunked, then identity on a line of its own',
    post(`${CHUNKED}Transfer-Encoding: identity\r\n`, LAST_CHUNK),
    'where chunked is not last, the end of the body is unknown',
  ),
  refusedFraming(
    'S-06b',
    'identity, then chunked on a line of its own',
    post(`Transfer-Encoding: identity\r\n${CHUNKED}`, LAST_CHUNK),
    'identity is gone from the standard; readers differ',
  ),
  refusedFraming('S-06c', 'chunked on two lines', post(CHUNKED + CHUNKED, LAST_CHUNK), 'chunked goes on once only'),
  ...otherCodings.map(([id, coding]) =>
    refusedFraming(
      id,
      `the coding ${JSON.stringify(coding)}`,
      post(`Transfer-Encoding: ${coding}\r\n`, LAST_CHUNK),
      'what is almost "chunked" is chunked to some servers only',
    ),
  ),
  refusedFraming(
    'S-07n',
    'an odd coding beside a length',
    post('Transfer-Encoding: ,chunked\r\nContent-Length: 5\r\n', LAST_CHUNK),
    'an unknown coding must not be passed over in favour of the length',
  ),
  refusedFraming(
    'S-08',
    'gzip, chunked',
    post('Transfer-Encoding: gzip, chunked\r\n', LAST_CHUNK),
    'the gateway does not undo this coding (RFC 9112 6.1: 501)',
  ),
  refusedFraming(
    'S-09',
    'white space between the name and the colon',
    post('Transfer-Encoding : chunked\r\n', LAST_CHUNK),
    'RFC 9112 5.1 asks for 400',
  ),
  refusedFraming(
    'S-10',
    'HTTP/1.0 with a coding',
    `POST ${P}/a HTTP/1.0\r\n${H}${A}${CHUNKED}\r\n${chunk('ab')}${LAST_CHUNK}`,
    'RFC 9112 6.1: taken for faulty framing',
  ),
  refusedFraming(
    'S-10b',
    'HTTP/1.0 with keep-alive and a coding',
    `POST ${P}/a HTTP/1.0\r\n${H}${A}Connection: keep-alive\r\n${CHUNKED}\r\n${chunk('ab')}${LAST_CHUNK}`,
    'as S-10',
  ),
  refusedFraming(
    'S-11',
    'two lengths that differ',
    post('Content-Length: 1\r\nContent-Length: 2\r\n', 'ab'),
    'RFC 9112 6.3',
  ),
  refusedFraming('S-11c', 'two lengths in one field', post('Content-Length: 2, 2\r\n', 'ab'), 'some take the first'),
  refusedFraming(
    'S-11d',
    'a length of zero, then the true one',
    post(`Content-Length: 0\r\ncontent-length: ${HIDDEN.length}\r\n`, HIDDEN),
    'the first for one server, the last for another',
  ),
  ...otherLengths.map(([id, length]) =>
    refusedFraming(
      id,
      `the length ${JSON.stringify(length)}`,
      post(`Content-Length: ${length}\r\n`, 'ab'),
      'a length is digits; what a number parser makes of more is its own affair',
    ),
  ),
  {
    id: 'S-12o',
    title: 'a length with a leading zero',
    why: 'decimal, and legal',
    sent: [{ send: post('Content-Length: 02\r\n', 'ab') }],
    safe: refusedOrPassed('ab'),
  },
  refusedFraming('S-13', 'an empty length', post('Content-Length: \r\n'), 'nobody knows what it means'),
  refusedFraming('S-13c', 'a comma for a length', post('Content-Length: ,\r\n'), 'a list of nothing'),
  refusedFraming('S-14', 'a folded length', post('Content-Length:\r\n 2\r\n', 'ab'), 'obs-fold in a framing field'),
  ...[
    {
      id: 'S-21',
      title: 'a body of known length that ends too early',
      send: post('Content-Length: 10\r\n', 'ab'),
      how: 'FIN' as const,
    },
    { id: 'S-21b', title: 'a chunked body that ends too early', send: post(CHUNKED, '5\r\nab'), how: 'FIN' as const },
    {
      id: 'S-21c',
      title: 'a body that ends in a reset',
      send: post('Content-Length: 10\r\n', 'ab'),
      how: 'RST' as const,
    },
  ].map(({ id, title, send, how }): WireCase => ({
    id,
    title,
    why: 'half a write must not look whole to the environment',
    sent: [{ send }, { pauseMs: 150 }, how],
    safe: neverCompletes(),
  })),
  {
    id: 'S-21d',
    title: 'a head that ends too early',
    why: 'half a head is no request',
    sent: [{ send: `POST ${P}/a HTTP/1.1\r\n${H}${A}Content-Le` }, { pauseMs: 100 }, 'FIN'],
    safe: all(nothingReaches, closed),
  },
  {
    id: 'S-19',
    title: 'a GET with a body of known length',
    why: 'legal; the body keeps its framing',
    sent: [{ send: get('Content-Length: 2\r\n') + 'ab' }],
    safe: refusedOrPassed('ab'),
  },
  {
    id: 'S-20',
    title: 'a GET whose body is a request',
    why: 'a body that loses its length becomes a request',
    sent: [{ send: get(lengthOf(HIDDEN)) + HIDDEN }],
    safe: refusedOrPassed(HIDDEN),
  },
  {
    id: 'S-20d',
    title: 'a POST whose body is a request and comes byte by byte',
    why: 'segments are no framing',
    sent: [{ send: post(lengthOf(HIDDEN)) }, { bytewise: HIDDEN }],
    safe: served(HIDDEN),
  },
  {
    id: 'S-28',
    title: 'an ordinary POST',
    why: 'the plain case works',
    sent: [
      { send: post('Content-Type: application/xml; charset=UTF-8\r\nContent-Length: 20\r\n', '<data><x>1</x></data') },
    ],
    safe: served('<data><x>1</x></data'),
  },
  {
    id: 'S-28b',
    title: 'an ordinary chunked POST',
    why: 'some libraries of partners send nothing else',
    sent: [{ send: post(CHUNKED, chunk('hello') + chunk(' world') + LAST_CHUNK) }],
    safe: served('hello world'),
  },
  {
    id: 'S-28c',
    title: 'a POST without any framing field',
    why: 'then the body is empty',
    sent: [{ send: post('') }],
    safe: served(),
  },
];

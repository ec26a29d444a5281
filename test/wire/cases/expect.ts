import type { WireCase } from '../case.ts';
import { A, EVIL, H, HIDDEN, lengthOf, P, post } from '../notation.ts';
import {
  all,
  continues,
  either,
  nothingReaches,
  refused,
  refusedWith,
  served,
  status,
  without,
  withoutText,
} from '../safe.ts';

const EXPECT = 'Expect: 100-continue\r\n';

/** Partners that ask before they send a body. */
export const expect: readonly WireCase[] = [
  {
    id: 'E-01',
    title: 'Expect, and the body after the 100',
    why: 'the header policy is the same as without Expect (some proxies pass over it), and there is one 100',
    sent: [
      { send: post(`${EXPECT}Content-Length: 2\r\nX-Forwarded-For: 9.9.9.9\r\nTE: trailers\r\n`) },
      { awaitText: '100 Continue' },
      { send: 'ab' },
    ],
    safe: all(served('ab'), continues(1), without('te'), withoutText('9.9.9.9')),
  },
  {
    id: 'E-02',
    title: 'an unknown expectation',
    why: '417 or ignored; never forwarded',
    sent: [{ send: post('Expect: foo\r\nContent-Length: 2\r\n', 'ab') }],
    safe: either(refusedWith(417, 400), all(served('ab'), without('expect'))),
  },
  {
    id: 'E-03',
    title: 'Expect with wrong credentials',
    why: 'the refusal comes in place of the 100, so that the body is not sent',
    sent: [{ send: `POST ${P}/a HTTP/1.1\r\n${H}${EVIL}${EXPECT}Content-Length: 2\r\n\r\n` }, { pauseMs: 300 }],
    safe: all(nothingReaches, status(401), continues(0)),
  },
  {
    id: 'E-04',
    title: 'Expect in HTTP/1.0',
    why: 'RFC 9110 10.1.1: no 100 for a client of 1.0',
    sent: [{ send: `POST ${P}/a HTTP/1.0\r\n${H}${A}${EXPECT}Content-Length: 2\r\n\r\nab` }],
    safe: all(served('ab'), continues(0)),
  },
  {
    id: 'E-05',
    title: 'Expect, and the body at once',
    why: 'many clients do not wait',
    sent: [{ send: post(`${EXPECT}Content-Length: 2\r\n`, 'ab') }],
    safe: all(served('ab'), continues(1)),
  },
  {
    id: 'E-10',
    title: 'Expect, and a body that is a request',
    why: 'however late, the body is a body',
    sent: [{ send: post(EXPECT + lengthOf(HIDDEN)) }, { pauseMs: 250 }, { send: HIDDEN }],
    safe: served(HIDDEN),
  },
  {
    id: 'E-11',
    title: 'two Expect fields',
    why: 'one 100 only',
    sent: [{ send: post(`${EXPECT}${EXPECT}Content-Length: 2\r\n`) }, { pauseMs: 200 }, { send: 'ab' }],
    safe: either(refused, all(served('ab'), continues(1))),
  },
];

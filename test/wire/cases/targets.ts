import type { Safe, WireCase } from '../case.ts';
import { A, H, HIDDEN, ID, P, TOKEN } from '../notation.ts';
import {
  all,
  answered,
  atEnvironment,
  closed,
  either,
  faultIf,
  forbidden,
  isRefusal,
  lastReply,
  missing,
  nothingReaches,
  refused,
  refusedAndClosed,
  refusedOrPassed,
  reply,
  served,
  withoutText,
  withTarget,
} from '../safe.ts';

const line = (target: string, method = 'GET', version = 'HTTP/1.1'): string =>
  `${method} ${target} ${version}\r\n${H}${A}${ID}\r\n`;

// The token of the run stands in the target; both ends are compared without it.
const bare = (target: string): string => target.replace(TOKEN, '').replace(/w[0-9a-z]{10}z/, '');
const sameTarget = (target: string): Safe => withTarget((got) => bare(got) === bare(target));

function odd(id: string, target: string, why: string): WireCase {
  return {
    id,
    title: `the target ${JSON.stringify(bare(target))}`,
    why,
    sent: [{ send: line(target) }],
    safe: either(refused, all(served(), sameTarget(target))),
  };
}

function ordinary(id: string, target: string): WireCase {
  return {
    id,
    title: `the target ${bare(target)}`,
    why: 'an ordinary target arrives as the same bytes',
    sent: [{ send: line(target) }],
    safe: all(served(), sameTarget(target)),
  };
}

function refusedTarget(id: string, target: string, why: string): WireCase {
  return {
    id,
    title: `the target ${JSON.stringify(bare(target))}`,
    why,
    sent: [{ send: line(target) }],
    safe: refused,
  };
}

function version(id: string, version: string): WireCase {
  return {
    id,
    title: `the version ${JSON.stringify(version)}`,
    why: 'of an unknown version the framing is unknown',
    sent: [{ send: line(`${P}/a`, 'GET', version) }],
    safe: refusedAndClosed,
  };
}

/** Request lines: target, method and version. */
export const targets: readonly WireCase[] = [
  odd('U-01', `${P}/../../etc/passwd`, 'resolved after the decision, it leads to another path than the one decided on'),
  odd('U-01b', `${P}/./b`, 'as U-01'),
  odd('U-01c', `${P}/%2e%2e/b`, 'URL constructors resolve the escaped form as well'),
  odd('U-01d', `${P}/.%2e/b`, 'as U-01c'),
  odd('U-01e', `${P}/..%2f..%2fb`, 'servers that decode %2f climb'),
  odd('U-01g', `${P}%5c..%5cb`, 'the same with a backslash'),
  odd('U-02', `//evil.test${P}/a`, 'two slashes begin a path, never an authority'),
  odd('U-02b', `///${P}/a`, 'as U-02'),
  odd('U-02d', `//[${P}`, 'a URL constructor throws'),
  odd('U-03', `/\\evil.test${P}/a`, 'browsers and URL constructors take \\ for /'),
  refusedTarget('U-04', `${P}/a#frag`, 'a target has no fragment; some cut it off'),
  refusedTarget('U-04b', `${P}/a#@evil.test`, 'as U-04'),
  odd('U-05', `${P}/a%00b`, 'never decoded on the way'),
  odd('U-05c', `${P}/a%c0%af`, 'an overlong form in UTF-8'),
  odd('U-05d', `${P}/foo%`, 'half an escape makes decodeURI throw'),
  odd('U-05e', `${P}/%E6%82%A3%e8%80%85`, 'hexadecimal digits keep their case'),
  odd('U-06b', `${P}/\xe3\x81\x82`, 'UTF-8 as it is: the same bytes or 400'),
  odd('U-06c', `${P}/a?q="<>'&r=|`, 'a query is not encoded anew'),
  ordinary('U-07', `${P}/a?x=1?y=2&x=3`),
  ordinary('U-07b', `${P}/a?`),
  ordinary('U-07e', `${P}/a?x=a+b%20c%2Bd`),
  ordinary('U-07f', `${P}/a;x=1?class=01&id=`),
  ordinary('U-07h', `${P}/a/`),
  {
    id: 'U-08',
    title: 'OPTIONS *',
    why: 'it asks about the gateway itself; it must not become /*',
    sent: [{ send: line('*', 'OPTIONS') }],
    safe: all(
      (seen) => faultIf(lastReply(seen) === undefined, reply('no answer')),
      either(
        all(
          nothingReaches,
          answered((s) => s === 200 || s === 204 || isRefusal(s), '200, 204 or 4xx'),
        ),
        withTarget((target) => target === '*'),
      ),
    ),
  },
  refusedTarget('U-09', 'http://', 'new URL() throws: uncaught, it ends the process for everybody'),
  refusedTarget('U-09b', 'http://[', 'as U-09'),
  refusedTarget('U-09h', '@evil.test/a', 'behind "http://environment" it names another host'),
  refusedTarget('U-09j', '.evil.test/a', 'as U-09h, as the end of a name'),
  {
    id: 'U-09k',
    title: 'an absolute target with an impossible port',
    why: 'as U-09: the port makes URL constructors throw',
    sent: [{ send: line('http://127.0.0.1:99999/a') }],
    safe: either(
      refused,
      all(
        served(),
        withTarget((target) => target === '/a'),
      ),
    ),
  },
  refusedTarget('U-09m', 'javascript:alert(1)', 'no target'),
  {
    id: 'U-10',
    title: 'an absolute target of another host',
    why: 'RFC 9112 3.2.2; the gateway is no open proxy',
    sent: [{ send: line(`http://evil.test${P}/a`) }],
    safe: either(refused, all(served(), sameTarget(`${P}/a`))),
  },
  {
    id: 'U-10d',
    title: 'an absolute target with user information',
    why: 'an attack (RFC 9110 4.2.4)',
    sent: [{ send: line(`http://u:p@evil.test:99${P}/a`) }],
    safe: either(refused, all(served(), sameTarget(`${P}/a`), withoutText('u:p@'))),
  },
  {
    id: 'U-12b',
    title: 'tabs in the request line',
    why: 'whoever reads it all the same makes it anew',
    sent: [{ send: `GET\t${P}/a\tHTTP/1.1\r\n${H}${A}${ID}\r\n` }],
    safe: refusedOrPassed(),
  },
  {
    id: 'U-12c',
    title: 'LF in the request line',
    why: 'one line or two',
    sent: [{ send: `GET ${P}/a\nHTTP/1.1\r\n${H}${A}${ID}\r\n` }],
    safe: refusedAndClosed,
  },
  {
    id: 'U-12d',
    title: 'a space in the target',
    why: 'readers see another version or another target',
    sent: [{ send: line(`${P}/a b`) }],
    safe: refusedAndClosed,
  },
  {
    id: 'U-13',
    title: 'HTTP/0.9',
    why: 'no version, no Host, no framing',
    sent: [{ send: `GET ${P}/a\r\n\r\n` }],
    safe: refusedAndClosed,
  },
  version('U-13c', 'HTTP/4294967295.255'),
  version('U-13e', 'http/1.1'),
  version('U-13f', 'HTTP/1.1X'),
  version('U-13g', 'HTTP/1.'),
  version('U-13h', 'HTTP/\r\r1.1'),
  version('U-13i', 'ICE/1.0'),
  {
    id: 'U-13l',
    title: 'the preface of HTTP/2',
    why: 'clients that presume h2 get an answer that they understand',
    sent: [{ send: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' }],
    safe: refusedAndClosed,
  },
  {
    id: 'U-14',
    title: 'a method in lower case',
    why: 'methods have case',
    sent: [{ send: line(`${P}/a`, 'get') }],
    safe: either(
      refused,
      all(
        served(),
        atEnvironment(({ head }) => faultIf(head.method !== 'get', forbidden(`the method became ${head.method}`))),
      ),
    ),
  },
  {
    id: 'U-14d',
    title: 'TRACE',
    why: 'it reflects cookies and credentials',
    sent: [{ send: `TRACE ${P}/a HTTP/1.1\r\n${H}${A}Cookie: s=1\r\n\r\n` }],
    safe: refused,
  },
  {
    id: 'U-14e',
    title: 'CONNECT',
    why: 'the gateway is no tunnel, and says so instead of cutting',
    sent: [{ send: `CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n${A}${ID}\r\n` }],
    safe: refused,
  },
  {
    id: 'U-14f',
    title: 'CONNECT to an environment',
    why: 'as U-14e',
    sent: [
      {
        send:
          `CONNECT 127.0.0.1:18001 HTTP/1.1\r\nHost: 127.0.0.1:18001\r\n${A}${ID}\r\n` +
          HIDDEN.replace(H, 'Host: x\r\n'),
      },
    ],
    safe: all(nothingReaches, (seen) =>
      faultIf(!isRefusal(seen.replies[0]?.status ?? 0), reply('CONNECT was not refused with an answer')),
    ),
  },
  {
    id: 'U-14h',
    title: 'HEAD',
    why: 'a head, with the length that a GET would have',
    sent: [{ send: `HEAD ${P}/a HTTP/1.1\r\n${H}${A}\r\n` }],
    head: true,
    safe: all(served(), (seen) =>
      faultIf(
        !lastReply(seen)?.fields.some(([name, value]) => name.toLowerCase() === 'content-length' && Number(value) > 0),
        missing('no Content-Length in the answer to a HEAD'),
      ),
    ),
  },
  {
    id: 'U-14j',
    title: 'DELETE without a body',
    why: 'forwarded like any other',
    sent: [{ send: line(`${P}/a`, 'DELETE') }],
    safe: served(),
  },
  {
    id: 'U-15',
    title: 'two empty lines before the request',
    why: 'RFC 9112 2.2: passed over',
    sent: [{ send: `\r\n\r\nGET ${P}/a HTTP/1.1\r\n${H}${A}\r\n` }],
    safe: served(),
  },
  {
    id: 'U-16',
    title: 'an ordinary GET',
    why: 'the plain case works',
    sent: [{ send: `GET ${P}/a HTTP/1.1\r\n${H}${A}\r\n` }],
    safe: served(),
  },
  {
    id: 'U-16e',
    title: 'a GET with Connection: close',
    why: 'answered and closed',
    sent: [{ send: `GET ${P}/a HTTP/1.1\r\n${H}${A}Connection: close\r\n\r\n` }],
    safe: all(served(), closed),
  },
];

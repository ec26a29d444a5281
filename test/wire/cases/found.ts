import type { WireCase } from '../case.ts';
import { A, get, H, ID, P, PARTNER, post } from '../notation.ts';
import { all, closed, either, faultIf, refusedAndClosed, refusedWith, reply, status } from '../safe.ts';
import { accepted, upgrade } from './upgrades.ts';

const H2C = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n';
const encoded = Buffer.from(`${PARTNER.user}:${PARTNER.password}`).toString('base64');

function version(id: string, title: string, line: string): WireCase {
  return {
    id,
    title,
    why: 'the parser takes it, but of an unknown version the framing is unknown',
    sent: [{ send: `${line}${H}${A}${ID}\r\n` }],
    safe: refusedAndClosed,
  };
}

function almostBase64(id: string, title: string, value: string): WireCase {
  return {
    id,
    title,
    why: 'a decoder that passes over what it does not know lets two readers see two users',
    sent: [{ send: `GET ${P}/a HTTP/1.1\r\n${H}Authorization: Basic ${value}\r\n\r\n` }],
    safe: refusedWith(401, 400),
  };
}

// A socket that has left the HTTP server but is not yet anybody's has no listener for its errors.
function resetBehind(id: string, title: string, first: string): WireCase {
  return {
    id,
    title,
    why: 'an error event without a listener ends the process, and nobody needs credentials for it',
    lane: 'alone',
    procedure: async (stage) => {
      const { gateway } = stage.world;
      for (let waitMs = 0; waitMs < 24 && gateway.death === null; waitMs++) {
        const client = await stage.send(first + upgrade(), stage.token(accepted));
        await new Promise((resolve) => setTimeout(resolve, waitMs % 8));
        client.reset();
      }
      return [];
    },
  };
}

/** What the fuzzer has found and no list had. */
export const found: readonly WireCase[] = [
  version('Z-01', 'a head in HTTP/2.0', `GET ${P}/a HTTP/2.0\r\n`),
  version('Z-01b', 'a head in HTTP/0.9', `GET ${P}/a HTTP/0.9\r\n`),
  version('Z-01c', 'a head without a version', `GET ${P}/a\r\n`),
  ...[
    { id: 'Z-02', title: 'a GET behind an offer of h2c, in one segment', send: get(H2C) },
    {
      id: 'Z-02b',
      title: 'a GET behind a POST that offers h2c, in one segment',
      send: post(`${H2C}Content-Length: 2\r\n`, 'ab'),
    },
  ].map(({ id, title, send }): WireCase => ({
    id,
    title,
    why: 'where the offer is passed over, what lies behind is the next request: answered, or the connection closed',
    sent: [{ send: send + get('', `${P}/two`) }],
    replies: 2,
    safe: either(all(status(200), closed), (seen) =>
      faultIf(seen.replies.map(({ status }) => status).join() !== '200,200', reply('not two answers')),
    ),
  })),
  almostBase64('Z-03', 'credentials with a space in them', `${encoded.slice(0, 9)} ${encoded.slice(9)}`),
  almostBase64('Z-03b', 'credentials with junk behind them', `${encoded}uthorization: Basic ${encoded}`),
  almostBase64('Z-03c', 'credentials with a byte above 0x7F in them', `${encoded.slice(0, 9)}\xa0${encoded.slice(9)}`),
  resetBehind('Z-04', 'a reset behind a POST and an upgrade in one segment', post('Content-Length: 2\r\n', 'ab')),
  resetBehind('Z-04b', 'a reset behind a GET and an upgrade in one segment', get()),
  resetBehind('Z-04c', 'a reset behind a GET without credentials and an upgrade in one segment', get().replace(A, '')),
];

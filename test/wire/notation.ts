// The words that the cases are written in. All texts are latin1: one character, one byte.

/** Stands in every text where the token of the run goes; of the token's length, so that counted lengths hold. */
export const TOKEN = '@@wiretoken@';

/** What a token looks like on the wire: found again in whatever reaches an environment. */
export const TOKEN_FORM = /w[0-9a-z]{10}z/;

export const PARTNER = { user: 'emr', password: 'emr-password' };

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'latin1').toString('base64')}`;
}

/** The path of a case that is proxied; no other case uses it. */
export const P = `/api/x-${TOKEN}`;
/** A path that is passed through when it is upgraded. */
export const STREAM = `/stream?t=${TOKEN}`;
export const H = 'Host: gw.test\r\n';
export const A = `Authorization: ${basic(PARTNER.user, PARTNER.password)}\r\n`;
/** Credentials that no partner has. */
export const EVIL = 'Authorization: Basic ZXZpbDpldmls\r\n';
export const W =
  'Connection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';
/** Carries the token where the target cannot. */
export const ID = `X-Case: ${TOKEN}\r\n`;
export const CHUNKED = 'Transfer-Encoding: chunked\r\n';

/** The request that must never be executed: it lies in another one's body. */
export const HIDDEN = `GET ${P}/hidden HTTP/1.1\r\n${H}\r\n`;

export function chunk(data: string): string {
  return `${data.length.toString(16)}\r\n${data}\r\n`;
}
export const LAST_CHUNK = '0\r\n\r\n';

export function get(fields = '', target = `${P}/a`): string {
  return `GET ${target} HTTP/1.1\r\n${H}${A}${fields}\r\n`;
}

export function post(fields: string, body = '', target = `${P}/a`): string {
  return `POST ${target} HTTP/1.1\r\n${H}${A}${fields}\r\n${body}`;
}

export function lengthOf(body: string): string {
  return `Content-Length: ${body.length}\r\n`;
}

/** The text of a case as bytes, with the token of this run in it. */
export function bytesOf(text: string, token: string): Buffer {
  return Buffer.from(text.replaceAll(TOKEN, token), 'latin1');
}

/** Bytes as one readable line. */
export function readable(bytes: Buffer | string, limit = 900): string {
  const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1');
  const cut = text.length > limit ? `${text.slice(0, limit)}… (${text.length} bytes)` : text;
  return cut
    .replaceAll('\\', '\\\\')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replace(/[^ -~…]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Tokens of one run: alike in form, never the same. */
export function tokens(seed: number): () => string {
  let count = 0;
  const run = (seed >>> 0).toString(36).padStart(4, '0').slice(-4);
  return () => `w${run}${(count++).toString(36).padStart(6, '0').slice(-6)}z`;
}

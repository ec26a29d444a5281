/** The head of a request as it arrived: nothing decoded, nothing merged. */
export interface RequestHead {
  readonly method: string;
  /** The request target, byte for byte (latin1). */
  readonly target: string;
  readonly httpVersion: string;
  /** Name, value, name, value, … */
  readonly rawHeaders: readonly string[];
}

export type Framing =
  { readonly kind: 'none' } | { readonly kind: 'length'; readonly bytes: number } | { readonly kind: 'chunked' };

export interface AcceptableRequest {
  readonly kind: 'acceptable';
  readonly method: string;
  /** Begins with `/`; the very bytes that an environment will see after its prefix. */
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
  readonly framing: Framing;
}

export type RequestFault =
  | 'http-version'
  | 'bad-host'
  | 'bad-target'
  | 'bad-framing'
  | 'unknown-coding'
  | 'length-required'
  | 'method-not-allowed'
  | 'expectation-failed'
  | 'too-many-headers'
  | 'body-too-large';

export interface UnacceptableRequest {
  readonly kind: 'unacceptable';
  readonly fault: RequestFault;
}

export interface RequestLimits {
  readonly headers: number;
  /** 0: no limit. */
  readonly bodyBytes: number;
}

// A body on any other method is rare, and what chunks hide there has smuggled requests through proxies: they need a length.
const CHUNKED_METHODS = new Set(['POST', 'PUT', 'PATCH']);
const REFUSED_METHODS = new Set(['TRACE', 'TRACK', 'CONNECT']);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// RFC 3986 3.2.2: a reg-name or IPv4 address, or an IP literal, and at most one port; no user information.
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const LENGTH = /^\d{1,15}$/;

/** Is this a request that every reader would read the same way? Looks at the head alone; does nothing. */
export function examine(head: RequestHead, limits: RequestLimits): AcceptableRequest | UnacceptableRequest {
  if (head.rawHeaders.length / 2 > limits.headers) return unacceptable('too-many-headers');
  // The parser takes 0.9 and 2.0 as well; of those neither the framing nor the fields mean what they say here.
  if (head.httpVersion !== '1.1' && head.httpVersion !== '1.0') return unacceptable('http-version');
  if (!TOKEN.test(head.method) || REFUSED_METHODS.has(head.method)) return unacceptable('method-not-allowed');
  const fields = framingFields(head.rawHeaders);
  const host = fields.host[0];
  if (fields.host.length !== 1 || host === undefined || !isHost(host)) {
    // HTTP/1.0 knows no Host; its requests are told apart by nothing else, so leaving it out is allowed there.
    if (head.httpVersion !== '1.0' || fields.host.length > 0) return unacceptable('bad-host');
  }
  if (fields.expect.some((value) => value.toLowerCase() !== '100-continue')) return unacceptable('expectation-failed');
  const framing = decideFraming(head, fields, limits);
  if (typeof framing === 'string') return unacceptable(framing);
  const target = originForm(head.target, host);
  if (target === null) return unacceptable('bad-target');
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  if (!isPlainPath(path)) return unacceptable('bad-target');
  return { kind: 'acceptable', method: head.method, path, query: mark < 0 ? '' : target.slice(mark), framing };
}

export function isHost(value: string): boolean {
  if (!HOST.test(value)) return false;
  const port = /:(\d+)$/.exec(value.startsWith('[') ? value.slice(value.indexOf(']')) : value);
  return port === null || Number(port[1]) <= 65_535;
}

interface FramingFields {
  readonly host: string[];
  readonly length: string[];
  readonly coding: string[];
  readonly expect: string[];
}

function framingFields(rawHeaders: readonly string[]): FramingFields {
  const fields: FramingFields = { host: [], length: [], coding: [], expect: [] };
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    const value = rawHeaders[i + 1] ?? '';
    // Only these four lengths can match: most fields are told apart without lowering their case.
    if (name.length === 4 && name.toLowerCase() === 'host') fields.host.push(value);
    else if (name.length === 6 && name.toLowerCase() === 'expect') fields.expect.push(value);
    else if (name.length === 14 && name.toLowerCase() === 'content-length') fields.length.push(value);
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') fields.coding.push(value);
  }
  return fields;
}

function decideFraming(head: RequestHead, fields: FramingFields, limits: RequestLimits): Framing | RequestFault {
  const { coding, length } = fields;
  if (coding.length > 0) {
    // RFC 9112 6.1 and 6.3: both fields, two codings, or a coding in HTTP/1.0 are read differently by different servers.
    if (length.length > 0 || coding.length > 1 || head.httpVersion !== '1.1') return 'bad-framing';
    if (coding[0]?.toLowerCase() !== 'chunked') return 'unknown-coding';
    return CHUNKED_METHODS.has(head.method) ? { kind: 'chunked' } : 'length-required';
  }
  const [only] = length;
  if (only === undefined) return { kind: 'none' };
  if (length.length > 1 || !LENGTH.test(only)) return 'bad-framing';
  const bytes = Number(only);
  if (limits.bodyBytes > 0 && bytes > limits.bodyBytes) return 'body-too-large';
  return bytes === 0 ? { kind: 'none' } : { kind: 'length', bytes };
}

function originForm(target: string, host: string | undefined): string | null {
  if (target.startsWith('/')) return target;
  const absolute = /^https?:\/\/([^/?#]+)(\/[^#]*)?$/i.exec(target);
  if (absolute === null || host === undefined) return null;
  // RFC 9112 3.2.2 lets a client name the origin in the target; here it must be the host it already named.
  return absolute[1]?.toLowerCase() === host.toLowerCase() ? (absolute[2] ?? '/') : null;
}

// What an environment might resolve to another path than the one that was decided on is refused, not repaired.
function isPlainPath(path: string): boolean {
  // eslint-disable-next-line no-control-regex -- the control characters are what is looked for
  if (path.startsWith('//') || /[\\#\u0000-\u0020\u007f]/.test(path)) return false;
  const plain = path.includes('%')
    ? path.replaceAll(/%2e/gi, '.').replaceAll(/%2f/gi, '/').replaceAll(/%5c/gi, '\\')
    : path;
  if (plain.includes('%00') || plain.includes('\\')) return false;
  return !plain.includes('/.') || !plain.split('/').some((segment) => segment === '.' || segment === '..');
}

function unacceptable(fault: RequestFault): UnacceptableRequest {
  return { kind: 'unacceptable', fault };
}

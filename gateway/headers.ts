/**
 * The one header policy: a table of what each field is, used in both directions, applied once.
 * Everything that the table does not name passes unchanged, in its order and its spelling.
 */
type Class =
  // RFC 9110 7.6.1: for this hop only.
  | 'hop'
  // Written anew by the engine or the listener on the other side.
  | 'framing'
  // Whose request this is: said by the gateway, never taken from the partner.
  | 'forwarding'
  | 'credential'
  | 'mode'
  // Would lead a partner past the gateway.
  | 'detour';

const FIELDS: Readonly<Record<string, Class>> = {
  connection: 'hop',
  'keep-alive': 'hop',
  'proxy-connection': 'hop',
  'proxy-authenticate': 'hop',
  'proxy-authentication-info': 'hop',
  'proxy-authorization': 'hop',
  te: 'hop',
  trailer: 'hop',
  upgrade: 'hop',
  'http2-settings': 'hop',
  expect: 'framing',
  host: 'framing',
  'content-length': 'framing',
  'transfer-encoding': 'framing',
  forwarded: 'forwarding',
  'x-forwarded-for': 'forwarding',
  'x-forwarded-host': 'forwarding',
  'x-forwarded-port': 'forwarding',
  'x-forwarded-proto': 'forwarding',
  'x-forwarded-server': 'forwarding',
  'x-forwarded-ssl': 'forwarding',
  'x-real-ip': 'forwarding',
  'x-client-cert': 'forwarding',
  authorization: 'credential',
  'x-hybridmode': 'mode',
  'x-hybrid-data-as-of': 'mode',
  'x-request-id': 'mode',
  'x-hybrid-error': 'mode',
  'alt-svc': 'detour',
};

// A peer may name any field in Connection; these it cannot take away, they carry the message or its owner.
const NOT_HOP_BY_NAME = new Set([
  'content-type',
  'content-encoding',
  'cookie',
  'set-cookie',
  'www-authenticate',
  'date',
  'location',
]);

const LONGEST = Math.max(...Object.keys(FIELDS).map((name) => name.length));

function classOf(name: string): Class | undefined {
  if (name.length > LONGEST) return undefined;
  const lower = name.toLowerCase();
  const known = FIELDS[lower];
  if (known !== undefined || !lower.includes('_')) return known;
  // CGI-like servers read `_` as `-`: X_Hybridmode would be X-Hybridmode to them.
  return FIELDS[lower.replaceAll('_', '-')];
}

/** The value of a field, several of them joined; `name` in small letters. The engine's `headers` are made from all fields. */
export function valueOf(rawHeaders: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const field = rawHeaders[i];
    if (field?.length !== name.length || field.toLowerCase() !== name) continue;
    const one = rawHeaders[i + 1] ?? '';
    value = value === undefined ? one : `${value}, ${one}`;
  }
  return value;
}

/** The fields that `Connection` names, lower-case; null where it names nothing special. */
function namedByConnection(rawHeaders: readonly string[]): Set<string> | null {
  let named: Set<string> | null = null;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    for (const token of (rawHeaders[i + 1] ?? '').toLowerCase().split(',')) {
      const option = token.trim();
      if (option === '' || option === 'close' || option === 'keep-alive' || NOT_HOP_BY_NAME.has(option)) continue;
      named ??= new Set();
      named.add(option);
    }
  }
  return named;
}

export interface RequestHeaderContext {
  /** The value for the environment; null leaves the field out. `pass` keeps the partner's own. */
  readonly authorization: string | null | { readonly pass: true };
  /** The partner's address: the only one an environment is told. */
  readonly peer: string;
  readonly requestId: string;
  /** The answer will be read on its way: it must not be compressed. */
  readonly plainAnswer: boolean;
}

/** The fields that go to the environment: name, value, name, value, … Framing and Host are added by the engine. */
export function requestHeaders(rawHeaders: readonly string[], context: RequestHeaderContext): string[] {
  const passesCredentials = context.authorization !== null && typeof context.authorization === 'object';
  const out: string[] = [];
  const named = namedByConnection(rawHeaders);
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    const kind = classOf(name);
    if (kind !== undefined && !(kind === 'credential' && passesCredentials && name.toLowerCase() === 'authorization'))
      continue;
    if (named?.has(name.toLowerCase())) continue;
    if (context.plainAnswer && name.toLowerCase() === 'accept-encoding') continue;
    out.push(name, rawHeaders[i + 1] ?? '');
  }
  if (typeof context.authorization === 'string') out.push('Authorization', context.authorization);
  out.push('X-Forwarded-For', context.peer, 'X-Request-Id', context.requestId, 'Via', '1.1 hybrid-gateway');
  return out;
}

export interface ReplyHeaderContext {
  readonly status: number;
  readonly method: string;
  readonly hybridmode: string;
  readonly requestId: string;
  /** The environment's origin, for `Location`. */
  readonly origin: string;
}

/** The fields that go to the partner: name, value, name, value, … with exactly one X-Hybridmode. */
export function replyHeaders(rawHeaders: readonly string[], context: ReplyHeaderContext): string[] {
  const out: string[] = [];
  const named = namedByConnection(rawHeaders);
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    const value = rawHeaders[i + 1] ?? '';
    const lower = name.toLowerCase();
    const kind = classOf(name);
    if (lower === 'content-length') {
      // RFC 9110 8.6: no length on 1xx and 204; elsewhere the engine has checked it against the bytes.
      if (context.status !== 204) out.push(name, value);
      continue;
    }
    if (kind !== undefined && kind !== 'credential') continue;
    if (named?.has(lower)) continue;
    out.push(
      name,
      lower === 'location' || lower === 'content-location' ? towardsGateway(value, context.origin) : value,
    );
  }
  out.push('X-Hybridmode', context.hybridmode, 'X-Request-Id', context.requestId);
  return out;
}

// An environment's own address is of no use to a partner, and after a switch it is wrong.
function towardsGateway(location: string, origin: string): string {
  const authority = /^(?:https?:)?\/\/[^/?#]*/i.exec(location)?.[0];
  if (authority === undefined || URL.parse(authority, origin)?.origin !== origin) return location;
  const rest = location.slice(authority.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** All values of a field, `name` in small letters: node:http keeps the first of several only. */
export function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const field = rawHeaders[i];
    if (field?.length === name.length && field.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '');
  }
  return values;
}

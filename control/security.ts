import { isIP } from 'node:net';
import type { Socket } from 'node:net';

// What keeps a page elsewhere from pressing the button: a foreign name that was made to point here (DNS rebinding) is
// refused by Host, a foreign page that calls the right name by Origin and Sec-Fetch-Site.

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

export interface HostRule {
  /** What we listen on: an address or a name. */
  readonly listen: string;
  /** `control.hosts`: lower case, without port. */
  readonly hosts: readonly string[];
}

/** The host of a `Host` field, lower case, without port and brackets; null where it is not well-formed. */
export function hostName(field: string): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(field);
  const name = match?.[1] ?? match?.[2];
  return name === undefined ? null : name.toLowerCase().replace(/\.$/, '');
}

/** Whether `field` names us. `local`: the address that this connection came in on. */
export function isOurHost(field: string, local: string | undefined, rule: HostRule): boolean {
  const name = hostName(field);
  if (name === null) return false;
  if (name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))) return true;
  // A rebinding attack needs a name; an address that the connection was really made to is no name of somebody else's.
  if (isIP(name) !== 0 && name === local?.replace(/^::ffff:/, '')) return true;
  return name === bare(rule.listen) || rule.hosts.some((host) => bare(host) === name);
}

export interface Provenance {
  readonly method: string;
  readonly host: string;
  /** Empty where the caller sent none: no browser. */
  readonly origin: string;
  readonly secFetchSite: string;
}

/** Whether a method is there to change something. */
export function isChange(method: string): boolean {
  return !SAFE_METHODS.includes(method);
}

/** The caller's address, an IPv4 one as such also where the listener is IPv6; null where it is gone already. */
export function addressOf({ remoteAddress }: Pick<Socket, 'remoteAddress'>): string | null {
  return remoteAddress?.replace(/^::ffff:/, '') ?? null;
}

/** Whether a page of another site is behind a request that changes something. */
export function isForeign(from: Provenance): boolean {
  if (!isChange(from.method)) return false;
  if (from.secFetchSite !== '' && from.secFetchSite !== 'same-origin' && from.secFetchSite !== 'none') return true;
  if (from.origin === '') return false;
  const origin = URL.parse(from.origin);
  if (origin === null || !['http:', 'https:'].includes(origin.protocol)) return true;
  // The scheme is not compared beyond this: a TLS-ending proxy in front of us changes it.
  return origin.host !== URL.parse(`${origin.protocol}//${from.host}`)?.host;
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$/g, '');
}

/** For every answer; the pages to come widen the policy for themselves. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { PartnerOptions } from './options.ts';

/** What a request brings that tells whose it is. */
export interface Bearings {
  /** All `Authorization` values of the request. */
  readonly authorization: readonly string[];
  /** Common name of a client certificate that the listener has verified. */
  readonly certificate: string | null;
  /** The peer's address. */
  readonly address: string;
  /** The partner that the listening port names. */
  readonly listener: string | null;
}

export type Recognition = { readonly kind: 'partner'; readonly partner: PartnerOptions } | { readonly kind: 'unknown' };

/** Recognises partners (連携システム): by Basic user, token, client certificate, listening port or source address. */
export interface PartnerIndex {
  recognise(bearings: Bearings): Recognition;
  find(name: string): PartnerOptions | undefined;
  readonly all: readonly PartnerOptions[];
}

const UNKNOWN: Recognition = { kind: 'unknown' };

export function partnerIndex(partners: readonly PartnerOptions[]): PartnerIndex {
  const byName = new Map(partners.map((partner) => [partner.name, partner]));
  const byUser = new Map<string, { partner: PartnerOptions; digest: Buffer }>();
  const byToken: { partner: PartnerOptions; digest: Buffer }[] = [];
  const byCertificate = new Map<string, PartnerOptions>();
  const byAddress: { partner: PartnerOptions; block: BlockList }[] = [];
  for (const partner of partners) {
    if (partner.basic) byUser.set(partner.basic.user, { partner, digest: digest(partner.basic.password) });
    if (partner.token !== null) byToken.push({ partner, digest: digest(partner.token) });
    if (partner.certificate !== null) byCertificate.set(partner.certificate, partner);
    if (partner.address !== null) byAddress.push({ partner, block: blockOf(partner.address) });
  }
  // Partners send the same header with each request; only headers that were right are kept.
  const verified = new LRUCache<string, PartnerOptions>({ max: 1000 });

  function byCredentials(header: string): PartnerOptions | 'wrong' | 'foreign' {
    const [scheme, value] = splitScheme(header);
    if (scheme === 'basic') {
      // Node's decoder passes over what it does not know; another reader of the field might see another user.
      if (!TOKEN68.test(value)) return 'foreign';
      const plain = Buffer.from(value, 'base64').toString('utf8');
      const colon = plain.indexOf(':');
      const known = colon < 0 ? undefined : byUser.get(plain.slice(0, colon));
      if (known === undefined) return 'foreign';
      return timingSafeEqual(digest(plain.slice(colon + 1)), known.digest) ? known.partner : 'wrong';
    }
    if (scheme === 'bearer') {
      const given = digest(value);
      return byToken.find((known) => timingSafeEqual(given, known.digest))?.partner ?? 'foreign';
    }
    return 'foreign';
  }

  function recognise(bearings: Bearings): Recognition {
    const [header, second] = bearings.authorization;
    // Two Authorization fields: the one that is checked might not be the one that somebody else reads.
    if (second !== undefined) return UNKNOWN;
    if (header !== undefined) {
      const seen = verified.get(header);
      if (seen !== undefined) return { kind: 'partner', partner: seen };
      const found = byCredentials(header);
      if (found === 'wrong') return UNKNOWN;
      if (found !== 'foreign') {
        verified.set(header, found);
        return { kind: 'partner', partner: found };
      }
    }
    const partner =
      (bearings.certificate === null ? undefined : byCertificate.get(bearings.certificate)) ??
      (bearings.listener === null ? undefined : byName.get(bearings.listener)) ??
      byAddress.find(({ block }) => contains(block, bearings.address))?.partner;
    return partner === undefined ? UNKNOWN : { kind: 'partner', partner };
  }

  return { recognise, find: (name) => byName.get(name), all: partners };
}

/** An IPv4 address that came in through an IPv6 socket, as IPv4; others unchanged. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address;
}

const TOKEN68 = /^[A-Za-z0-9+/]+={0,2}$/;

// RFC 9110 11.1: schemes are case-insensitive, one or more spaces follow.
function splitScheme(header: string): [string, string] {
  const space = header.indexOf(' ');
  return space < 0 ? ['', ''] : [header.slice(0, space).toLowerCase(), header.slice(space + 1).trim()];
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function blockOf(address: string): BlockList {
  const block = new BlockList();
  const [net = '', bits] = address.split('/');
  const family = isIPv4(net) ? 'ipv4' : 'ipv6';
  if (bits === undefined) block.addAddress(net, family);
  else block.addSubnet(net, Number(bits), family);
  return block;
}

function contains(block: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && block.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

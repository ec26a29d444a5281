import { createHash, timingSafeEqual } from 'node:crypto';
import type { Scope, TokenOptions } from './options.ts';

/** A token as it is kept in memory: comparing digests takes the same time whatever the caller sent. */
export interface KnownToken {
  readonly name: string;
  readonly digest: Buffer;
  readonly scopes: readonly Scope[];
}

export type Access =
  | { readonly kind: 'granted'; readonly by: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'forbidden'; readonly by: string };

const IMPLIES: Readonly<Record<Scope, readonly Scope[]>> = {
  metrics: ['metrics'],
  read: ['read'],
  patients: ['patients'],
  switch: ['switch', 'read'],
  admin: ['metrics', 'read', 'patients', 'switch', 'admin'],
};

export function knownToken({ name, token, scopes }: TokenOptions): KnownToken {
  return { name, digest: digest(token), scopes };
}

/** Whether the bearer of `authorization` (the field's value) may do what `scope` covers. */
export function decideAccess(authorization: string, scope: Scope, tokens: readonly KnownToken[]): Access {
  const token = /^bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1];
  if (token === undefined) return { kind: authorization === '' ? 'missing' : 'unknown' };
  const given = digest(token);
  // All are compared, so that the time does not tell which one it was.
  const [found] = tokens.filter((known) => timingSafeEqual(known.digest, given));
  if (found === undefined) return { kind: 'unknown' };
  const isAllowed = found.scopes.some((held) => IMPLIES[held].includes(scope));
  return { kind: isAllowed ? 'granted' : 'forbidden', by: found.name };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Scope, TokenOptions } from './options.ts';

/** A token as it is kept in memory: comparing digests takes the same time whatever the caller sent. */
export interface KnownToken {
  readonly name: string;
  readonly digest: Buffer;
  readonly scopes: readonly Scope[];
}

export function knownToken({ name, token, scopes }: TokenOptions): KnownToken {
  return { name, digest: digest(token), scopes };
}

/** Whose token `authorization` (the field's value) bears; null where it is nobody's. */
export function bearerOf(authorization: string, tokens: readonly KnownToken[]): KnownToken | null {
  const token = /^bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1];
  if (token === undefined) return null;
  const given = digest(token);
  // All are compared, so that the time does not tell which one it was.
  const [found] = tokens.filter((known) => timingSafeEqual(known.digest, given));
  return found ?? null;
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

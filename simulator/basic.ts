import type { Operator } from './options.ts';

/** The operator whom an Authorization header names with the right password, or null. */
export function operatorOf(authorization: string | undefined, operators: readonly Operator[]): string | null {
  const encoded = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  const user = text.slice(0, colon);
  const password = text.slice(colon + 1);
  return operators.some((each) => each.user === user && each.password === password) ? user : null;
}

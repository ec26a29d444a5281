import type { z } from 'zod';
import { address, file, listOf, oneOf, orNull, scalar, secret, section, text } from '../units.ts';
import type { Address, Surroundings } from '../units.ts';

/** What a token allows: `read` shows no patients' data; `patients` does; `switch` changes the mode; `admin` everything. */
export const SCOPES = ['metrics', 'read', 'patients', 'switch', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** `control`: the pages, the JSON API and the metrics. */
export interface ControlOptions {
  readonly listen: Address;
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  /** Host names the pages may be called by, beside the loopback names; lower case, without port. */
  readonly hosts: readonly string[];
  readonly tokens: readonly TokenOptions[];
}

export interface TokenOptions {
  readonly name: string;
  readonly token: string;
  readonly scopes: readonly Scope[];
}

export function controlOptions(around: Surroundings): z.ZodType<ControlOptions> {
  return section({
    listen: address().default({ host: '127.0.0.1', port: 8800 }),
    tls: orNull(section({ certificate: file(around, 'a PEM certificate'), key: file(around, 'a PEM private key') })),
    hosts: listOf(hostName(), 'host names').default([]),
    tokens: listOf(token(around), 'tokens').default([]),
  }).superRefine(({ tokens }, context) => {
    tokens.forEach(({ name, token: given }, at) => {
      const before = tokens.slice(0, at);
      const complain = (key: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['tokens', at, key], message });
      if (before.some((other) => other.name === name))
        complain('name', `expected a name of its own, got "${name}" again`);
      if (before.some((other) => other.token === given))
        complain('token', "expected a token of its own, got another entry's");
    });
  });
}

function token(around: Surroundings): z.ZodType<TokenOptions> {
  return section({
    name: text('a name'),
    token: secret(around, 'a token'),
    scopes: listOf(oneOf(SCOPES), SCOPES.join(', ')),
  }).superRefine(({ token: given, scopes }, context) => {
    const complain = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    if (!/^[A-Za-z0-9._~+/-]{16,}=*$/.test(given)) {
      complain('token', 'expected at least 16 characters out of letters, digits and . _ ~ + / - (a bearer token)');
    }
    if (scopes.length === 0) complain('scopes', `expected at least one of ${SCOPES.join(', ')}, got an empty list`);
  });
}

function hostName(): z.ZodType<string> {
  return scalar((value) => {
    if (typeof value === 'string' && /^[A-Za-z0-9.-]+$|^\[[0-9A-Fa-f:.]+\]$/.test(value))
      return { value: value.toLowerCase() };
    return { expected: 'a host name or address without scheme and port' };
  });
}

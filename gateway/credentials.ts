import { basicAuthorization } from '../orca/environment.ts';
import type { RequestHeaderContext } from './headers.ts';
import type { PartnerOptions } from './options.ts';
import type { Upstream } from './upstream.ts';

/** With what a partner's request goes to an environment: its own words, the environment's, or some of its own there. */
export function authorizationFor(
  partner: PartnerOptions,
  { name, environment }: Pick<Upstream, 'name' | 'environment'>,
): RequestHeaderContext['authorization'] {
  if (partner.credentials === 'passthrough') return { pass: true };
  if (partner.credentials === 'replace') return environment.authorization;
  const own = partner.credentials[name];
  return own === undefined ? environment.authorization : basicAuthorization(own.user, own.password);
}

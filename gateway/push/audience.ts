import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { EnvironmentName } from '../../mode/mode.ts';
import { basicAuthorization, type Environment } from '../../orca/environment.ts';
import type { PartnerOptions } from '../options.ts';
import { EVERYBODY, type Address } from './protocol.ts';
import type { Audience, Identity } from './subscription.ts';

/** What the credentials of those are called that get an environment's events with its own user: nearly all. */
export const SHARED = 'all';
/** Receptions that the gateway announces itself. */
export const ANNOUNCED = 'announced';

const KNOWN_UUIDS = 2000;
const secret = randomBytes(32);

export interface Asking {
  readonly partner: Pick<PartnerOptions, 'credentials'>;
  /** What the partner itself sent. */
  readonly authorization: string | null;
  readonly tenant: string;
  readonly address: Address;
}

/** @param environments those that are configured; @param owner the partner that it is made for */
export function audienceOf(
  asking: Asking,
  environments: ReadonlyMap<EnvironmentName, Environment>,
  owner = '',
): Audience {
  const { tenant, address } = asking;
  const to = addressee(tenant, address);
  const identities = new Map<EnvironmentName, Identity>();
  for (const [name, environment] of environments) {
    const { authorization, name: who } = identityAt(asking, name, environment);
    identities.set(name, { authorization, name: who + to });
  }
  const key = JSON.stringify([to, ...[...identities.values()].flatMap((one) => [one.name, one.authorization])]);
  const known = new Map<EnvironmentName, LRUCache<string, true>>();
  return {
    key,
    owner,
    address,
    tenant,
    identities,
    feeds: new Map(),
    subscriptions: new Map(),
    known(name) {
      let uuids = known.get(name);
      if (uuids === undefined) known.set(name, (uuids = new LRUCache({ max: KNOWN_UUIDS })));
      return uuids;
    },
    count: 0,
    idleSinceMs: Date.now(),
  };
}

/** The audience of those with nothing of their own. */
export function sharedAudience(environments: ReadonlyMap<EnvironmentName, Environment>): Audience {
  return audienceOf(
    { partner: { credentials: 'replace' }, authorization: null, tenant: '1', address: EVERYBODY },
    environments,
  );
}

/** What the audience of a partner without session or group is called at one environment. */
export function nameAt(
  partner: PartnerOptions,
  authorization: string | null,
  name: EnvironmentName,
  environment: Environment,
): string {
  return identityAt({ partner, authorization, tenant: '1', address: EVERYBODY }, name, environment).name;
}

export function isEverybody({ session, group }: Address): boolean {
  return session === null && group === null;
}

function identityAt({ partner, authorization }: Asking, name: EnvironmentName, environment: Environment): Identity {
  if (partner.credentials === 'replace') return { authorization: environment.authorization, name: SHARED };
  if (partner.credentials === 'passthrough') {
    if (authorization === environment.authorization) return { authorization, name: SHARED };
    // A password that nobody has checked: what was kept for one must not be had with another, and none is written down.
    const mark = createHmac('sha256', secret)
      .update(authorization ?? '')
      .digest('base64url')
      .slice(0, 22);
    return { authorization, name: `own:${mark}` };
  }
  const own = partner.credentials[name];
  if (own === undefined) return { authorization: environment.authorization, name: SHARED };
  return { authorization: basicAuthorization(own.user, own.password), name: `user:${own.user}` };
}

function addressee(tenant: string, address: Address): string {
  const at = tenant === '1' ? '' : `@${tenant}`;
  // What stands behind `#` went to one session or group, and to nobody else.
  return isEverybody(address) ? at : `${at}#${JSON.stringify([address.session, address.group])}`;
}

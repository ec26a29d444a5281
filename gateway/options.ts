import { z } from 'zod';
import type { EnvironmentName } from '../mode/mode.ts';
import {
  address,
  chosen,
  count,
  duration,
  file,
  flag,
  listOf,
  oneOf,
  orNull,
  scalar,
  secret,
  section,
  size,
  text,
} from '../units.ts';
import type { Address, Surroundings } from '../units.ts';

/** An address partners call; one with a partner's name recognises that partner by its port. */
export interface ListenOptions extends Address {
  readonly partner: string | null;
}

/** `gateway`: the addresses that partner systems point at, and what a request may look like. */
export interface GatewayOptions {
  readonly listen: readonly ListenOptions[];
  readonly tls: TlsListenOptions | null;
  /** The old push port, beside `/ws` on the others. */
  readonly push: { readonly listen: readonly ListenOptions[] } | null;
  readonly limits: RequestLimits;
}

export interface TlsListenOptions {
  readonly listen: readonly ListenOptions[];
  readonly certificate: string;
  readonly key: string;
  /** Path of the authority whose client certificates are accepted; null: none are asked for. */
  readonly clientCa: string | null;
}

export interface RequestLimits {
  readonly headerBytes: number;
  readonly headers: number;
  /** 0: no limit. */
  readonly bodyBytes: number;
  /** Bodies up to this size are received whole before the request is decided on. */
  readonly bufferedBytes: number;
  readonly headersWithinMs: number;
  readonly connections: number;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** A partner system (連携システム): how it is recognised, and how it is treated. */
export interface PartnerOptions {
  readonly name: string;
  /** `terminal`: a staff browser or monsiaj through the gateway. */
  readonly kind: 'api' | 'terminal';
  readonly basic: Credentials | null;
  readonly token: string | null;
  /** The common name of its client certificate. */
  readonly certificate: string | null;
  /** An IP address, or a network in CIDR form. */
  readonly address: string | null;
  /** `replace`: by the environment's own user and password. */
  readonly credentials: 'replace' | 'passthrough' | Partial<Record<EnvironmentName, Credentials>>;
  /** What becomes of its push connections at a switch. */
  readonly push: 'hold' | 'close';
  /** Gets push events of receptions that the gateway makes itself from what partners register. */
  readonly announceReceptions: boolean;
  readonly limits: { readonly connections: number; /** 0: no limit. */ readonly requestsPerSecond: number };
  /** `api-result`: as HTTP 200 with an `Api_Result`, for clients that read nothing else. */
  readonly refusals: 'http' | 'api-result';
}

/** `health`: when an environment counts as failed, and as well again. */
export interface HealthOptions {
  /** 0: no probes. */
  readonly everyMs: number;
  readonly failures: number;
  readonly successes: number;
}

/** `recovery`: who answers partners in recovery mode. */
export interface RecoveryOptions {
  readonly partners: 'emergency' | 'refuse-writes' | 'operational';
}

export function gatewayOptions(around: Surroundings): z.ZodType<GatewayOptions> {
  return section({
    listen: listeners().default([{ host: '0.0.0.0', port: 8010, partner: null }]),
    tls: orNull(
      section({
        listen: listeners(),
        certificate: file(around, 'a PEM certificate'),
        key: file(around, 'a PEM private key'),
        clientCa: orNull(file(around, 'a PEM file with the authority of the client certificates')),
      }),
    ),
    push: orNull(section({ listen: listeners() })),
    limits: requestLimits().prefault({}),
  });
}

export function partnersOptions(around: Surroundings): z.ZodType<readonly PartnerOptions[]> {
  return listOf(partner(around), 'partners');
}

export function healthOptions(): z.ZodType<HealthOptions> {
  return section({
    every: duration({ min: 10, off: true }).default(5000),
    failures: count({ min: 1 }).default(3),
    successes: count({ min: 1 }).default(2),
  }).transform(({ every, failures, successes }) => ({ everyMs: every, failures, successes }));
}

export function recoveryOptions(): z.ZodType<RecoveryOptions> {
  return section({ partners: oneOf(['emergency', 'refuse-writes', 'operational']).default('emergency') });
}

function listeners(): z.ZodType<readonly ListenOptions[]> {
  const plain = address().transform((given) => ({ ...given, partner: null }));
  const named = section({ address: address(), partner: orNull(text("a partner's name")) }).transform((given) => ({
    ...given.address,
    partner: given.partner,
  }));
  const one = chosen<ListenOptions>((value) => (typeof value === 'string' ? plain : named));
  const single = one.transform((only) => [only]);
  const several = listOf(one, 'addresses').refine(
    (all) => all.length > 0,
    'expected at least one address, got an empty list',
  );
  return chosen<readonly ListenOptions[]>((value) => {
    if (Array.isArray(value)) return several;
    return typeof value === 'object' && value !== null ? single : plain.transform((only) => [only]);
  });
}

function requestLimits() {
  return section({
    headerBytes: size({ min: 1024 }).default(16 * 1024),
    headers: count({ min: 10 }).default(200),
    bodyBytes: size().default(0),
    bufferedBytes: size().default(1024 * 1024),
    headersWithin: duration({ min: 10 }).default(15_000),
    connections: count({ min: 1 }).default(1000),
  }).transform(({ headersWithin, ...limits }) => ({
    headerBytes: limits.headerBytes,
    headers: limits.headers,
    bodyBytes: limits.bodyBytes,
    bufferedBytes: limits.bufferedBytes,
    headersWithinMs: headersWithin,
    connections: limits.connections,
  }));
}

function partner(around: Surroundings): z.ZodType<PartnerOptions> {
  return section({
    name: scalar((value) =>
      typeof value === 'string' && /^[a-z0-9][a-z0-9._-]{0,39}$/.test(value)
        ? { value }
        : { expected: 'a name of up to 40 small letters, digits, ".", "_" or "-", which metrics and logs carry' },
    ),
    kind: oneOf(['api', 'terminal']).default('api'),
    basic: orNull(credentials(around)),
    token: orNull(secret(around, 'a token')),
    certificate: orNull(text("the common name of the partner's certificate")),
    address: orNull(network()),
    credentials: partnerCredentials(around).optional(),
    push: oneOf(['hold', 'close']).default('hold'),
    announceReceptions: flag().default(false),
    limits: section({ connections: count({ min: 1 }).default(100), requestsPerSecond: count().default(0) }).prefault(
      {},
    ),
    refusals: oneOf(['http', 'api-result']).default('http'),
  }).transform(({ credentials: given, ...rest }) => ({
    ...rest,
    // A browser's or monsiaj's user is the operator that WebORCA must see.
    credentials: given ?? (rest.kind === 'terminal' ? 'passthrough' : 'replace'),
  }));
}

function partnerCredentials(around: Surroundings): z.ZodType<PartnerOptions['credentials']> {
  const words = oneOf(['replace', 'passthrough']);
  const perEnvironment = section({
    operational: orNull(credentials(around)),
    cloudEmergency: orNull(credentials(around)),
    localEmergency: orNull(credentials(around)),
  }).transform(({ operational, cloudEmergency, localEmergency }) => ({
    ...(operational && { operational }),
    ...(cloudEmergency && { cloudEmergency }),
    ...(localEmergency && { localEmergency }),
  }));
  return chosen<PartnerOptions['credentials']>((value) => (typeof value === 'object' ? perEnvironment : words));
}

function credentials(around: Surroundings): z.ZodType<Credentials> {
  return section({ user: secret(around, 'a user name'), password: secret(around, 'a password') }).superRefine(
    ({ user }, context) => {
      if (!user.includes(':')) return;
      const message = 'expected a user name without a colon, which HTTP Basic cannot carry';
      context.addIssue({ code: 'custom', path: ['user'], message });
    },
  );
}

function network(): z.ZodType<string> {
  const form = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
  return scalar((value) => {
    const parsed = form.safeParse(value);
    return parsed.success ? { value: parsed.data } : { expected: 'an IP address or a network such as "192.0.2.0/24"' };
  });
}

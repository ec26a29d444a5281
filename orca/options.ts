import type { z } from 'zod';
import { count, duration, file, flag, oneOf, orNull, scalar, secret, section, shown, text } from '../units.ts';
import type { Surroundings } from '../units.ts';

/** How one WebORCA is reached, and what can be asked of it. */
export interface EnvironmentOptions {
  readonly kind: 'cloud' | 'onprem';
  /** http: or https:, without path, query or user. */
  readonly url: URL;
  readonly user: string | null;
  /** The cloud's API key, or an operator's password. */
  readonly password: string | null;
  readonly clientCertificate: ClientCertificate | null;
  /** Path of the PEM file with the authority that signed the environment's certificate; null: the system's. */
  readonly ca: string | null;
  /** The name its certificate carries, where that is not the URL's host. */
  readonly servername: string | null;
  /** It says its mode itself in `X-Hybridmode`; a stand-alone WebORCA always says `normal`. */
  readonly announces: boolean;
  /** How management numbers, dumps and the mode are spoken with it. */
  readonly hybrid: 'assumed' | 'postgres' | 'manual';
  readonly deadlines: Deadlines;
  /** Requests at a time. */
  readonly concurrency: number;
}

export interface ClientCertificate {
  /** Path of the .p12 file. */
  readonly pkcs12: string;
  readonly passphrase: string | null;
}

export interface Deadlines {
  readonly connectMs: number;
  /** From the end of the request to the first byte of the answer. */
  readonly firstByteMs: number;
  /** Between two pieces of a body. */
  readonly idleMs: number;
}

/** `environments`: 運用環境, クラウド応急措置環境, ローカル応急措置環境. */
export interface EnvironmentsOptions {
  readonly operational: EnvironmentOptions;
  readonly cloudEmergency: EnvironmentOptions | null;
  readonly localEmergency: EnvironmentOptions | null;
}

export function environmentsOptions(around: Surroundings): z.ZodType<EnvironmentsOptions> {
  const environment = environmentOptions(around);
  return section({
    operational: environment,
    cloudEmergency: orNull(environment),
    localEmergency: orNull(environment),
  }).superRefine(({ cloudEmergency, localEmergency }, context) => {
    if (cloudEmergency ?? localEmergency) return;
    context.addIssue({
      code: 'custom',
      message: 'expected cloudEmergency, localEmergency or both beside operational, got neither',
    });
  });
}

function environmentOptions(around: Surroundings): z.ZodType<EnvironmentOptions> {
  return section({
    kind: oneOf(['cloud', 'onprem']),
    url: baseUrl(),
    user: orNull(secret(around, 'a user name')),
    password: orNull(secret(around, 'a password')),
    clientCertificate: orNull(clientCertificate(around)),
    ca: orNull(file(around, "a PEM file with the authority's certificate")),
    servername: orNull(text('a host name')),
    announces: flag().default(false),
    hybrid: oneOf(['assumed', 'postgres', 'manual']).default('assumed'),
    deadlines: deadlines().prefault({}),
    concurrency: count({ min: 1 }).default(64),
  }).superRefine(({ url, user, password, clientCertificate: certificate, ca }, context) => {
    const complain = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    if (user?.includes(':')) complain('user', 'expected a user name without a colon, which HTTP Basic cannot carry');
    if (user !== null && password === null) complain('password', 'expected a password beside user, got nothing');
    if (user === null && password !== null) complain('user', 'expected a user beside password, got nothing');
    if (url.protocol === 'https:') return;
    if (certificate) complain('clientCertificate', 'expected only with an https:// url, got an http:// url');
    if (ca) complain('ca', 'expected only with an https:// url, got an http:// url');
  });
}

function clientCertificate(around: Surroundings): z.ZodType<ClientCertificate> {
  return section({
    pkcs12: file(around, 'a client certificate (.p12)'),
    passphrase: orNull(secret(around, 'the passphrase')),
  });
}

function deadlines() {
  return section({
    connect: duration({ min: 10 }).default(5000),
    firstByte: duration({ min: 10 }).default(120_000),
    idle: duration({ min: 10 }).default(60_000),
  }).transform(({ connect, firstByte, idle }) => ({ connectMs: connect, firstByteMs: firstByte, idleMs: idle }));
}

function baseUrl(): z.ZodType<URL> {
  return scalar((value) => {
    const url = typeof value === 'string' ? URL.parse(value) : null;
    if (url === null || !/^https?:$/.test(url.protocol))
      return { expected: 'http:// or https://', got: withoutUser(value) };
    if (url.username || url.password)
      return { expected: 'a url without user and password (they have options of their own)', got: 'one with them' };
    if (url.pathname !== '/' || url.search || url.hash) return { expected: 'a url that ends after host and port' };
    return { value: url };
  });
}

// What stands before an @ may be a password.
function withoutUser(value: unknown): string {
  return typeof value === 'string' && value.includes('@') ? 'text with an @' : shown(value);
}

import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { EnvironmentOptions } from './options.ts';

/** Where one WebORCA is, and with what a connection to it is opened. */
export interface Environment {
  readonly options: EnvironmentOptions;
  /** `http://host:port`, without a slash at the end, as in a `Location` of its own. */
  readonly origin: string;
  readonly hostname: string;
  readonly port: number;
  /** The value of `Host`. */
  readonly host: string;
  /** null where the environment has no user of its own. */
  readonly authorization: string | null;
  /** null for plain http. */
  readonly tls: EnvironmentTls | null;
}

export type EnvironmentTls = Pick<SecureContextOptions, 'pfx' | 'passphrase' | 'ca'> & { readonly servername?: string };

/** A certificate file that cannot be used; said at the start, not in the first outage. */
export class CertificateUnusable extends Error {
  readonly code = 'CERTIFICATE_UNUSABLE';
  constructor(file: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${file} cannot be used: ${why}. Check the file and its passphrase.`, { cause });
  }
}

/** Reads the certificates that `options` names. @throws CertificateUnusable */
export function environment(options: EnvironmentOptions): Environment {
  const { url } = options;
  const isTls = url.protocol === 'https:';
  return {
    options,
    origin: url.origin,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
    host: url.host,
    authorization: options.user === null ? null : basicAuthorization(options.user, options.password ?? ''),
    tls: isTls ? environmentTls(options) : null,
  };
}

/** RFC 7617, in UTF-8. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function environmentTls(options: EnvironmentOptions): EnvironmentTls {
  const { clientCertificate, ca, servername } = options;
  return {
    ...(clientCertificate && usable(clientCertificate.pkcs12, clientCertificate.passphrase)),
    ...(ca !== null && { ca: read(ca) }),
    ...(servername !== null && { servername }),
  };
}

function usable(file: string, passphrase: string | null): Pick<SecureContextOptions, 'pfx' | 'passphrase'> {
  const tls = { pfx: read(file), ...(passphrase !== null && { passphrase }) };
  try {
    createSecureContext(tls);
  } catch (error) {
    throw new CertificateUnusable(file, error);
  }
  return tls;
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CertificateUnusable(file, error);
  }
}

import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A certificate with its key, both PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}
export interface Issue {
  readonly commonName: string;
  /** Signs it; it signs itself where there is none. */
  readonly issuer?: Issuer;
  readonly isAuthority?: boolean;
  /** DNS names and IPv4 addresses it stands for. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}
export interface Issuer {
  readonly commonName: string;
  readonly privateKey: KeyObject;
}
export interface Issued extends Certificate, Issuer {}

const DAY_MS = 24 * 3600 * 1000;
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  time: 0x18,
};
const OID = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  basicConstraints: [0x55, 0x1d, 0x13],
  keyUsage: [0x55, 0x1d, 0x0f],
  subjectAltName: [0x55, 0x1d, 0x11],
};

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size: number[] = [];
  for (let left = content.length; left > 0; left = left >> 8) size.unshift(left & 0xff);
  const length = content.length < 0x80 ? [content.length] : [0x80 | size.length, ...size];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const oid = (bytes: readonly number[]): Buffer => der(TAG.oid, Buffer.from(bytes));
const name = (commonName: string): Buffer =>
  der(TAG.sequence, der(TAG.set, der(TAG.sequence, oid(OID.commonName), der(TAG.utf8, Buffer.from(commonName)))));
const time = (at: Date): Buffer => der(TAG.time, Buffer.from(`${at.toISOString().replace(/[-:T]|\..*/g, '')}Z`));
const yes = der(TAG.boolean, Buffer.from([0xff]));

function extension(id: readonly number[], isCritical: boolean, value: Buffer): Buffer {
  return der(TAG.sequence, oid(id), ...(isCritical ? [yes] : []), der(TAG.octets, value));
}

function alternative(each: string): Buffer {
  const numbers = /^\d+(\.\d+){3}$/.test(each) ? each.split('.').map(Number) : null;
  return numbers ? der(0x87, Buffer.from(numbers)) : der(0x82, Buffer.from(each));
}

function extensions({ isAuthority, names = [] }: Issue): Buffer {
  const list = [extension(OID.basicConstraints, true, der(TAG.sequence, ...(isAuthority ? [yes] : [])))];
  if (isAuthority) list.push(extension(OID.keyUsage, true, der(TAG.bits, Buffer.from([1, 0x86]))));
  if (names.length > 0) list.push(extension(OID.subjectAltName, false, der(TAG.sequence, ...names.map(alternative))));
  return der(0xa3, der(TAG.sequence, ...list));
}

/** Makes a key and a certificate for it, for rehearsals: nobody has to have a certificate authority at hand. */
export function issueCertificate(issue: Issue): Issued {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = issue.issuer ?? { commonName: issue.commonName, privateKey };
  const algorithm = der(TAG.sequence, oid(OID.ecdsaWithSha256));
  const serial = randomBytes(12);
  serial.writeUInt8(1, 0);
  const validity = der(
    TAG.sequence,
    time(issue.notBefore ?? new Date(Date.now() - DAY_MS)),
    time(issue.notAfter ?? new Date(Date.now() + 3650 * DAY_MS)),
  );
  const body = der(
    TAG.sequence,
    der(0xa0, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, serial),
    algorithm,
    name(issuer.commonName),
    validity,
    name(issue.commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions(issue),
  );
  const signature = sign('sha256', body, issuer.privateKey);
  const whole = der(TAG.sequence, body, algorithm, der(TAG.bits, Buffer.from([0]), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    commonName: issue.commonName,
    privateKey,
  };
}

/** The certificate that nobody accepts any more: it ended yesterday. */
export function expiredCertificate(commonName: string, names: readonly string[]): Certificate {
  const ended = new Date(Date.now() - DAY_MS);
  return issueCertificate({ commonName, names, notBefore: new Date(ended.getTime() - 365 * DAY_MS), notAfter: ended });
}

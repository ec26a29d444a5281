import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** What one guess costs: 32 MiB and about 0.2 s of one core. OWASP's minimum for scrypt, in the form that needs least memory. */
export interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

export const COST: Cost = { N: 2 ** 15, r: 8, p: 3 };
export const SHORTEST_PASSWORD = 10;
export const LONGEST_PASSWORD = 256;

const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** `scrypt$N$r$p$salt$key`: what is kept of a password. */
export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Whether `password` is the one that `kept` was made of; null, nobody's, takes as long and is never right. */
export async function isPassword(password: string, kept: string | null, cost: Cost = COST): Promise<boolean> {
  const parsed = kept === null ? null : parse(kept);
  const { salt, key, cost: used } = parsed ?? { salt: NOBODY, key: Buffer.alloc(KEY_BYTES), cost };
  const isSame = timingSafeEqual(await derive(password, salt, used), key);
  return isSame && parsed !== null;
}

/** Whether `kept` was made with another cost than the present one, and is to be made anew when the password is there. */
export function isOutdated(kept: string, cost: Cost = COST): boolean {
  const used = parse(kept)?.cost;
  return used?.N !== cost.N || used.r !== cost.r || used.p !== cost.p;
}

const NOBODY = randomBytes(SALT_BYTES);

function derive(password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  // The same letters may come composed or not, full or half width, by the keyboard that they were typed on.
  const text = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function parse(kept: string): { readonly salt: Buffer; readonly key: Buffer; readonly cost: Cost } | null {
  const [scheme, N, r, p, salt, key] = kept.split('$');
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) return null;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const bytes = Buffer.from(key, 'base64url');
  return bytes.length === KEY_BYTES ? { salt: Buffer.from(salt, 'base64url'), key: bytes, cost } : null;
}

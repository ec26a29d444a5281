// `orcaNN` has two or three digits: orca06 … orca102.
const UNPREFIXED = /^\/(?:api01rv2|api01r|api21|blobapi|session|orca[0-9]{2,3})\//;

/**
 * The environment's form of a path: WebORCA serves under `/api` what its predecessor served without (`/api01rv2/x` →
 * `/api/api01rv2/x`), and partners use both. Everything else stays byte for byte; nothing is decoded. Takes the path
 * alone, without the query.
 */
export function normalise(path: string): string {
  return UNPREFIXED.test(path) ? `/api${path}` : path;
}

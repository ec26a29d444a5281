import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A folder with real answers of WebORCA and tables drawn from its predecessor's sources, kept outside the project: named
 * by ORCA_REFERENCE, else looked for beside the checkout. Undefined where there is none; suites that need it say so.
 */
export function referenceFolder(): string | undefined {
  const beside = join(import.meta.dirname, '..', '..', '..', 'shared', 'orca');
  const folder = process.env['ORCA_REFERENCE'] ?? beside;
  return existsSync(folder) ? folder : undefined;
}

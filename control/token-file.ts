import { randomBytes } from 'node:crypto';
import { chmod, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** What the history calls whoever acts with this token. */
export const FILE_TOKEN_NAME = 'control.token';

/** The token on this machine cannot be read or written: the command line could not reach the gateway. */
export class TokenFileUnusable extends Error {
  readonly code = 'TOKEN_FILE_UNUSABLE';
  constructor(file: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${file} cannot be used: ${why}. Check the folder's owner and free space, or remove the file.`, { cause });
  }
}

/**
 * The admin token in `dir`, made (0600) at the first start and kept after that.
 * @throws TokenFileUnusable
 */
export async function keepToken(dir: string): Promise<string> {
  const file = join(dir, FILE_TOKEN_NAME);
  try {
    const kept = await read(file);
    if (kept !== null) return kept;
    const token = randomBytes(32).toString('base64url');
    await write(file, token);
    return token;
  } catch (error) {
    throw new TokenFileUnusable(file, error);
  }
}

async function read(file: string): Promise<string | null> {
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  // A copy tool or an editor may have widened it.
  await chmod(file, 0o600);
  return /^[\w-]{43,}$/.test(text) ? text : null;
}

async function write(file: string, token: string): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'w', 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(`${token}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
}

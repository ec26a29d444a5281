import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadControlAccess } from '../config/access.ts';
import type { ControlAccess } from '../config/access.ts';
import type { AccessOptions } from './options.ts';
import { usage } from './exit.ts';

/** Where the control API is, and how it is asked. */
export interface Access {
  readonly url: URL;
  /** Path of a PEM certificate to trust beside the system's; null: none. */
  readonly ca: string | null;
  /** The bearer token, or where one was looked for. */
  readonly token: { readonly value: string } | { readonly lookedFor: string };
}

/** Puts together what was said and what is found. Throws CommandFailed, or ConfigError where --config is not usable. */
export async function findAccess(options: AccessOptions, env: NodeJS.ProcessEnv): Promise<Access> {
  const config = options.config === undefined ? null : await loadControlAccess(options.config);
  const said = options.token ?? env['HYBRID_GATEWAY_TOKEN'];
  const dir = options.state ?? config?.stateDir ?? './data';
  return {
    url: urlOf(options.url ?? address(config)),
    ca: options.ca ?? config?.certificate ?? null,
    token: said ? { value: said.trim() } : tokenIn(resolve(dir)),
  };
}

function address(config: ControlAccess | null): string {
  if (config === null) return 'http://127.0.0.1:8800';
  const { host, port } = config.listen;
  // A service that listens everywhere is called on the loopback address.
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${config.certificate === null ? 'http' : 'https'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function urlOf(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw usage(
    '--url は http:// か https:// で始まる URL です。',
    '--url is a URL that begins with http:// or https://.',
  );
}

// The first start of the gateway leaves it there, for the user that the gateway runs as.
function tokenIn(dir: string): Access['token'] {
  const path = join(dir, 'control.token');
  try {
    const value = readFileSync(path, 'utf8').trim();
    return value === '' ? { lookedFor: `${path} (empty)` } : { value };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { lookedFor: `${path} (${code})` };
  }
}

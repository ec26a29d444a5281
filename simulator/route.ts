import { apiAt } from './api/table.ts';
import type { Api } from './api/call.ts';
import type { Flavour } from './options.ts';

/** Where a request goes, once it is known who sends it. */
export type Destination =
  | { readonly kind: 'api'; readonly api: Api }
  | { readonly kind: 'hybrid'; readonly path: string }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'no-such-api' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'wrong-method'; readonly allowed: 'GET' | 'POST' };

export interface Surroundings {
  readonly flavour: Flavour;
  readonly bare: 'captured' | 'all' | 'none';
  readonly isHybridOffered: boolean;
}

/** WebORCA's routing, with its oddities: see the captures of paths without /api. */
export function destination(method: string, path: string, around: Surroundings): Destination {
  if (path === '/api' || path.startsWith('/api/')) return underApi(method, path.slice('/api'.length), around);
  const isAlias =
    around.bare === 'all' || (around.bare === 'captured' && method === 'POST' && path.startsWith('/api01rv2/'));
  if (isAlias && apiAt(path) !== undefined) return underApi(method, path, around);
  // The pages of the browser client take every other path, and those are for looking at.
  return method === 'GET' || method === 'HEAD' ? { kind: 'not-found' } : { kind: 'wrong-method', allowed: 'GET' };
}

function underApi(method: string, path: string, around: Surroundings): Destination {
  if (path === '/simulator/bytes') return { kind: 'bytes' };
  if (path.startsWith('/hybrid/') && around.isHybridOffered)
    return { kind: 'hybrid', path: path.slice('/hybrid'.length) };
  const api = apiAt(path);
  if (api === undefined || (api.flavours && !api.flavours.includes(around.flavour))) return { kind: 'no-such-api' };
  return api.method === method ? { kind: 'api', api } : { kind: 'wrong-method', allowed: api.method };
}

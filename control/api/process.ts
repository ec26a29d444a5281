import type { Registry } from 'prom-client';
import { Problem } from '../problem.ts';
import type { Route } from '../route.ts';

/** Why partners cannot be served; empty while they can. No names, no data: it is shown without a token. */
export type Unready = () => readonly string[];

/** The process: its figures, whether it lives, whether it can serve. */
export function processRoutes(registry: Registry, unready: Unready): Route[] {
  return [
    {
      method: 'GET',
      path: '/metrics',
      scopes: ['metrics'],
      handle: async (ctx) => {
        ctx.body = await registry.metrics();
        ctx.type = registry.contentType;
      },
    },
    {
      method: 'GET',
      path: '/healthz',
      scopes: null,
      handle: (ctx) => {
        ctx.body = { alive: true };
      },
    },
    {
      method: 'GET',
      path: '/readyz',
      scopes: null,
      handle: (ctx) => {
        const reasons = unready();
        if (reasons.length > 0)
          throw new Problem(
            'NOT_READY',
            {
              ja: 'ゲートウェイはまだ連携システムの通信を受けられません。',
              en: `Partners cannot be served: ${reasons.join(', ')}.`,
            },
            { members: { reasons }, headers: { 'Retry-After': '1' } },
          );
        ctx.body = { ready: true };
      },
    },
  ];
}

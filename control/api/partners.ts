import type { GatewayStatus } from '../../gateway/status.ts';
import type { Route } from '../route.ts';

/** The partner systems that call the gateway. */
export function partnerRoutes(gateway: Pick<GatewayStatus, 'partners'>): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/partners',
      scopes: ['read'],
      handle: (ctx) => {
        ctx.body = { partners: gateway.partners() };
      },
    },
  ];
}

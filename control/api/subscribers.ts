import type { PushHub } from '../../gateway/push/push.ts';
import type { Route } from '../route.ts';

/** What this room may know of push. */
export type PushView = Pick<PushHub, 'status' | 'onChange'>;

/** The push sockets of partners, the connections behind them, and what may be missing. */
export function subscriberRoutes(push: PushView | null): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/subscribers',
      scopes: ['read'],
      handle: (ctx) => {
        ctx.body = push?.status() ?? {
          environment: null,
          subscribers: [],
          upstreams: [],
          gaps: [],
          journal: { pending: 0, lost: 0, failure: null },
        };
      },
    },
  ];
}

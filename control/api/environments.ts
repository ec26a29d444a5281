import type { Route } from '../route.ts';
import type { EnvironmentView } from '../view.ts';

/** The environments: how they are, and what they are in this mode. */
export function environmentRoutes(view: () => EnvironmentView[]): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/environments',
      scopes: ['read'],
      handle: (ctx) => {
        ctx.body = { environments: view() };
      },
    },
  ];
}

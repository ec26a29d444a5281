import { DOCUMENT } from '../openapi/document.ts';
import type { Route } from '../route.ts';

/** This API's own description. */
export function openapiRoutes(): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/openapi.json',
      scopes: ['read'],
      handle: (ctx) => {
        ctx.body = DOCUMENT;
      },
    },
  ];
}

import { Router } from '@koa/router';
import type { Caller, Doors } from './access.ts';
import { admit, anybody } from './access.ts';
import type { Context, ControlState } from './context.ts';
import type { Scope } from './options.ts';
import { Problem } from './problem.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** All of them are needed; none: any known caller; null: anybody. */
  readonly scopes: readonly Scope[] | null;
  readonly handle: (ctx: Context, caller: Caller) => void | Promise<void>;
}

/** The routes as a router that also checks who asks. */
export function createRouter(routes: readonly Route[], doors: Doors): Router<ControlState> {
  const router = new Router<ControlState>({ sensitive: true, strict: true });
  for (const { method, path, scopes, handle } of routes) {
    router.register(path, [method], async (ctx) => {
      ctx.state.route = path;
      const caller = scopes === null ? anybody(ctx) : admit(ctx, scopes, doors);
      ctx.state.by = caller.name === '' ? null : caller.name;
      await handle(ctx, caller);
    });
  }
  return router;
}

/** What comes after the router: no route took the request. */
export function noRoute(router: Router<ControlState>): (ctx: Context) => void {
  return (ctx) => {
    const methods = router.match(ctx.path, ctx.method).path.flatMap((layer) => layer.methods);
    if (methods.length === 0)
      throw new Problem('NOT_FOUND', {
        ja: `この番地には何もありません。使える番地は /api/openapi.json にあります。`,
        en: 'Nothing is served at this path; /api/openapi.json lists what is.',
      });
    const allow = [...new Set([...methods, 'OPTIONS'])].join(', ');
    if (ctx.method !== 'OPTIONS')
      throw new Problem(
        'METHOD_NOT_ALLOWED',
        { ja: `この番地で使えるメソッドは ${allow} です。`, en: `This path takes ${allow}.` },
        { headers: { Allow: allow } },
      );
    ctx.set('Allow', allow);
    ctx.status = 204;
  };
}

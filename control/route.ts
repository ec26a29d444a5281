import { Router } from '@koa/router';
import type { ParameterizedContext } from 'koa';
import { decideAccess } from './auth.ts';
import type { KnownToken } from './auth.ts';
import type { Scope } from './options.ts';
import { Problem } from './problem.ts';

export interface ControlState {
  requestId: string;
  /** The route's template, for figures; null until a route has matched. */
  route: string | null;
}

export type Context = ParameterizedContext<ControlState>;

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** What a token must allow; null where none is needed. */
  readonly scope: Scope | null;
  /** `by`: the name of the caller's token; empty where none is needed. */
  readonly handle: (ctx: Context, by: string) => void | Promise<void>;
}

/** The routes as a router that also checks the caller's token. */
export function createRouter(routes: readonly Route[], tokens: readonly KnownToken[]): Router<ControlState> {
  const router = new Router<ControlState>({ sensitive: true, strict: true });
  for (const { method, path, scope, handle } of routes) {
    router.register(path, [method], async (ctx) => {
      ctx.state.route = path;
      await handle(ctx, scope === null ? '' : authorise(ctx.get('authorization'), scope, tokens));
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

/** @returns the name of the caller's token */
function authorise(authorization: string, scope: Scope, tokens: readonly KnownToken[]): string {
  const access = decideAccess(authorization, scope, tokens);
  switch (access.kind) {
    case 'granted':
      return access.by;
    case 'missing':
      throw new Problem(
        'TOKEN_MISSING',
        {
          ja: 'トークンが必要です。Authorization: Bearer … を付けてください。このパソコンのトークンは state.dir の control.token にあります。',
          en: 'Send Authorization: Bearer …; the token of this machine is in control.token in state.dir.',
        },
        { headers: { 'WWW-Authenticate': 'Bearer realm="hybrid-gateway"' } },
      );
    case 'unknown':
      throw new Problem(
        'TOKEN_UNKNOWN',
        {
          ja: 'トークンが正しくありません。control.tokens の設定か、state.dir の control.token を確認してください。',
          en: 'This token is not known. Look at control.tokens, or at control.token in state.dir.',
        },
        { headers: { 'WWW-Authenticate': 'Bearer realm="hybrid-gateway", error="invalid_token"' } },
      );
    case 'forbidden':
      throw new Problem(
        'SCOPE_MISSING',
        {
          ja: `トークン「${access.by}」にはこの操作の権限 (${scope}) がありません。control.tokens の scopes に ${scope} を加えるか、別のトークンを使ってください。`,
          en: `The token "${access.by}" lacks the scope ${scope}. Add it in control.tokens, or use another token.`,
        },
        {
          members: { scope },
          headers: {
            'WWW-Authenticate': `Bearer realm="hybrid-gateway", error="insufficient_scope", scope="${scope}"`,
          },
        },
      );
  }
}

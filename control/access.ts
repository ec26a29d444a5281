import { timingSafeEqual } from 'node:crypto';
import type { KnownToken } from './auth.ts';
import { bearerOf } from './auth.ts';
import { sessionCookie } from './cookie.ts';
import { covers, ROLE_SCOPES } from './login/roles.ts';
import type { Session, Sessions } from './login/sessions.ts';
import type { Scope } from './options.ts';
import { Problem } from './problem.ts';
import type { Context } from './context.ts';
import { addressOf, isChange } from './security.ts';
import type { Whence } from './switch/audit-row.ts';

/** Who asks, as one that was let in. */
export interface Caller {
  /** Of the token or the operator; empty where nobody had to say. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly whence: Whence;
  /** null where it is no operator at a page. */
  readonly session: Session | null;
  readonly may: (scope: Scope) => boolean;
}

/** What a caller can come in by. */
export interface Doors {
  readonly tokens: readonly KnownToken[];
  readonly sessions: Pick<Sessions, 'find'>;
}

/** A caller of an address that is open to everybody. */
export function anybody(ctx: Context): Caller {
  return caller(ctx, '', 'process', [], null);
}

/**
 * Who asks, by token or else by session cookie, if they may do all that `scopes` cover.
 * @throws Problem 401, 403
 */
export function admit(ctx: Context, scopes: readonly Scope[], doors: Doors): Caller {
  const authorization = ctx.get('authorization');
  const cookie = authorization === '' ? sessionCookie(ctx) : null;
  const found = cookie === null ? byToken(ctx, authorization, doors) : bySession(ctx, cookie, doors);
  const lacking = scopes.find((scope) => !found.may(scope));
  if (lacking !== undefined) throw forbidden(found, lacking);
  return found;
}

function byToken(ctx: Context, authorization: string, { tokens }: Doors): Caller {
  const token = bearerOf(authorization, tokens);
  if (token !== null) return caller(ctx, token.name, 'token', token.scopes, null);
  throw authorization === '' ? tokenMissing() : tokenUnknown();
}

function bySession(ctx: Context, cookie: string, { sessions }: Doors): Caller {
  const session = sessions.find(cookie);
  if (session === null) throw sessionOver();
  // SameSite and Origin keep other sites away; this also keeps away what has our origin and is no page of ours.
  if (isChange(ctx.method) && !isSame(ctx.get('x-csrf-token'), session.csrf)) throw csrfMissing();
  return caller(ctx, session.operator, 'session', ROLE_SCOPES[session.role], session);
}

function caller(
  ctx: Context,
  name: string,
  via: Whence['via'],
  scopes: readonly Scope[],
  session: Session | null,
): Caller {
  const whence = { via, address: addressOf(ctx.req.socket), requestId: ctx.state.requestId };
  return { name, scopes, whence, session, may: (scope) => covers(scopes, scope) };
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function tokenMissing(): Problem {
  return new Problem(
    'TOKEN_MISSING',
    {
      ja: 'トークンが必要です。Authorization: Bearer … を付けてください。このパソコンのトークンは state.dir の control.token にあります。',
      en: 'Send Authorization: Bearer …; the token of this machine is in control.token in state.dir.',
    },
    { headers: { 'WWW-Authenticate': 'Bearer realm="hybrid-gateway"' } },
  );
}

function tokenUnknown(): Problem {
  return new Problem(
    'TOKEN_UNKNOWN',
    {
      ja: 'トークンが正しくありません。control.tokens の設定か、state.dir の control.token を確認してください。',
      en: 'This token is not known. Look at control.tokens, or at control.token in state.dir.',
    },
    { headers: { 'WWW-Authenticate': 'Bearer realm="hybrid-gateway", error="invalid_token"' } },
  );
}

export function sessionOver(): Problem {
  return new Problem('SESSION_OVER', {
    ja: 'ログインの有効期限が切れました。もう一度ログインしてください。',
    en: 'The session is over. Log in again.',
  });
}

function csrfMissing(): Problem {
  return new Problem('CSRF_MISSING', {
    ja: '画面の有効期限が切れています。画面を再読み込みしてから、もう一度お試しください。',
    en: 'Send X-CSRF-Token with the value that GET /api/session gives.',
  });
}

function forbidden({ name, session }: Caller, scope: Scope): Problem {
  const say =
    session === null
      ? {
          ja: `トークン「${name}」にはこの操作の権限 (${scope}) がありません。control.tokens の scopes に ${scope} を加えるか、別のトークンを使ってください。`,
          en: `The token "${name}" lacks the scope ${scope}. Add it in control.tokens, or use another token.`,
        }
      : {
          ja: `操作者「${name}」(${session.role}) にはこの操作の権限 (${scope}) がありません。権限のある操作者でログインしてください。`,
          en: `The operator "${name}" (${session.role}) lacks the scope ${scope}.`,
        };
  const challenge = `Bearer realm="hybrid-gateway", error="insufficient_scope", scope="${scope}"`;
  const headers = session === null ? { 'WWW-Authenticate': challenge } : {};
  return new Problem('SCOPE_MISSING', say, { members: { scope }, headers });
}

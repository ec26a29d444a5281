import { z } from 'zod';
import type { Caller } from '../access.ts';
import { readBody } from '../body.ts';
import { clearSessionCookie, sessionCookie, setSessionCookie } from '../cookie.ts';
import { kept } from '../kept.ts';
import type { ControlLog } from '../log.ts';
import type { Login } from '../login/login.ts';
import { ROLE_SCOPES } from '../login/roles.ts';
import { Problem } from '../problem.ts';
import type { Route } from '../route.ts';
import { typedName, typedPassword } from './fields.ts';

const LoginBody = z.strictObject({ name: typedName, password: typedPassword });

export interface SessionRouteDeps {
  readonly login: Login;
  readonly log: ControlLog;
}

/** Logging in, who is logged in, logging out. */
export function sessionRoutes({ login, log }: SessionRouteDeps): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/session',
      scopes: null,
      handle: async (ctx, { whence }) => {
        const body = await readBody(ctx, LoginBody);
        const result = await kept(() => login.enter(body, { ...whence, via: 'session' }));
        log.info({ requestId: ctx.state.requestId, code: `login-${result.kind}`, address: whence.address }, 'login');
        if (result.kind === 'wait') throw slowed(result.waitMs);
        if (result.kind === 'wrong') throw LOGIN_FAILED;
        // The session before it, and one that was planted, end here; the new one has a name that nobody could know.
        const before = sessionCookie(ctx);
        const old = before === null ? null : login.sessions.find(before);
        if (old !== null) login.sessions.end(old.id, 'login');
        setSessionCookie(ctx, result.cookie);
        ctx.body = sessionView(login.sessions.find(result.cookie));
      },
    },
    {
      method: 'GET',
      path: '/api/session',
      scopes: [],
      handle: (ctx, caller) => {
        ctx.body = caller.session === null ? tokenView(caller) : sessionView(caller.session);
      },
    },
    {
      method: 'DELETE',
      path: '/api/session',
      scopes: [],
      handle: (ctx, { session }) => {
        if (session !== null) login.sessions.end(session.id, 'logout');
        clearSessionCookie(ctx);
        ctx.body = { ended: session !== null };
      },
    },
  ];
}

function sessionView(session: Caller['session']) {
  if (session === null) throw new TypeError('a session that has just begun is there');
  const { operator: name, role, expires, csrf } = session;
  return { name, role, scopes: ROLE_SCOPES[role], expires, csrf };
}

function tokenView({ name, scopes }: Caller) {
  return { name, role: null, scopes, expires: null, csrf: null };
}

const LOGIN_FAILED = new Problem('LOGIN_FAILED', {
  ja: '操作者名またはパスワードが正しくありません。',
  en: 'The name or the password is wrong.',
});

function slowed(waitMs: number): Problem {
  const seconds = Math.ceil(waitMs / 1000);
  return new Problem(
    'LOGIN_SLOWED',
    {
      ja: `ログインの失敗が続いたため、あと ${seconds} 秒お待ちください。`,
      en: `Too many logins have failed; try again in ${seconds} s.`,
    },
    { headers: { 'Retry-After': String(seconds) } },
  );
}

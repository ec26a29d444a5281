import { TLSSocket } from 'node:tls';
import type { Context } from './context.ts';

const NAME = 'hybrid_gateway_session';

/** The session cookie's value; null where there is none, or more than one. */
export function sessionCookie(ctx: Context): string | null {
  const name = cookieName(ctx);
  const values = ctx
    .get('cookie')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  // Two of the same name: one was planted, and nothing tells which.
  return values.length === 1 && /^[\w-]{43}$/.test(values[0] ?? '') ? (values[0] ?? null) : null;
}

export function setSessionCookie(ctx: Context, value: string): void {
  ctx.append('Set-Cookie', `${cookieName(ctx)}=${value}; ${attributes(ctx)}`);
}

export function clearSessionCookie(ctx: Context): void {
  ctx.append('Set-Cookie', `${cookieName(ctx)}=; ${attributes(ctx)}; Max-Age=0`);
}

// Without Max-Age it ends with the browser; the server's own times end it before that.
function attributes(ctx: Context): string {
  return `Path=/; HttpOnly; SameSite=Strict${isTls(ctx) ? '; Secure' : ''}`;
}

// The prefix keeps other hosts and plain http from planting one (RFC 6265bis 4.1.3); it takes Secure to have it.
function cookieName(ctx: Context): string {
  return isTls(ctx) ? `__Host-${NAME}` : NAME;
}

function isTls(ctx: Context): boolean {
  return ctx.req.socket instanceof TLSSocket;
}

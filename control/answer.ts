import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Next } from 'koa';
import type { ControlLog } from './log.ts';
import type { ControlMetrics } from './metrics.ts';
import { internalProblem, Problem } from './problem.ts';
import type { Context } from './context.ts';
import { addressOf, SECURITY_HEADERS } from './security.ts';

/** The outermost layer: every answer gets its request id and security headers, every error its problem body. */
export function createAnswer(deps: {
  readonly log: ControlLog;
  readonly metrics: ControlMetrics;
}): (ctx: Context, next: Next) => Promise<void> {
  return async (ctx, next) => {
    ctx.state.requestId = requestId(ctx.get('x-request-id'));
    ctx.state.route = null;
    ctx.state.by = null;
    const begun = performance.now();
    ctx.set({ ...SECURITY_HEADERS, 'X-Request-Id': ctx.state.requestId });
    ctx.res.once('close', () => {
      const status = ctx.headerSent ? ctx.status : BROKEN_OFF;
      deps.metrics.answered(ctx.state.route, ctx.method, status);
      told(ctx, status, performance.now() - begun, deps.log);
    });
    try {
      await next();
    } catch (error) {
      const problem = error instanceof Problem ? error : internalProblem(ctx.state.requestId);
      if (problem !== error) deps.log.error({ err: error, requestId: ctx.state.requestId }, 'a request failed');
      else if (problem.cause !== undefined)
        deps.log.error({ err: problem.cause, requestId: ctx.state.requestId, code: problem.code }, 'a request failed');
      ctx.status = problem.status;
      ctx.set({ ...problem.headers });
      ctx.body = JSON.stringify(problem);
      ctx.type = 'application/problem+json';
    }
    if (!ctx.req.complete) discard(ctx.req);
  };
}

// A stream stays open, and a switch waits for writes: neither is slow.
const MAY_LAST = ['/api/events', '/api/mode'];
const SLOW_MS = 5000;

/** A line for what took long; of the others the access log has one. */
function told({ state, method, req }: Context, status: number, took: number, log: ControlLog): void {
  const { requestId, route, by } = state;
  if (took < SLOW_MS || (route !== null && MAY_LAST.includes(route))) return;
  const fields = { requestId, by, method, route, status, ms: Math.round(took), address: addressOf(req.socket) };
  log.warn(fields, 'a slow request');
}

// The caller went away before there was an answer: counted as nginx does.
const BROKEN_OFF = 499;
const DISCARDED_BYTES = 1024 * 1024;

// Closing on a caller that is still sending would reset the connection, and the caller would never read the refusal.
function discard(request: IncomingMessage): void {
  let left = DISCARDED_BYTES;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.socket.destroy();
  });
  request.on('error', () => request.socket.destroy());
  request.resume();
}

function requestId(given: string): string {
  return /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Next } from 'koa';
import type { ControlLog } from './log.ts';
import type { ControlMetrics } from './metrics.ts';
import { internalProblem, Problem } from './problem.ts';
import type { Context } from './route.ts';
import { SECURITY_HEADERS } from './security.ts';

/** The outermost layer: every answer gets its request id and security headers, every error its problem body. */
export function createAnswer(deps: {
  readonly log: ControlLog;
  readonly metrics: ControlMetrics;
}): (ctx: Context, next: Next) => Promise<void> {
  return async (ctx, next) => {
    ctx.state.requestId = requestId(ctx.get('x-request-id'));
    ctx.state.route = null;
    ctx.set({ ...SECURITY_HEADERS, 'X-Request-Id': ctx.state.requestId });
    ctx.res.once('close', () => {
      const status = ctx.headerSent ? ctx.status : BROKEN_OFF;
      deps.metrics.answered(ctx.state.route, ctx.method, status);
    });
    try {
      await next();
    } catch (error) {
      const problem = error instanceof Problem ? error : internalProblem(ctx.state.requestId);
      if (problem !== error) deps.log.error({ err: error, requestId: ctx.state.requestId }, 'a request failed');
      ctx.status = problem.status;
      ctx.set({ ...problem.headers });
      ctx.body = JSON.stringify(problem);
      ctx.type = 'application/problem+json';
    }
    if (!ctx.req.complete) discard(ctx.req);
  };
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

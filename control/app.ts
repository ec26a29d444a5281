import type { IncomingMessage, ServerResponse } from 'node:http';
import Koa from 'koa';
import { createAnswer } from './answer.ts';
import type { Doors } from './access.ts';
import { createGuard } from './guard.ts';
import type { ControlLog } from './log.ts';
import type { ControlMetrics } from './metrics.ts';
import { createRouter, noRoute } from './route.ts';
import type { ControlState } from './context.ts';
import type { Route } from './route.ts';
import type { HostRule } from './security.ts';

// request ──▶ answer ──▶ guard ──▶ router ──▶ access ──▶ body ──▶ api/<noun>
//             problems   400/403     404/405    401/403   400/413/415
//             headers    421

export interface AppDeps {
  readonly routes: readonly Route[];
  readonly doors: Doors;
  readonly host: HostRule;
  readonly log: ControlLog;
  readonly metrics: ControlMetrics;
}

/** The control API as a handler for node:http. */
export function createApp(deps: AppDeps): (request: IncomingMessage, response: ServerResponse) => void {
  const app = new Koa<ControlState>();
  const router = createRouter(deps.routes, deps.doors);
  app.use(createAnswer(deps));
  app.use(createGuard(deps.host));
  app.use(router.routes());
  app.use(noRoute(router));
  // What comes here has an answer under way already: the caller has gone, or a stream was dropped.
  app.on('error', (error: Error) => deps.log.info({ err: error }, 'an answer was broken off'));
  const handle = app.callback();
  return (request, response) => void handle(request, response);
}

import type { ParameterizedContext } from 'koa';

/** What this API knows of a request beside its bytes. */
export interface ControlState {
  requestId: string;
  /** The route's template, for figures; null until a route has matched. */
  route: string | null;
  /** Who asks, for the log; null until that is known. */
  by: string | null;
}

export type Context = ParameterizedContext<ControlState>;

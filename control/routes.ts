import type { Registry } from 'prom-client';
import type { GatewayStatus } from '../gateway/status.ts';
import { environmentRoutes } from './api/environments.ts';
import { eventRoutes } from './api/events.ts';
import { modeRoutes } from './api/mode.ts';
import { openapiRoutes } from './api/openapi.ts';
import { partnerRoutes } from './api/partners.ts';
import { processRoutes } from './api/process.ts';
import type { Unready } from './api/process.ts';
import type { EventStreams } from './events.ts';
import type { ControlLog } from './log.ts';
import type { ControlMetrics } from './metrics.ts';
import type { Route } from './route.ts';
import type { SwitchDeps } from './switch/deps.ts';
import type { EnvironmentView, ModeView } from './view.ts';

export interface RoutesDeps {
  readonly switching: SwitchDeps;
  readonly gateway: GatewayStatus;
  readonly events: EventStreams;
  readonly registry: Registry;
  readonly metrics: ControlMetrics;
  readonly log: ControlLog;
  readonly viewMode: () => ModeView;
  readonly viewEnvironments: () => EnvironmentView[];
  readonly unready: Unready;
}

/** Every address of the control API; `openapi/` describes the same ones. */
export function controlRoutes(deps: RoutesDeps): Route[] {
  const { switching, viewMode: view, metrics, log } = deps;
  return [
    ...modeRoutes({ switching, view, metrics, log }),
    ...environmentRoutes(deps.viewEnvironments),
    ...partnerRoutes(deps.gateway),
    ...eventRoutes(deps.events),
    ...processRoutes(deps.registry, deps.unready),
    ...openapiRoutes(),
  ];
}

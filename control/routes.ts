import type { Registry } from 'prom-client';
import type { GatewayStatus } from '../gateway/status.ts';
import { auditRoutes } from './api/audit.ts';
import { environmentRoutes } from './api/environments.ts';
import { eventRoutes } from './api/events.ts';
import { modeRoutes } from './api/mode.ts';
import { openapiRoutes } from './api/openapi.ts';
import { operatorRoutes } from './api/operators.ts';
import { outcomeRoutes } from './api/outcomes.ts';
import type { OutcomeChange, Outcomes } from './api/outcomes.ts';
import { partnerRoutes } from './api/partners.ts';
import { processRoutes } from './api/process.ts';
import { subscriberRoutes, type PushView } from './api/subscribers.ts';
import type { Unready } from './api/process.ts';
import { sessionRoutes } from './api/session.ts';
import type { EventStreams } from './events.ts';
import type { ControlLog } from './log.ts';
import type { Login } from './login/login.ts';
import type { ControlMetrics } from './metrics.ts';
import type { Route } from './route.ts';
import type { SwitchDeps } from './switch/deps.ts';
import type { EnvironmentView, ModeView } from './view.ts';

export interface RoutesDeps {
  readonly switching: SwitchDeps;
  readonly gateway: GatewayStatus;
  readonly journal: Outcomes;
  readonly login: Login;
  readonly onOutcome: OutcomeChange;
  /** Absent: there is no push. */
  readonly push?: PushView | null;
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
  const { switching, viewMode: view, metrics, log, journal, login } = deps;
  const { audit, store } = switching;
  return [
    ...modeRoutes({ switching, view, metrics, log }),
    ...outcomeRoutes({ journal, audit, log, epoch: () => store.current.epoch, onChange: deps.onOutcome }),
    ...environmentRoutes(deps.viewEnvironments),
    ...partnerRoutes(deps.gateway),
    ...subscriberRoutes(deps.push ?? null),
    ...eventRoutes(deps.events),
    ...auditRoutes(audit),
    ...sessionRoutes({ login, log }),
    ...operatorRoutes(login),
    ...processRoutes(deps.registry, deps.unready),
    ...openapiRoutes(),
  ];
}

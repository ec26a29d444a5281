import type { Registry } from 'prom-client';
import type { EnvironmentStatus, GatewayStatus } from '../gateway/status.ts';
import { ENVIRONMENTS, routedEnvironment } from '../mode/mode.ts';
import type { EnvironmentName } from '../mode/mode.ts';
import type { ModeStore } from '../mode/store.ts';
import { createApp } from './app.ts';
import { knownToken } from './auth.ts';
import { EventStreams } from './events.ts';
import type { ControlLog } from './log.ts';
import { createControlMetrics } from './metrics.ts';
import type { ControlOptions } from './options.ts';
import { controlRoutes } from './routes.ts';
import { listen } from './server.ts';
import type { ControlAddress } from './server.ts';
import { createSwitch } from './switch/deps.ts';
import type { SwitchOptions } from './switch/options.ts';
import type { Check } from './switch/preflight.ts';
import type { SwitchSteps } from './switch/steps.ts';
import { FILE_TOKEN_NAME, keepToken } from './token-file.ts';
import { environmentView, modeView } from './view.ts';

export interface ControlDeps {
  readonly options: ControlOptions;
  readonly switchOptions: SwitchOptions;
  readonly store: ModeStore;
  readonly gateway: GatewayStatus;
  readonly stateDir: string;
  readonly registry: Registry;
  readonly configured: readonly EnvironmentName[];
  readonly log: ControlLog;
  readonly now?: () => Date;
  /** The environments with `announces: true`; the others' announcements are shown and never called a mismatch. */
  readonly announcing?: readonly EnvironmentName[];
  /** Whether partners' listeners are open; absent: they are. */
  readonly isListening?: () => boolean;
  /** Preflight checks of other rooms. */
  readonly checks?: readonly Check[];
  readonly steps?: Partial<SwitchSteps>;
}

export interface Control {
  readonly address: ControlAddress;
  /** The admin token of this machine, as it stands in `control.token`. */
  readonly token: string;
  readonly events: EventStreams;
  /** Ends the event streams, lets the other answers finish. */
  close(): Promise<void>;
}

/**
 * Starts the control API: mode and environments for people and scripts, events, figures.
 * @throws ControlPortTaken, ControlCannotListen, TokenFileUnusable, CheckNameTaken
 */
export async function startControl(deps: ControlDeps): Promise<Control> {
  const { options, store, gateway, registry, configured, log } = deps;
  const metrics = createControlMetrics(registry);
  const token = await keepToken(deps.stateDir);
  const switching = createSwitch({
    store,
    options: deps.switchOptions,
    configured,
    steps: deps.steps,
    now: deps.now,
    complain: (step, err) => log.error({ step, err, epoch: store.current.epoch }, 'a step failed after the commit'),
  });
  for (const check of deps.checks ?? []) switching.preflight.register(check);
  const announcing = deps.announcing ?? ENVIRONMENTS;
  const viewMode = () => modeView(store, gateway, configured);
  const viewEnvironment = (status: EnvironmentStatus) => environmentView(status, store.current, announcing);
  const viewEnvironments = () => gateway.environments().map(viewEnvironment);
  let isClosing = false;
  const unready = () => [
    ...(isClosing ? ['stopping'] : []),
    ...(deps.isListening?.() === false ? ['not listening'] : []),
    ...(configured.includes(routedEnvironment(store.current)) ? [] : ['no environment for this mode']),
  ];
  const events = new EventStreams(
    () => ({ type: 'mode', data: viewMode() }),
    (open) => metrics.streams(open),
  );
  const routes = controlRoutes({
    switching,
    gateway,
    events,
    registry,
    metrics,
    log,
    viewMode,
    viewEnvironments,
    unready,
  });
  const tokens = [...options.tokens, { name: FILE_TOKEN_NAME, token, scopes: ['admin' as const] }].map(knownToken);
  const host = { listen: options.listen.host, hosts: options.hosts };
  const server = await listen(createApp({ routes, tokens, host, log, metrics }), options);
  const stops = [
    store.onChange(() => events.publish('mode', viewMode())),
    gateway.onEnvironment((status) => events.publish('environment', viewEnvironment(status))),
  ];
  return {
    address: server.address,
    token,
    events,
    async close() {
      isClosing = true;
      for (const stop of stops) stop();
      events.close();
      await server.close();
    },
  };
}

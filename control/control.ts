import type { Registry } from 'prom-client';
import type { EnvironmentStatus, GatewayStatus } from '../gateway/status.ts';
import { ENVIRONMENTS, routedEnvironment } from '../mode/mode.ts';
import type { EnvironmentName } from '../mode/mode.ts';
import type { ModeStore } from '../mode/store.ts';
import { outcomeView, outcomeWithoutPatient } from './api/outcomes.ts';
import type { OutcomeChange, Outcomes } from './api/outcomes.ts';
import type { PushView } from './api/subscribers.ts';
import { createApp } from './app.ts';
import { automaticSwitch } from './automatic.ts';
import { knownToken } from './auth.ts';
import { EventStreams } from './events.ts';
import type { ControlLog } from './log.ts';
import type { Cost } from './login/password.ts';
import type { SessionTimes } from './login/sessions.ts';
import { createControlMetrics } from './metrics.ts';
import type { ControlOptions } from './options.ts';
import { openRecords } from './records.ts';
import { controlRoutes } from './routes.ts';
import { listen } from './server.ts';
import type { ControlAddress } from './server.ts';
import type { AuditHead } from './switch/audit-row.ts';
import { createSwitch } from './switch/deps.ts';
import type { SwitchOptions } from './switch/options.ts';
import type { Check } from './switch/preflight.ts';
import { ofProcess } from './switch/record.ts';
import type { SwitchSteps } from './switch/steps.ts';
import { FILE_TOKEN_NAME, keepToken } from './token-file.ts';
import { environmentView, modeView } from './view.ts';

export interface ControlDeps {
  readonly options: ControlOptions;
  readonly switchOptions: SwitchOptions;
  readonly store: ModeStore;
  readonly gateway: GatewayStatus;
  readonly journal: Outcomes;
  /** Absent: there is no push. */
  readonly push?: PushView | null;
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
  /** What a guess at a password costs; absent: as much as it should. */
  readonly passwordCost?: Cost;
  readonly sessionTimes?: SessionTimes;
}

export interface Control {
  readonly address: ControlAddress;
  /** The admin token of this machine, as it stands in `control.token`. */
  readonly token: string;
  readonly events: EventStreams;
  /** The newest row of the audit trail. */
  readonly auditHead: AuditHead;
  /** Ends the event streams, lets the other answers finish. */
  close(): Promise<void>;
}

/**
 * Starts the control API: mode and environments for people and scripts, outcomes, audit, logins, events, figures.
 * @throws ControlPortTaken, ControlCannotListen, TokenFileUnusable, CheckNameTaken, SqliteError
 */
export async function startControl(deps: ControlDeps): Promise<Control> {
  const { store, journal } = deps;
  const metrics = createControlMetrics(deps.registry);
  const token = await keepToken(deps.stateDir);
  const records = openRecords(deps);
  try {
    const { audit, ballast, login } = records;
    const switching = createSwitch({
      store,
      audit,
      ballast,
      options: deps.switchOptions,
      configured: deps.configured,
      steps: deps.steps,
      now: deps.now,
      complain: (step, err) =>
        deps.log.error({ step, err, epoch: store.current.epoch }, 'a step failed after the commit'),
    });
    for (const check of deps.checks ?? []) switching.preflight.register(check);
    const view = views(deps);
    const events = new EventStreams(
      () => ({ type: 'mode', data: view.mode() }),
      (open) => metrics.streams(open),
    );
    const onOutcome: OutcomeChange = (change, outcome) => {
      const open = journal.outcomes().length;
      metrics.outcomes(open);
      const { id } = outcome;
      const full = { change, id, open, outcome: outcomeView(outcome) };
      events.publish('outcome', full, { ...full, outcome: outcomeWithoutPatient(outcome) });
    };
    metrics.outcomes(journal.outcomes().length);
    const follow = automaticSwitch(switching, deps.log);
    let isClosing = false;
    let proposed = JSON.stringify(deps.gateway.proposal);
    const routes = controlRoutes({
      ...deps,
      switching,
      login,
      onOutcome,
      events,
      metrics,
      viewMode: view.mode,
      viewEnvironments: () => deps.gateway.environments().map(view.environment),
      unready: () => [...(isClosing ? ['stopping'] : []), ...view.unready()],
    });
    const known = [...deps.options.tokens, { name: FILE_TOKEN_NAME, token, scopes: ['admin' as const] }];
    const doors = { tokens: known.map(knownToken), sessions: login.sessions };
    const host = { listen: deps.options.listen.host, hosts: deps.options.hosts };
    const server = await listen(createApp({ routes, doors, host, log: deps.log, metrics }), deps.options);
    audit.note(ofProcess('start', store, { pid: process.pid, endedBadly: audit.endedBadly }));
    login.sessions.onEnd(({ id }) => events.endSession(id));
    const stops = [
      store.onChange(() => events.publish('mode', view.mode())),
      deps.gateway.onEnvironment((status) => {
        events.publish('environment', view.environment(status));
        // What an environment does may be a reason to switch, or end one.
        const proposal = JSON.stringify(deps.gateway.proposal);
        if (proposal !== proposed) events.publish('mode', view.mode());
        if (deps.switchOptions.automatic) void follow(deps.gateway.proposal);
        proposed = proposal;
      }),
      deps.push?.onChange((change) => events.publish('push', change)) ?? (() => undefined),
      journal.onOutcome((outcome) => onOutcome('opened', outcome)),
    ];
    return {
      address: server.address,
      token,
      events,
      get auditHead() {
        return audit.head;
      },
      async close() {
        isClosing = true;
        for (const stop of stops) stop();
        events.close();
        await server.close();
        audit.note(ofProcess('stop', store, { pid: process.pid }));
        records.close();
      },
    };
  } catch (error) {
    records.close();
    throw error;
  }
}

function views({ store, gateway, configured, announcing = ENVIRONMENTS, isListening }: ControlDeps) {
  return {
    mode: () => modeView(store, gateway, configured),
    environment: (status: EnvironmentStatus) => environmentView(status, store.current, announcing),
    unready: () => [
      ...(isListening?.() === false ? ['not listening'] : []),
      ...(configured.includes(routedEnvironment(store.current)) ? [] : ['no environment for this mode']),
    ],
  };
}

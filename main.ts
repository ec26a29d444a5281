import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { ConfigError, loadConfig, type Config } from './config.ts';
import { startControl, type Control } from './control/control.ts';
import { gatewayChecks } from './gateway/checks.ts';
import { startGateway, type Gateway } from './gateway/gateway.ts';
import { openJournal } from './gateway/journal/journal.ts';
import { eventJournal, PUSH_MIGRATIONS } from './gateway/push/events.ts';
import { openLog } from './log.ts';
import { openAccessLog } from './log/access.ts';
import { createModeMetrics } from './mode/metrics.ts';
import { ENVIRONMENTS, type EnvironmentName } from './mode/mode.ts';
import { ModeStore } from './mode/store.ts';
import { environment, type Environment } from './orca/environment.ts';
import { keepAlive } from './state/alive.ts';
import { openBatch } from './state/batch.ts';
import { openState } from './state/open.ts';

export { verifyAudit } from './control/switch/verify.ts';

// config ──▶ state ──▶ mode ──▶ gateway ──▶ control          stop: control ◀── gateway ◀── state

/** A running gateway with its control API. */
export interface Running {
  readonly gateway: Gateway;
  readonly control: Control;
  readonly store: ModeStore;
  stop(): Promise<void>;
}

/** How long requests in flight may take to finish at a stop. */
const GRACE_MS = 10_000;

/** Starts every room in order; where one fails, those before it are closed again and the error is thrown. */
export async function start(config: Config, log: Logger): Promise<Running> {
  const undo: (() => void | Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry, prefix: 'hybrid_gateway_' });
    const environments = configuredEnvironments(config);
    const state = openState(config.state.dir);
    undo.push(() => state.close());
    const store = new ModeStore(state, {
      initial: config.state.initial,
      target: config.emergency,
      complain: (error) => log.error({ err: error }, 'a listener of the mode failed'),
    });
    const { journal, broken } = await openJournal(join(state.dir, 'journal'));
    undo.push(() => journal.close());
    if (broken > 0) log.warn({ lines: broken }, 'lines of the write journal could not be read');
    const batch = await openBatch({ dir: state.dir, migrations: PUSH_MIGRATIONS, mayBeginAnew: true });
    undo.push(() => batch.close());
    if (batch.movedAside !== null) log.warn({ file: batch.movedAside }, 'the push journal was broken; it begins anew');
    undo.push(keepAlive(state.dir, Date.now, () => store.awaitsConfirmation === null));
    undo.push(createModeMetrics(registry).follow(store));
    const { health, recovery, partners } = config;
    const access = openAccessLog(config.log.access, log);
    undo.push(async () => access?.close());
    const gateway = await startGateway({
      options: config.gateway,
      environments,
      health,
      recovery,
      partners,
      holdMs: config.switch.holdMs,
      journal,
      onServed: access?.served(() => store.current.epoch),
      events: await eventJournal(batch),
      store,
      registry,
      log,
    });
    undo.push(() => gateway.close(GRACE_MS));
    const preflight = gatewayChecks({
      environments,
      gateway,
      journal,
      options: config.gateway,
      health,
      recovery,
      stateDir: state.dir,
    });
    undo.push(() => preflight.stop());
    const control = await startControl({
      options: config.control,
      switchOptions: config.switch,
      configured: [...environments.keys()],
      announcing: [...environments].filter(([, { options }]) => options.announces).map(([name]) => name),
      stateDir: state.dir,
      checks: preflight.checks,
      steps: {
        async fence({ from }) {
          await gateway.switching.conversationsEnd(from, config.switch.conversationsMs);
          return gateway.switching.fence();
        },
        announce: (state) => gateway.announce(state),
        async drain({ from, next }) {
          const cut = await gateway.switching.drain(from, next, config.switch.drainMs);
          if (cut > 0)
            log.warn({ cut, epoch: from.epoch }, 'requests were cut off by a switch: see the unknown outcomes');
        },
      },
      store,
      gateway,
      journal,
      push: gateway.push,
      registry,
      log,
    });
    undo.push(() => control.close());
    return { gateway, control, store, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs for real until it is told to stop. Ends the process: 0 after a clean stop, 3 where the config is wrong, else 1. */
export async function run(options: { readonly config: string }): Promise<void> {
  try {
    const config = await loadConfig(options.config);
    const log = openLog(config.log);
    for (const name of config.withoutEffect) log.warn({ option: name }, 'this option has no effect yet');
    const running = await start(config, log);
    const { mode, epoch } = running.store.current;
    log.info({ mode, epoch, listen: running.gateway.addresses, control: running.control.address }, 'running');
    if (running.store.awaitsConfirmation !== null) {
      log.warn(
        { because: running.store.awaitsConfirmation },
        'writes wait until the mode is confirmed: hybrid-gateway confirm',
      );
    }
    untilStopped(() => running.stop(), log);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = error instanceof ConfigError ? 3 : 1;
  }
}

/** Stops on SIGTERM, Ctrl+C, a closed console and a service manager's message: Windows knows no SIGTERM. */
export function untilStopped(stop: () => Promise<void>, log: Logger): void {
  let isStopping = false;
  const end = (why: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ why }, 'stopping');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'] as const) process.on(signal, () => end(signal));
  process.on('message', (message) => message === 'shutdown' && end('message'));
}

function configuredEnvironments(config: Config): Map<EnvironmentName, Environment> {
  const configured = new Map<EnvironmentName, Environment>();
  for (const name of ENVIRONMENTS) {
    const options = config.environments[name];
    if (options !== null) configured.set(name, environment(options));
  }
  return configured;
}

// `import.meta.main` came with Node 24 only.
if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) {
    console.error('usage: node main.ts --config FILE   (npm start alone runs the demo)');
    process.exitCode = 2;
  } else {
    await run({ config: values.config });
  }
}

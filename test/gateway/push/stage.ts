import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { valuesOf } from '../../../gateway/headers.ts';
import type { PartnerOptions, RecoveryOptions } from '../../../gateway/options.ts';
import { partnerIndex } from '../../../gateway/partner.ts';
import { pins, type Pins } from '../../../gateway/pins.ts';
import { openPushClient } from '../../../gateway/push/client.ts';
import { eventJournal, PUSH_MIGRATIONS } from '../../../gateway/push/events.ts';
import { pushHub } from '../../../gateway/push/hub.ts';
import type { PushLimits, PushTiming } from '../../../gateway/push/limits.ts';
import { pushMetrics } from '../../../gateway/push/metrics.ts';
import type { PushHub } from '../../../gateway/push/push.ts';
import {
  ENVIRONMENTS,
  type EmergencyName,
  type EnvironmentName,
  type Mode,
  type ModeState,
} from '../../../mode/mode.ts';
import { environment } from '../../../orca/environment.ts';
import type { EnvironmentOptions } from '../../../orca/options.ts';
import { openBatch } from '../../../state/batch.ts';
import { folder } from '../../state/folder.ts';
import { EMR, environmentOptions, partner } from '../../support/gateway.ts';
import { PushEnvironment } from './environment.ts';

export interface StageOptions {
  readonly partners?: readonly (Partial<PartnerOptions> & { readonly name: string })[];
  readonly each?: Partial<EnvironmentOptions>;
  readonly of?: Partial<Record<EnvironmentName, Partial<EnvironmentOptions>>>;
  readonly recovery?: RecoveryOptions['partners'];
  readonly timing?: Partial<PushTiming>;
  readonly limits?: Partial<PushLimits>;
  readonly dir?: string;
  readonly at?: Readonly<Record<EnvironmentName, PushEnvironment>>;
  readonly mode?: Mode;
}

/** A hub with three environments behind it, and a listener in front. */
export interface Stage {
  readonly at: Readonly<Record<EnvironmentName, PushEnvironment>>;
  readonly hub: PushHub;
  readonly url: string;
  readonly dir: string;
  readonly pins: Pins;
  readonly registry: Registry;
  /** The flip alone. */
  readonly flip: (mode: Mode, target?: EmergencyName) => void;
  /** As a switch does it: prepared, then flipped. */
  readonly switchTo: (mode: Mode, target?: EmergencyName) => Promise<void>;
  readonly metric: (name: string, labels?: Readonly<Record<string, string>>) => Promise<number>;
  /** The gateway alone; the environments go on. */
  readonly stop: () => Promise<void>;
}

const open: (() => Promise<void>)[] = [];

/** For `afterEach`. */
export async function endStages(): Promise<void> {
  for (const end of open.splice(0).reverse()) await end();
}

export async function environments(): Promise<Record<EnvironmentName, PushEnvironment>> {
  const [operational, cloudEmergency, localEmergency] = await Promise.all(
    ENVIRONMENTS.map((name) => PushEnvironment.start(name)),
  );
  const at = { operational: operational!, cloudEmergency: cloudEmergency!, localEmergency: localEmergency! };
  for (const one of Object.values(at)) open.push(() => one.close());
  return at;
}

/** Short, so that tests need no patience. */
const TIMING: Partial<PushTiming> = {
  retryMinMs: 20,
  retryMaxMs: 100,
  settledMs: 200,
  upstreamPingMs: 100,
  coverageMs: 50,
};

export async function stage(options: StageOptions = {}): Promise<Stage> {
  const at = options.at ?? (await environments());
  const dir = options.dir ?? folder();
  let state: ModeState = {
    mode: options.mode ?? 'normal',
    target: 'localEmergency',
    epoch: 1,
    since: '2026-04-13T00:00:00.000Z',
    by: 'test',
    reason: 'test',
    wrote: [],
  };
  const batch = await openBatch({ dir, migrations: PUSH_MIGRATIONS });
  const journal = await eventJournal(batch);
  const known = pins();
  const registry = new Registry();
  const partners = (options.partners ?? [{ name: 'emr', basic: EMR }]).map(partner);
  const kinds = { operational: 'cloud', cloudEmergency: 'cloud', localEmergency: 'onprem' } as const;
  const reached = ENVIRONMENTS.map((name) => {
    const own = {
      user: `${name}-user`,
      password: 'secret',
      kind: kinds[name],
      url: at[name].url,
      ...options.each,
      ...options.of?.[name],
    };
    return [name, environment(environmentOptions(own))] as const;
  });
  const hub = pushHub({
    environments: new Map(reached),
    partners,
    recovery: { partners: options.recovery ?? 'emergency' },
    state: () => state,
    pins: known,
    journal,
    metrics: pushMetrics(registry),
    log: pino({ level: process.env['LOG'] ?? 'silent' }),
    openClient: openPushClient,
    timing: { ...TIMING, ...options.timing },
    limits: options.limits ?? {},
  });
  const server = listener(hub, partners);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    server.close();
    await hub.close();
    await batch.close();
    server.closeAllConnections();
  };
  const made: Stage = {
    at,
    hub,
    url: `ws://127.0.0.1:${port}/ws`,
    dir,
    pins: known,
    registry,
    flip(mode, target = state.target) {
      state = { ...state, mode, target, epoch: state.epoch + 1 };
      hub.flip(state);
    },
    async switchTo(mode, target = state.target) {
      await hub.prepare(mode === 'normal' ? 'operational' : target);
      made.flip(mode, target);
    },
    async metric(name, labels = {}) {
      const values = (await registry.getSingleMetric(name)?.get())?.values ?? [];
      return (
        values.find((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))?.value ?? 0
      );
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
  open.push(() => made.stop());
  return made;
}

function listener(hub: PushHub, partners: readonly PartnerOptions[]): Server {
  const index = partnerIndex(partners);
  const server = createServer();
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', () => socket.destroy());
    const recognised = index.recognise({
      authorization: valuesOf(request.rawHeaders, 'authorization'),
      certificate: null,
      address: '127.0.0.1',
      listener: null,
    });
    if (recognised.kind === 'unknown') return void socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
    const refuse = (): void => void socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
    hub.accept(request, socket, head, recognised.partner, {
      address: '127.0.0.1',
      requestId: 'test-1',
      hybridmode: 'normal',
      refuse,
    });
  });
  return server;
}

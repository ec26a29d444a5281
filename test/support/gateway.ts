import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { startGateway, type Gateway } from '../../gateway/gateway.ts';
import { openJournal, type WriteJournal } from '../../gateway/journal/journal.ts';
import type {
  HealthOptions,
  ListenOptions,
  PartnerOptions,
  RecoveryOptions,
  RequestLimits,
  TlsListenOptions,
} from '../../gateway/options.ts';
import { ENVIRONMENTS, type EmergencyName, type EnvironmentName, type Mode, type ModeState } from '../../mode/mode.ts';
import { ModeStore } from '../../mode/store.ts';
import { environment } from '../../orca/environment.ts';
import { eventJournal, PUSH_MIGRATIONS } from '../../gateway/push/events.ts';
import type { EnvironmentOptions } from '../../orca/options.ts';
import { openBatch } from '../../state/batch.ts';
import { openState } from '../../state/open.ts';

export interface TestGatewayOptions {
  /** Where they are, or with what they are reached beside that; those left out are not configured. */
  readonly environments: Partial<Record<EnvironmentName, URL | (Partial<EnvironmentOptions> & { readonly url: URL })>>;
  /** What an empty state begins in; null: unconfirmed, writes are fenced. */
  readonly initial?: Mode | null;
  readonly target?: EmergencyName;
  /** One that is called `emr` where none is given. */
  readonly partners?: readonly (Partial<PartnerOptions> & { readonly name: string })[];
  readonly recovery?: RecoveryOptions['partners'];
  readonly health?: Partial<HealthOptions>;
  readonly limits?: Partial<RequestLimits>;
  readonly listen?: readonly Partial<ListenOptions>[];
  readonly tls?: Omit<TlsListenOptions, 'listen'> & { readonly listen?: readonly Partial<ListenOptions>[] };
  /** How long a write waits while a switch goes on. */
  readonly holdMs?: number;
  /** A state folder that is there already; it is left there. */
  readonly dir?: string;
  /** Push sockets are held by the gateway, not passed through. */
  readonly push?: boolean | { readonly listen: readonly Partial<ListenOptions>[] };
}

export interface TestGateway {
  /** Of the first listener. */
  readonly port: number;
  /** Of all of them, those with TLS last. */
  readonly ports: readonly number[];
  readonly dir: string;
  readonly gateway: Gateway;
  readonly store: ModeStore;
  readonly journal: WriteJournal;
  readonly registry: Registry;
  /** What was logged, line by line. */
  readonly lines: readonly LogLine[];
  /** Switches as the control room would. */
  readonly switchTo: (mode: Mode, target?: EmergencyName) => ModeState;
  /** The value of a metric with these labels; 0 where there is none. */
  readonly metric: (name: string, labels?: Readonly<Record<string, string>>) => Promise<number>;
  readonly close: (graceMs?: number) => Promise<void>;
}

export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export const EMR = { user: 'emr', password: 'emr-password' } as const;

/** The user and the password of an environment of the tests. */
export function credentialsOf(name: EnvironmentName): { user: string; password: string } {
  return { user: `${name}-user`, password: `${name}-secret` };
}

/** A gateway in this process, on ports of its own, with a real state. */
export async function startTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'hybrid-gateway-'));
  const state = openState(dir);
  const store = new ModeStore(state, {
    initial: options.initial === undefined ? 'normal' : options.initial,
    target: options.target ?? 'cloudEmergency',
  });
  const registry = new Registry();
  const lines: LogLine[] = [];
  const { journal } = await openJournal(join(dir, 'journal'));
  const batch = options.push ? await openBatch({ dir, migrations: PUSH_MIGRATIONS }) : null;
  const gateway = await startGateway({
    options: {
      listen: (options.listen ?? [{}]).map(listener),
      tls: options.tls ? { ...options.tls, listen: (options.tls.listen ?? [{}]).map(listener) } : null,
      push: typeof options.push === 'object' ? { listen: options.push.listen.map(listener) } : null,
      limits: { ...LIMITS, ...options.limits },
    },
    partners: (options.partners ?? [{ name: 'emr', basic: EMR }]).map(partner),
    environments: new Map(configured(options.environments)),
    recovery: { partners: options.recovery ?? 'emergency' },
    health: { everyMs: 0, failures: 3, successes: 2, ...options.health },
    holdMs: options.holdMs ?? 10_000,
    store,
    journal,
    ...(batch && { events: await eventJournal(batch) }),
    registry,
    log: pino({ base: null }, memory(lines)),
  });
  const ports = gateway.addresses.map(({ port }) => port);
  let closing: Promise<void> | null = null;

  return {
    port: ports[0]!,
    ports,
    dir,
    gateway,
    store,
    journal,
    registry,
    lines,
    switchTo(mode, target = store.current.target) {
      const { epoch } = store.current;
      return store.commit({ expectedEpoch: epoch, mode, target, by: 'test', reason: 'test' });
    },
    async metric(name, labels = {}) {
      const values = (await registry.getSingleMetric(name)?.get())?.values ?? [];
      return (
        values.find((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))?.value ?? 0
      );
    },
    close(graceMs = 1000) {
      closing ??= end(graceMs);
      return closing;
    },
  };

  async function end(graceMs: number): Promise<void> {
    await gateway.close(graceMs);
    await journal.close();
    await batch?.close();
    state.close();
    if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
  }
}

/** A partner with everything that a test does not care about. */
export function partner(given: Partial<PartnerOptions> & { readonly name: string }): PartnerOptions {
  return {
    kind: 'api',
    basic: null,
    token: null,
    certificate: null,
    address: null,
    credentials: 'replace',
    push: 'hold',
    announceReceptions: false,
    limits: { connections: 100, requestsPerSecond: 0 },
    refusals: 'http',
    ...given,
  };
}

/** An environment with everything that a test does not care about. */
export function environmentOptions(given: Partial<EnvironmentOptions> & { readonly url: URL }): EnvironmentOptions {
  return {
    kind: 'cloud',
    user: null,
    password: null,
    clientCertificate: null,
    ca: null,
    servername: null,
    announces: false,
    hybrid: 'assumed',
    deadlines: { connectMs: 2000, firstByteMs: 5000, idleMs: 5000 },
    concurrency: 64,
    ...given,
  };
}

const LIMITS: RequestLimits = {
  headerBytes: 16 * 1024,
  headers: 200,
  bodyBytes: 0,
  bufferedBytes: 1024 * 1024,
  headersWithinMs: 15_000,
  connections: 1000,
};

function listener(given: Partial<ListenOptions>): ListenOptions {
  return { host: '127.0.0.1', port: 0, partner: null, ...given };
}

function configured(given: TestGatewayOptions['environments']) {
  return ENVIRONMENTS.flatMap((name) => {
    const one = given[name];
    if (one === undefined) return [];
    const own = one instanceof URL ? { url: one } : one;
    return [[name, environment(environmentOptions({ ...credentialsOf(name), ...own }))] as const];
  });
}

function memory(lines: LogLine[]): Writable {
  return new Writable({
    decodeStrings: false,
    write(text, _encoding, done) {
      const line: unknown = JSON.parse(String(text));
      if (isLine(line)) lines.push(line);
      done();
    },
  });
}

function isLine(value: unknown): value is LogLine {
  return typeof value === 'object' && value !== null && 'msg' in value;
}

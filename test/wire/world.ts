import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawBackend, Recording } from './backend.ts';
import { RawClient } from './client.ts';
import { freePort, GatewayProcess } from './gateway-process.ts';
import { basic, PARTNER, tokens } from './notation.ts';

export const ENVIRONMENTS = ['operational', 'cloudEmergency', 'localEmergency'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** Which state the gateway is in while the cases run. */
export type WireMode = 'normal' | 'emergency' | 'switching';

/** The gateway itself; another script that takes `--config FILE` may stand in for it. */
export const GATEWAY = join(import.meta.dirname, '../../main.ts');

/** The credentials of an environment: its own, known to nobody else. */
export function credentialsOf(environment: string): string {
  return basic(`${environment}-user`, `${environment}-secret`);
}

/** One gateway with three recording environments, in one mode. */
export class World {
  readonly mode: WireMode;
  readonly gateway: GatewayProcess;
  readonly recording: Recording;
  readonly token: () => string;
  readonly #backends: ReadonlyMap<Environment, RawBackend>;
  readonly #dir: string;

  private constructor(
    mode: WireMode,
    gateway: GatewayProcess,
    recording: Recording,
    backends: ReadonlyMap<Environment, RawBackend>,
    dir: string,
  ) {
    this.mode = mode;
    this.gateway = gateway;
    this.recording = recording;
    this.#backends = backends;
    this.#dir = dir;
    this.token = tokens(Math.floor(performance.timeOrigin) + gateway.place.port);
  }

  static async start(mode: WireMode, script = GATEWAY, recording = new Recording()): Promise<World> {
    const dir = await mkdtemp(join(tmpdir(), 'wire-'));
    const backends = new Map<Environment, RawBackend>();
    for (const name of ENVIRONMENTS) backends.set(name, await RawBackend.start(name, recording));
    const [port, controlPort] = [await freePort(), await freePort()];
    const place = { script, configFile: join(dir, 'hybrid.yaml'), stateDir: join(dir, 'state'), port, controlPort };
    await writeFile(place.configFile, configuration(place, backends, mode));
    const gateway = new GatewayProcess(place);
    const world = new World(mode, gateway, recording, backends, dir);
    try {
      await world.restart();
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  /** Starts the gateway (again) and brings it into the mode of this world. */
  async restart(): Promise<void> {
    await this.gateway.start();
    if (this.mode !== 'emergency') return;
    const { mode } = await this.gateway.mode();
    if (mode === 'emergency') return;
    const { status, text } = await this.gateway.switchTo({ to: 'emergency', target: 'cloudEmergency' });
    if (status !== 200) throw new Error(`the gateway did not switch to emergency: ${status} ${text}`);
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    for (const backend of this.#backends.values()) await backend.vanish();
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** The value of `X-Hybridmode` here; null where it changes. */
  get hybridMode(): string | null {
    if (this.mode === 'switching') return null;
    return this.mode === 'normal' ? 'normal' : 'emergency-fa';
  }

  /** The environment that partners reach, as long as nothing is switched. */
  get routed(): Environment {
    return this.mode === 'emergency' ? 'cloudEmergency' : 'operational';
  }

  /** Where a switch would lead that is allowed from here, with the value of `X-Hybridmode` there. */
  get next(): { to: string; target: Environment; hybridMode: string } {
    const target = this.mode === 'emergency' ? 'localEmergency' : 'cloudEmergency';
    return { to: 'emergency', target, hybridMode: 'emergency-fa' };
  }

  backend(name: Environment): RawBackend {
    const backend = this.#backends.get(name);
    if (backend === undefined) throw new Error(`no environment ${name}`);
    return backend;
  }

  get backends(): readonly RawBackend[] {
    return [...this.#backends.values()];
  }

  /** Connections to an environment that are neither idle nor closed, by their last request. */
  busy(): string[] {
    return this.backends.flatMap(({ name, connections }) =>
      [...connections]
        .filter((connection) => !connection.isIdle)
        .map(({ requests }) => `${name}: ${requests.at(-1)?.head.target ?? 'no request'}`),
    );
  }

  async connect({ isHead = false } = {}): Promise<RawClient> {
    return await RawClient.connect(this.gateway.place.port, { isHead });
  }

  async connectControl(): Promise<RawClient> {
    return await RawClient.connect(this.gateway.place.controlPort);
  }
}

function configuration(
  place: { stateDir: string; port: number; controlPort: number },
  backends: ReadonlyMap<Environment, RawBackend>,
  mode: WireMode,
): string {
  const environments = [...backends].map(
    ([name, backend]) =>
      `  ${name}: { kind: onprem, url: "${backend.url}", user: ${name}-user, password: ${name}-secret }\n`,
  );
  // While switches go on all the time, each has to be short.
  const pace = mode === 'switching' ? 'hold: 2s, drain: 250ms, settle: 250ms' : 'hold: 10s, drain: 3s, settle: 4s';
  return (
    `state: { dir: ${JSON.stringify(place.stateDir)}, initial: normal }\n` +
    `gateway: { listen: "127.0.0.1:${place.port}" }\n` +
    `control: { listen: "127.0.0.1:${place.controlPort}" }\n` +
    'health: { every: 0 }\n' +
    `switch: { ${pace}, dwell: 0, conversations: 0 }\n` +
    `environments:\n${environments.join('')}` +
    'emergency: cloud\n' +
    `partners:\n  - { name: emr, kind: api, basic: { user: ${PARTNER.user}, password: ${PARTNER.password} } }\n` +
    'log: { level: warn }\n'
  );
}

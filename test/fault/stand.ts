import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, GatewayProcess } from '../wire/gateway-process.ts';
import { ENVIRONMENTS, EnvironmentProcess, type Arrived, type EnvironmentName } from './environments.ts';
import { Operator, type StateSeen } from './operator.ts';
import { Partner } from './partner.ts';

export interface StandOptions {
  /** Where the state is; a folder of its own where none is given. */
  readonly stateDir?: string;
  /** Environments that are there already (a simulator); the others are recording ones. */
  readonly urls?: Partial<Record<EnvironmentName, string>>;
  readonly drainMs?: number;
  readonly firstByteMs?: number;
  /** How many requests each environment bears at once. */
  readonly concurrency?: number;
  readonly health?: string;
}

/** As long as these tests let a switch settle; nothing is to be settled in them. */
export const SETTLE_MS = 200;
const DRAIN_MS = 1000;
// Gateways are started by the dozen here: what was compiled once is taken from there.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'hybrid-gateway-compiled');

const MAIN = join(import.meta.dirname, '../../main.ts');

/** A clinic: a gateway and its environments, each a process of its own. */
export class Stand {
  readonly dir: string;
  readonly gateway: GatewayProcess;
  readonly environments: ReadonlyMap<EnvironmentName, EnvironmentProcess>;
  readonly operator: Operator;
  readonly drainMs: number;
  readonly #partners: Partner[] = [];

  private constructor(
    dir: string,
    gateway: GatewayProcess,
    environments: ReadonlyMap<EnvironmentName, EnvironmentProcess>,
    drainMs: number,
  ) {
    this.dir = dir;
    this.gateway = gateway;
    this.environments = environments;
    this.drainMs = drainMs;
    // Read once: a read per switch would be measured with it.
    let token: Promise<string> | null = null;
    this.operator = new Operator(gateway.place.controlPort, () => (token ??= gateway.controlToken()));
  }

  static async start(options: StandOptions = {}): Promise<Stand> {
    const dir = await mkdtemp(join(tmpdir(), 'fault-'));
    const drainMs = options.drainMs ?? DRAIN_MS;
    const environments = new Map<EnvironmentName, EnvironmentProcess>();
    for (const name of ENVIRONMENTS)
      if (options.urls?.[name] === undefined)
        environments.set(name, new EnvironmentProcess(name, await freePort(), dir));
    const place = {
      script: MAIN,
      configFile: join(dir, 'hybrid.yaml'),
      stateDir: options.stateDir ?? join(dir, 'state'),
      port: await freePort(),
      controlPort: await freePort(),
    };
    const stand = new Stand(dir, new GatewayProcess(place), environments, drainMs);
    try {
      await writeFile(place.configFile, stand.#configuration(options));
      await Promise.all([stand.gateway.start(), ...[...environments.values()].map((each) => each.start())]);
    } catch (error) {
      await stand.stop();
      throw error;
    }
    return stand;
  }

  environment(name: EnvironmentName): EnvironmentProcess {
    const found = this.environments.get(name);
    if (found === undefined) throw new Error(`${name} is not a recording environment here`);
    return found;
  }

  /** One that is let go of at the end. */
  partner(): Partner {
    const partner = new Partner(this.gateway.place.port);
    this.#partners.push(partner);
    return partner;
  }

  /** Everything that the recording environments wrote down. */
  arrived(): Arrived[] {
    return [...this.environments.values()].flatMap((each) => each.arrived());
  }

  state(): Promise<StateSeen> {
    return this.operator.state();
  }

  async stop(): Promise<void> {
    for (const partner of this.#partners) partner.leave();
    this.operator.leave();
    await this.gateway.stop();
    for (const each of this.environments.values()) await each.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  #configuration({ urls, firstByteMs = 10_000, concurrency = 64, health = '{ every: 0 }' }: StandOptions): string {
    const { stateDir, port, controlPort } = this.gateway.place;
    const environments = ENVIRONMENTS.map((name) => {
      const url = urls?.[name] ?? `http://127.0.0.1:${this.environment(name).port}`;
      const limits = `deadlines: { connect: 2s, firstByte: ${firstByteMs}, idle: 10s }, concurrency: ${concurrency}`;
      return `  ${name}: { kind: onprem, url: "${url}", user: ormaster, password: ormaster, ${limits} }`;
    });
    const hold = this.drainMs + SETTLE_MS + 3000;
    return `
state: { dir: "${stateDir}", initial: normal }
gateway: { listen: "127.0.0.1:${port}" }
control: { listen: "127.0.0.1:${controlPort}" }
health: ${health}
switch: { hold: ${hold}, drain: ${this.drainMs}, settle: ${SETTLE_MS}, dwell: 0, conversations: 0 }
environments:
${environments.join('\n')}
emergency: cloud
partners:
  - { name: emr, basic: { user: emr, password: emr-password }, limits: { connections: 1000 } }
log: { level: warn }
`;
  }
}

/** A stand for one piece of work, stopped whatever becomes of it. */
export async function onStand<T>(options: StandOptions, work: (stand: Stand) => Promise<T>): Promise<T> {
  const stand = await Stand.start(options);
  try {
    const result = await work(stand);
    if (stand.gateway.uncaught > 0 || stand.gateway.death !== null)
      throw new Error(`the gateway did not bear it: ${stand.gateway.death ?? ''}\n${stand.gateway.errorOutput}`);
    return result;
  } finally {
    await stand.stop();
  }
}

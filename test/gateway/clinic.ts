import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { EnvironmentName } from '../../mode/mode.ts';
import { ENVIRONMENTS } from '../../mode/mode.ts';
import type { EnvironmentOptions } from '../../orca/options.ts';
import { Backend, type BackendOptions } from '../support/backend.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.ts';

const open: (() => Promise<void>)[] = [];

/** For `afterEach`: closes what the functions here have opened, gateways first. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close();
}

export async function backend(options: BackendOptions = {}): Promise<Backend> {
  const one = await Backend.start(options);
  open.push(() => one.close());
  return one;
}

export async function gatewayTo(options: TestGatewayOptions): Promise<TestGateway> {
  const one = await startTestGateway(options);
  open.push(() => one.close(0));
  return one;
}

/** A port where something other than HTTP happens. */
export async function listener(onConnection: (socket: Socket) => unknown): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export interface Clinic extends TestGateway {
  readonly at: Readonly<Record<EnvironmentName, Backend>>;
}

export type ClinicOptions = Omit<TestGatewayOptions, 'environments'> & {
  /** Of all three environments. */
  readonly each?: Partial<EnvironmentOptions>;
};

/** A gateway with all three environments. */
export async function clinic({ each, ...options }: ClinicOptions = {}): Promise<Clinic> {
  const [operational, cloudEmergency, localEmergency] = await Promise.all(
    ENVIRONMENTS.map((name) => backend({ name })),
  );
  const at = { operational: operational!, cloudEmergency: cloudEmergency!, localEmergency: localEmergency! };
  const gateway = await gatewayTo({
    ...options,
    environments: {
      operational: { url: at.operational.url, ...each },
      cloudEmergency: { url: at.cloudEmergency.url, ...each },
      localEmergency: { url: at.localEmergency.url, ...each },
    },
  });
  return { ...gateway, at };
}

/** One environment that answers by script, in normal mode. */
export async function single(
  each: Partial<EnvironmentOptions> = {},
  options: Omit<TestGatewayOptions, 'environments'> = {},
): Promise<TestGateway & { environment: Backend }> {
  const environment = await backend({ name: 'operational' });
  const gateway = await gatewayTo({ ...options, environments: { operational: { url: environment.url, ...each } } });
  return { ...gateway, environment };
}

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClientOptions, type OrcaClient, orcaClient } from '../../orca/client.ts';
import { isDone } from '../../orca/client/outcome.ts';
import { type Environment, environment } from '../../orca/environment.ts';
import type { EnvironmentOptions } from '../../orca/options.ts';
import type { SimulatorOptions } from '../../simulator/options.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';

/** Monday morning in Tokyo. */
export const MORNING = new Date('2026-04-13T09:30:00+09:00');
export const TODAY = '2026-04-13';

/** What a test opens; `close` ends all of it. */
export class Opened {
  readonly #closers: (() => unknown)[] = [];

  async simulator(options: SimulatorOptions = {}): Promise<Simulator> {
    const started = await startSimulator({ now: () => MORNING, ...options });
    this.#closers.push(() => started.close());
    return started;
  }

  /** A server that answers as the test wants it. */
  async server(listener: RequestListener): Promise<URL> {
    const server: Server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return new URL(`http://127.0.0.1:${portOf(server)}/`);
  }

  client(at: string | URL, options: ClientOptions = {}, more: Partial<EnvironmentOptions> = {}): OrcaClient {
    const client = orcaClient(reached(at, more), { firstPauseMs: 1, ...options });
    this.#closers.push(() => client.close());
    return client;
  }

  later(close: () => unknown): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).toReversed()) await close();
  }
}

export function reached(at: string | URL, more: Partial<EnvironmentOptions> = {}): Environment {
  return environment({
    kind: 'onprem',
    url: new URL(at),
    user: 'ormaster',
    password: 'ormaster',
    clientCertificate: null,
    ca: null,
    servername: null,
    announces: false,
    hybrid: 'assumed',
    deadlines: { connectMs: 2000, firstByteMs: 5000, idleMs: 2000 },
    concurrency: 16,
    ...more,
  });
}

/** The outcome, if it is done; a failed test otherwise. */
export function done<O extends { readonly kind: string; readonly code: string }>(
  outcome: O,
): Extract<O, { readonly kind: 'ok' | 'warning' }> {
  if (isDone(outcome)) return outcome;
  throw new Error(`expected a done outcome, got ${outcome.kind} ${outcome.code}`);
}

/** What an outcome says without its answer. */
export function said(outcome: { readonly kind: string; readonly code: string }): string {
  return `${outcome.kind} ${outcome.code}`;
}

/** The paths that arrived at a simulator, in order. */
export function arrivedPaths(simulator: Simulator): readonly string[] {
  return simulator.arrivals.list().map(({ target }) => target.replace(/\?.*/, ''));
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

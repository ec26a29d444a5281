import { Agent as HttpAgent, request as httpRequest, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { EnvironmentName } from '../mode/mode.ts';
import type { Environment } from '../orca/environment.ts';
import { gate, type Gate } from './gate.ts';
import { rememberingLookup } from './lookup.ts';
import { retryBudget, type RetryBudget } from './retry-budget.ts';

/** How long an idle connection may be used again: a write must not meet one that the other side is just closing. */
const IDLE_FOR_WRITES_MS = 1000;
const IDLE_FOR_READS_MS = 15_000;

export interface UpstreamRequest {
  readonly method: string;
  readonly target: string;
  /** Name, value, name, value, … with the framing, without Host. */
  readonly headers: readonly string[];
  readonly isWrite: boolean;
}

/** One environment's connections: opened per environment, kept alive, let go of at a switch. */
export interface Upstream {
  readonly name: EnvironmentName;
  readonly environment: Environment;
  readonly gate: Gate;
  readonly retries: RetryBudget;
  open(request: UpstreamRequest): ClientRequest;
  /** A handshake on a connection of its own, which becomes the tunnel. */
  openTunnel(target: string, headers: readonly string[]): ClientRequest;
  /** Closes idle connections, and those in use as soon as their answer is through. */
  retire(): void;
  /** Idle and busy connections, now. */
  sockets(): number;
  close(): void;
}

interface Pool {
  readonly reads: HttpAgent;
  readonly writes: HttpAgent;
}

export function upstream(name: EnvironmentName, environment: Environment): Upstream {
  const retired = new Set<HttpAgent>();
  const lookup = rememberingLookup();
  let pool = openPool(environment);
  const send = environment.tls === null ? httpRequest : httpsRequest;

  function release(agent: HttpAgent): void {
    // With no room for idle sockets, those in use are destroyed when they become idle.
    agent.maxFreeSockets = 0;
    for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    // No byte has left on these: who waits on them is routed anew at once, and not after the connect deadline.
    for (const sockets of Object.values(agent.sockets)) {
      for (const socket of sockets ?? []) if (socket.connecting) socket.destroy();
    }
    for (const old of retired) if (count(old) === 0) retired.delete(old);
    if (count(agent) > 0) retired.add(agent);
  }

  return {
    name,
    environment,
    gate: gate(environment.options.concurrency),
    retries: retryBudget(),
    open(request) {
      return send({
        agent: request.isWrite ? pool.writes : pool.reads,
        hostname: environment.hostname,
        port: environment.port,
        lookup,
        method: request.method,
        path: request.target,
        headers: ['Host', environment.host, ...request.headers],
        setHost: false,
        setDefaultHeaders: false,
      });
    },
    openTunnel(target, headers) {
      return send({
        ...environment.tls,
        agent: false,
        hostname: environment.hostname,
        port: environment.port,
        lookup,
        method: 'GET',
        path: target,
        headers: ['Host', environment.host, ...headers],
        setHost: false,
        setDefaultHeaders: false,
      });
    },
    retire() {
      const old = pool;
      pool = openPool(environment);
      release(old.reads);
      release(old.writes);
    },
    sockets: () => count(pool.reads) + count(pool.writes) + [...retired].reduce((sum, agent) => sum + count(agent), 0),
    close() {
      for (const agent of [pool.reads, pool.writes, ...retired]) agent.destroy();
    },
  };
}

function openPool({ tls, options: { concurrency } }: Environment): Pool {
  const open = (timeout: number): HttpAgent => {
    // As many as may be in use: with room for fewer, connections would be opened and closed all the time under load.
    const options = { keepAlive: true, maxFreeSockets: concurrency, scheduling: 'lifo', timeout } as const;
    return tls === null ? new HttpAgent(options) : new HttpsAgent({ ...options, ...tls, ALPNProtocols: ['http/1.1'] });
  };
  return { reads: open(IDLE_FOR_READS_MS), writes: open(IDLE_FOR_WRITES_MS) };
}

function count(agent: HttpAgent): number {
  const lists = [...Object.values(agent.sockets), ...Object.values(agent.freeSockets)];
  return lists.reduce((sum, sockets) => sum + (sockets?.length ?? 0), 0);
}

import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { hybridMode, routedEnvironment, type EnvironmentName, type ModeState } from '../mode/mode.ts';
import type { ModeStore } from '../mode/store.ts';
import type { Environment } from '../orca/environment.ts';
import { connections } from './connections.ts';
import { serve, type ExchangeDeps } from './exchange.ts';
import type { Forwarded } from './forward.ts';
import { compareAnnouncement } from './hybridmode.ts';
import { gatewayMetrics } from './metrics.ts';
import { monitor } from './monitor.ts';
import type { GatewayOptions, HealthOptions, ListenOptions, PartnerOptions, RecoveryOptions } from './options.ts';
import { partnerIndex } from './partner.ts';
import { partnerBook } from './partners.ts';
import type { RefusalCode } from './refusal.ts';
import { readEnvironment } from './route.ts';
import { certificateName, listen, type Listener, type ServerDeps, type TlsFiles } from './server.ts';
import type { GatewayStatus } from './status.ts';
import { tunnels } from './tunnels.ts';
import { serveUpgrade } from './upgrade.ts';
import { upstream, type Upstream } from './upstream.ts';

export interface GatewayDeps {
  readonly options: GatewayOptions;
  readonly partners: readonly PartnerOptions[];
  readonly environments: ReadonlyMap<EnvironmentName, Environment>;
  readonly recovery: RecoveryOptions;
  readonly health: HealthOptions;
  readonly store: ModeStore;
  readonly registry: Registry;
  readonly log: Logger;
}

export interface Gateway extends GatewayStatus {
  readonly addresses: readonly AddressInfo[];
  /** Takes no new requests, finishes what is in flight within `graceMs`, then closes everything. */
  close(graceMs: number): Promise<void>;
}

/** Opens the listeners for partners and routes what arrives. @throws ListenFailed where a port cannot be had */
export async function startGateway(deps: GatewayDeps): Promise<Gateway> {
  const { options, store, log, recovery } = deps;
  const metrics = gatewayMetrics(deps.registry);
  const upstreams = new Map(
    [...deps.environments].map(([name, at]): [EnvironmentName, Upstream] => [name, upstream(name, at)]),
  );
  const watch = monitor(upstreams, deps.health);
  const book = partnerBook(deps.partners);
  const open = connections(options.limits.connections);
  const passed = tunnels();
  const nextRequestId = requestIds();
  let isStopping = false;

  const fencedBecause = (): RefusalCode | null => (store.awaitsConfirmation === null ? null : 'mode-unconfirmed');
  const onRefused = (code: RefusalCode, partner: string, path: string, requestId: string): void => {
    metrics.refused(code);
    log.info({ code, partner, path, requestId, epoch: store.current.epoch }, 'refused');
  };
  const exchange: ExchangeDeps = {
    limits: options.limits,
    partners: partnerIndex(deps.partners),
    recovery,
    upstreams,
    state: () => store.current,
    fencedBecause,
    markWrote: (name) => name !== 'operational' && store.markWrote(name),
    isStopping: () => isStopping,
    mayAsk: (partner, socket) => book.asked(partner, socket),
    onRefused: ({ code, partner, path, requestId }) => onRefused(code, partner, path, requestId),
    onAnswered: (answered) => metrics.answered(answered),
    onFailure: (error, requestId) => log.error({ err: error, requestId }, 'the gateway failed on a request'),
    onRetry(environment, why) {
      metrics.retried(environment);
      log.info({ environment, why, epoch: store.current.epoch }, 'retry');
    },
    onAnswer: (environment, state, announced) => compare(environment, state, announced),
    onOutcome: (environment, outcome) => learn(environment, outcome),
  };

  function compare(environment: EnvironmentName, state: ModeState, announced: string | undefined): void {
    if (!deps.environments.get(environment)?.options.announces) return;
    const facet = compareAnnouncement(announced, state, environment);
    if (facet !== 'wrong-role' && facet !== 'wrong-phase') return;
    metrics.mismatched(environment, facet === 'wrong-role' ? 'role' : 'phase');
    log.warn(
      { environment, announced, expected: hybridMode(state.mode, environment), epoch: state.epoch },
      'mode mismatch',
    );
  }

  function learn(environment: EnvironmentName, outcome: Forwarded): void {
    if (outcome.kind === 'failed') watch.failed(environment, outcome.fault, outcome.detail);
    if (outcome.kind !== 'passed') return;
    watch.answered(environment, outcome.upstreamMs, undefined);
    metrics.upstreamAnswered(environment, outcome.upstreamMs / 1000);
  }

  const server: ServerDeps = {
    limits: options.limits,
    connections: open,
    nextRequestId,
    hybridmode: () => hybridMode(store.current.mode, readEnvironment(store.current, recovery.partners)),
    onRefused: (code, requestId) => onRefused(code, 'unknown', '', requestId),
    async serve(request, response, listener) {
      metrics.started();
      const certificate = certificateName(request.socket);
      await serve(request, response, { listener: listener.partner, certificate, requestId: nextRequestId() }, exchange);
      metrics.ended();
    },
    async upgrade(request, socket, head, listener) {
      const certificate = certificateName(request.socket);
      const arrival = { listener: listener.partner, certificate, requestId: nextRequestId() };
      await serveUpgrade(request, socket, head, arrival, { ...exchange, tunnels: passed, onRefused });
    },
  };

  const listeners = await listenAll(options, server);
  const unsubscribe = [
    watch.onChange((status) => {
      metrics.up(status.name, status.health === 'up');
      log.info(
        { environment: status.name, health: status.health, cause: status.cause, detail: status.detail },
        'environment',
      );
    }),
    // The environment that partners left: its idle connections are of no more use.
    store.onChange((state, previous) => {
      const before = routedEnvironment(previous);
      if (routedEnvironment(state) === before) return;
      upstreams.get(before)?.retire();
      // A tunnel to the environment that partners left would go on taking writes there.
      passed.end(before);
    }),
  ];

  return {
    addresses: listeners.map(({ address }) => address),
    environments: () => watch.statuses(),
    partners: () => book.statuses(),
    get fencedBecause() {
      return store.awaitsConfirmation;
    },
    onEnvironment: (listener) => watch.onChange(listener),
    async close(graceMs) {
      isStopping = true;
      watch.stop();
      for (const stop of unsubscribe) stop();
      const closed = Promise.all(listeners.map(({ server: http }) => new Promise((done) => http.close(done))));
      open.closeAll();
      const timer = setTimeout(() => {
        for (const socket of open.sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(timer);
      passed.end();
      for (const one of upstreams.values()) one.close();
    },
  };
}

async function listenAll(options: GatewayOptions, server: ServerDeps): Promise<Listener[]> {
  const wanted: [ListenOptions, TlsFiles | null][] = options.listen.map((at) => [at, null]);
  if (options.tls !== null) {
    const { certificate, key, clientCa, listen: at } = options.tls;
    const files = {
      cert: readFileSync(certificate),
      key: readFileSync(key),
      ca: clientCa === null ? null : readFileSync(clientCa),
    };
    wanted.push(...at.map((one): [ListenOptions, TlsFiles] => [one, files]));
  }
  const listeners: Listener[] = [];
  try {
    for (const [at, tls] of wanted) listeners.push(await listen(at, tls, server));
  } catch (error) {
    // All or none: half a gateway would look like a whole one.
    for (const listener of listeners) listener.server.close();
    throw error;
  }
  return listeners;
}

// Unique over restarts by its beginning, cheap by its end.
function requestIds(): () => string {
  const start = randomBytes(5).toString('hex');
  let count = 0;
  return () => `${start}-${(count++).toString(36)}`;
}

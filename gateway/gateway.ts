import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { hybridMode, type EnvironmentName, type ModeState } from '../mode/mode.ts';
import type { ModeStore } from '../mode/store.ts';
import type { Environment } from '../orca/environment.ts';
import { announcer } from './announce.ts';
import { connections } from './connections.ts';
import { serve, type Arrival, type ExchangeDeps, type Served } from './exchange.ts';
import { fence } from './fence.ts';
import { valuesOf } from './headers.ts';
import type { WriteJournal } from './journal/journal.ts';
import { gatewayMetrics } from './metrics.ts';
import { monitor } from './monitor.ts';
import { observer } from './observer.ts';
import type { GatewayOptions, HealthOptions, ListenOptions, PartnerOptions, RecoveryOptions } from './options.ts';
import { partnerIndex } from './partner.ts';
import { partnerBook } from './partners.ts';
import { pins } from './pins.ts';
import { openPushClient } from './push/client.ts';
import type { EventJournal } from './push/events.ts';
import { pushHub } from './push/hub.ts';
import { pushMetrics } from './push/metrics.ts';
import type { PushHub } from './push/push.ts';
import { pushOnly } from './push/push-only.ts';
import { proposalOf } from './proposal.ts';
import { readEnvironment } from './route.ts';
import { certificateName, type ServerDeps } from './server.ts';
import { listenAll } from './listeners.ts';
import type { EnvironmentStatus, GatewayStatus } from './status.ts';
import { switching, type Switching } from './switching.ts';
import { tunnels } from './tunnels.ts';
import { serveUpgrade } from './upgrade.ts';
import { upstream, type Upstream } from './upstream.ts';

export interface GatewayDeps {
  readonly options: GatewayOptions;
  readonly partners: readonly PartnerOptions[];
  readonly environments: ReadonlyMap<EnvironmentName, Environment>;
  readonly recovery: RecoveryOptions;
  readonly health: HealthOptions;
  /** How long a write may be held while a switch goes on. */
  readonly holdMs: number;
  readonly store: ModeStore;
  readonly journal: WriteJournal;
  /** Told of every request, when its answer is under way: the access log. */
  readonly onServed?: ((served: Served) => void) | undefined;
  /** Of push; without one, push sockets are passed through like any other and end at a switch. */
  readonly events?: EventJournal;
  readonly registry: Registry;
  readonly log: Logger;
}

export interface Gateway extends GatewayStatus {
  readonly addresses: readonly AddressInfo[];
  readonly switching: Switching;
  /** Tells the environments their mode; may fail, undoes nothing. */
  readonly announce: (state: ModeState) => Promise<void>;
  readonly push: PushHub | null;
  /** Takes no new requests, finishes what is in flight within `graceMs`, then closes everything. */
  close(graceMs: number): Promise<void>;
}

/** Opens the listeners for partners and routes what arrives. @throws ListenFailed where a port cannot be had */
export async function startGateway(deps: GatewayDeps): Promise<Gateway> {
  const { options, store, recovery, journal } = deps;
  const metrics = gatewayMetrics(deps.registry);
  const upstreams = new Map(
    [...deps.environments].map(([name, at]): [EnvironmentName, Upstream] => [name, upstream(name, at)]),
  );
  const watch = monitor(upstreams, deps.health);
  const book = partnerBook(deps.partners);
  const open = connections(options.limits.connections);
  const passed = tunnels();
  const pinned = pins();
  const barrier = fence();
  const tell = observer({ environments: deps.environments, store, metrics, watch, log: deps.log });
  const nextRequestId = requestIds();
  const announcing = [...deps.environments].filter(([, { options: at }]) => at.announces).map(([name]) => name);
  let isStopping = false;
  const push =
    deps.events === undefined
      ? null
      : pushHub({
          environments: deps.environments,
          partners: deps.partners,
          recovery,
          state: () => store.current,
          pins: pinned,
          journal: deps.events,
          metrics: pushMetrics(deps.registry),
          log: deps.log,
          openClient: openPushClient,
        });

  const exchange: ExchangeDeps = {
    limits: options.limits,
    partners: partnerIndex(deps.partners),
    recovery,
    upstreams,
    fence: barrier,
    holdMs: deps.holdMs,
    pins: pinned,
    push,
    journal,
    state: () => store.current,
    refusesWrites(environment) {
      if (store.awaitsConfirmation !== null) return 'mode-unconfirmed';
      return tell.isInWrongRole(environment) ? 'wrong-environment' : null;
    },
    isReachable: (environment) => watch.status(environment)?.health !== 'down',
    markWrote: (name) => name !== 'operational' && store.markWrote(name),
    isStopping: () => isStopping,
    mayAsk: (partner, socket) => book.asked(partner, socket),
    onRefused: tell.refused,
    onAnswered(served) {
      tell.answered(served);
      deps.onServed?.(served);
    },
    onFailure: tell.failure,
    onRetry: tell.retry,
    onAnswer: tell.answer,
    onOutcome: tell.outcome,
  };

  const arrivalOf = (request: IncomingMessage, listener: ListenOptions): Arrival => {
    const id = nextRequestId();
    const certificate = certificateName(request.socket);
    return { listener: listener.partner, certificate, id, requestId: givenRequestId(request) ?? id };
  };
  const server: ServerDeps = {
    limits: options.limits,
    connections: open,
    nextRequestId,
    hybridmode: () => hybridMode(store.current.mode, readEnvironment(store.current, recovery.partners)),
    onRefused: (code, requestId) => tell.refused({ code, requestId, partner: 'unknown', path: '' }),
    async serve(request, response, listener) {
      metrics.started();
      await serve(request, response, arrivalOf(request, listener), exchange);
      metrics.ended();
    },
    async upgrade(request, socket, head, listener) {
      const arrival = arrivalOf(request, listener);
      try {
        await serveUpgrade(request, socket, head, arrival, { ...exchange, tunnels: passed });
      } catch (error) {
        tell.failure(error, arrival.requestId);
        socket.destroy();
      }
    },
  };

  const listeners = await listenAll(options, server, push === null ? null : pushOnly(server, push), deps.log);
  const stopFollowing = store.onChange((state, previous) => {
    push?.flip(state);
    // What is bound to the environment that partners left is of no more use.
    const before = readEnvironment(previous, recovery.partners);
    if (readEnvironment(state, recovery.partners) === before) return;
    upstreams.get(before)?.retire();
    passed.end(before);
  });

  return {
    addresses: listeners.map(({ address }) => address),
    switching: switching({
      recovery: recovery.partners,
      fence: barrier,
      upstreams,
      tunnels: passed,
      pins: pinned,
      isAnswering: (name) => answeredLately(watch.status(name)),
      prepare: async (to) => push?.prepare(to),
    }),
    push,
    announce: announcer(deps.environments, deps.log),
    environments: () => watch.statuses(),
    partners: () => book.statuses(),
    get fencedBecause() {
      return store.awaitsConfirmation ?? (barrier.isClosed ? 'switch' : null);
    },
    get proposal() {
      return proposalOf(store.current, watch.statuses(), announcing, recovery.partners);
    },
    onEnvironment: (listener) => watch.onChange(listener),
    async close(graceMs) {
      isStopping = true;
      watch.stop();
      stopFollowing();
      await push?.close();
      for (const { stopWatching } of listeners) stopWatching();
      const closed = Promise.all(listeners.map(({ server: http }) => new Promise((done) => http.close(done))));
      open.closeAll();
      const timer = setTimeout(() => {
        for (const { destroyConnections } of listeners) destroyConnections();
      }, graceMs);
      await closed;
      clearTimeout(timer);
      passed.end();
      for (const one of upstreams.values()) one.close();
    },
  };
}

/** A partner's own `X-Request-Id`, where it is one that can stand in a header and in a log; null: it has none. */
function givenRequestId({ rawHeaders }: IncomingMessage): string | null {
  const [given, ...more] = valuesOf(rawHeaders, 'x-request-id');
  return given !== undefined && more.length === 0 && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : null;
}

const LATELY_MS = 10_000;

function answeredLately(status: EnvironmentStatus | null): boolean {
  const at = status?.lastAnswerAt ?? null;
  return status?.health === 'up' && at !== null && Date.now() - Date.parse(at) < LATELY_MS;
}

// Unique over restarts by its beginning, cheap by its end.
function requestIds(): () => string {
  const start = randomBytes(5).toString('hex');
  let count = 0;
  return () => `${start}-${(count++).toString(36)}`;
}

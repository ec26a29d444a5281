import type { IncomingMessage, ServerResponse } from 'node:http';
import pRetry from 'p-retry';
import type { EnvironmentName, ModeState } from '../mode/mode.ts';
import { hybridMode, isEmergencyName } from '../mode/mode.ts';
import type { Classified } from '../orca/catalogue.ts';
import type { Body } from './body.ts';
import { authorizationFor } from './credentials.ts';
import { forward, type Forwarded } from './forward.ts';
import { replyHeaders, requestHeaders } from './headers.ts';
import type { PartnerOptions, RecoveryOptions } from './options.ts';
import type { RefusalCode } from './refusal.ts';
import { route } from './route.ts';
import type { Upstream } from './upstream.ts';

// route ──▶ guard ──▶ gate ──▶ forward ──▶ hybridmode
//   └── each attempt routes anew: a retry after a switch goes where the clinic is now

/** One request that was accepted, recognised, classified and received. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** In the environment's form, with its query. */
  readonly target: string;
  readonly partner: PartnerOptions;
  readonly classified: Classified;
  readonly body: Body;
  readonly peer: string;
  readonly requestId: string;
}

export interface AttemptDeps {
  /** The clinic's mode, as it is at this moment. */
  readonly state: () => ModeState;
  /** Why writes are fenced, at this moment; null where they flow. */
  readonly fencedBecause: () => RefusalCode | null;
  readonly recovery: RecoveryOptions;
  readonly upstreams: ReadonlyMap<EnvironmentName, Upstream>;
  /** On disk before the first write of a partner is forwarded to an emergency environment. */
  readonly markWrote: (environment: EnvironmentName) => void;
  readonly onAnswer: (environment: EnvironmentName, state: ModeState, announced: string | undefined) => void;
  readonly onOutcome: (environment: EnvironmentName, outcome: Forwarded) => void;
  readonly onRetry: (environment: EnvironmentName, why: string) => void;
}

export type Attempted =
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly environment: EnvironmentName | null }
  | { readonly kind: 'answered'; readonly status: number; readonly environment: EnvironmentName }
  | { readonly kind: 'broken'; readonly status: number; readonly environment: EnvironmentName };

type Once =
  | { readonly kind: 'refused'; readonly code: RefusalCode }
  | { readonly kind: 'forwarded'; readonly upstream: Upstream; readonly outcome: Forwarded };

const RETRIES = 2;
const RETRY_STATUS = new Set([502, 503, 504]);

/** Brings the exchange to an environment and its answer back, with the retries that are safe. */
export async function attempt(exchange: Exchange, deps: AttemptDeps): Promise<Attempted> {
  const startedAt = performance.now();
  let left = isRepeatable(exchange) ? RETRIES : 0;
  const mayRetry = (upstream: Upstream): boolean => {
    const { firstByteMs } = upstream.environment.options.deadlines;
    if (left === 0 || exchange.response.destroyed || performance.now() - startedAt >= firstByteMs) return false;
    if (!upstream.retries.withdraw()) return false;
    left -= 1;
    return true;
  };
  const first = await once(exchange, deps, mayRetry);
  if (!wantsRetry(first, exchange, mayRetry)) return concluded(first);
  return concluded(await again(exchange, deps, mayRetry, first));
}

/** Repeats with growing pauses until an attempt needs no more, or may have none. */
function again(
  exchange: Exchange,
  deps: AttemptDeps,
  mayRetry: (upstream: Upstream) => boolean,
  first: Once,
): Promise<Once> {
  let last = first;
  return pRetry(
    async () => {
      if (last.kind === 'forwarded') deps.onRetry(last.upstream.name, describe(last.outcome));
      last = await once(exchange, deps, mayRetry);
      if (wantsRetry(last, exchange, mayRetry)) throw new OnceMore();
      return last;
    },
    {
      retries: RETRIES,
      minTimeout: 50,
      maxTimeout: 500,
      randomize: true,
      shouldRetry: ({ error }) => error instanceof OnceMore,
    },
  );
}

class OnceMore extends Error {}

async function once(exchange: Exchange, deps: AttemptDeps, mayRetry: (upstream: Upstream) => boolean): Promise<Once> {
  const { classified, response } = exchange;
  const isRead = classified.effect === 'read';
  const fenced = isRead ? null : deps.fencedBecause();
  if (fenced !== null) return { kind: 'refused', code: fenced };
  const decision = route(deps.state(), classified.effect, deps.recovery.partners);
  if (decision.kind === 'refuse') return { kind: 'refused', code: decision.code };
  const upstream = deps.upstreams.get(decision.to);
  if (upstream === undefined) return { kind: 'refused', code: 'environment-not-configured' };

  const place = upstream.gate.enter(upstream.environment.options.deadlines.connectMs);
  if (place.passed !== true) {
    response.once('close', place.cancel);
    if (!(await place.passed))
      return { kind: 'refused', code: response.destroyed ? 'partner-gone' : 'environment-busy' };
    response.off('close', place.cancel);
  }
  try {
    return await send(exchange, deps, upstream, mayRetry);
  } finally {
    upstream.gate.leave();
  }
}

async function send(
  exchange: Exchange,
  deps: AttemptDeps,
  upstream: Upstream,
  mayRetry: (upstream: Upstream) => boolean,
): Promise<Once> {
  const { classified, response, request, body, method } = exchange;
  const state = deps.state();
  const isRead = classified.effect === 'read';
  // While this one waited in line, the clinic may have been switched: then it is decided anew.
  const decision = route(state, classified.effect, deps.recovery.partners);
  if (decision.kind === 'forward' && decision.to !== upstream.name) return once(exchange, deps, mayRetry);
  if (!isRead && isEmergencyName(upstream.name)) {
    try {
      deps.markWrote(upstream.name);
    } catch {
      return { kind: 'refused', code: 'state-unwritable' };
    }
  }
  if (isRead) upstream.retries.deposit();
  const { environment } = upstream;
  const headers = requestHeaders(request.rawHeaders, {
    authorization: authorizationFor(exchange.partner, upstream),
    peer: exchange.peer,
    requestId: exchange.requestId,
    plainAnswer: false,
  });
  framing(headers, method, body);
  const outcome = await forward(
    upstream,
    { method, target: exchange.target, headers, isWrite: !isRead },
    body,
    response,
    environment.options.deadlines,
    (answer, status) => {
      deps.onAnswer(upstream.name, state, announcement(answer));
      if (isRead && RETRY_STATUS.has(status) && mayRetry(upstream)) return 'discard';
      const { requestId } = exchange;
      const hybridmode = hybridMode(state.mode, upstream.name);
      const context = { status, method, hybridmode, requestId, origin: environment.origin };
      // An upload that was answered before its end leaves a connection that cannot be used again.
      if (!request.complete) response.shouldKeepAlive = false;
      response.writeHead(status, replyHeaders(answer.rawHeaders, context));
      return 'pass';
    },
  );
  deps.onOutcome(upstream.name, outcome);
  return { kind: 'forwarded', upstream, outcome };
}

// Said once and explicitly: an engine that guesses the framing of a body has smuggled requests.
function framing(headers: string[], method: string, body: Body): void {
  if (body.kind === 'whole') headers.push('Content-Length', String(body.bytes.length));
  else if (body.kind === 'stream' && body.length !== null) headers.push('Content-Length', String(body.length));
  else if (body.kind === 'stream') headers.push('Transfer-Encoding', 'chunked');
  else if (method === 'POST' || method === 'PUT' || method === 'PATCH') headers.push('Content-Length', '0');
}

function announcement(answer: IncomingMessage): string | undefined {
  const value = answer.headers['x-hybridmode'];
  return Array.isArray(value) ? value[0] : value;
}

// A stream can be sent once only.
function isRepeatable({ classified, body }: Exchange): boolean {
  return body.kind !== 'stream' && (classified.effect !== 'read' || classified.retriable);
}

function wantsRetry(last: Once, { classified }: Exchange, mayRetry: (upstream: Upstream) => boolean): boolean {
  if (last.kind === 'refused') return false;
  const { outcome, upstream } = last;
  // The budget was asked when the head was discarded.
  if (outcome.kind === 'discarded') return true;
  if (outcome.kind !== 'failed' || outcome.fault === 'partner-gone' || outcome.fault === 'bad-target') return false;
  // A write is repeated only where no byte of it can have arrived.
  if (outcome.mayHaveArrived && classified.effect !== 'read') return false;
  return mayRetry(upstream);
}

function concluded(last: Once): Attempted {
  if (last.kind === 'refused') return { ...last, environment: null };
  const { outcome, upstream } = last;
  const environment = upstream.name;
  switch (outcome.kind) {
    case 'passed':
      return { kind: 'answered', status: outcome.status, environment };
    case 'broken':
      return { kind: 'broken', status: outcome.status, environment };
    case 'failed':
      return { kind: 'refused', code: outcome.fault, environment };
    case 'discarded':
      return { kind: 'refused', code: 'environment-reset', environment };
  }
}

function describe(outcome: Forwarded): string {
  return outcome.kind === 'failed'
    ? outcome.fault
    : outcome.kind === 'discarded'
      ? `status ${outcome.status}`
      : outcome.kind;
}

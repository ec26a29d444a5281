import type { IncomingMessage, ServerResponse } from 'node:http';
import { hybridMode, type EnvironmentName } from '../mode/mode.ts';
import { classify } from '../orca/catalogue.ts';
import type { Effect } from '../orca/effect.ts';
import { normalise } from '../orca/path.ts';
import { valuesOf } from './headers.ts';
import { attempt, type AttemptDeps, type Attempted } from './attempt.ts';
import { receiveBody, type Body } from './body.ts';
import type { Answered } from './metrics.ts';
import type { PartnerOptions, RequestLimits } from './options.ts';
import type { PartnerBook } from './partners.ts';
import { plainAddress, type PartnerIndex } from './partner.ts';
import { answerListing } from './push/listing-answer.ts';
import type { PushHub } from './push/push.ts';
import type { RefusalCode } from './refusal.ts';
import { refuse } from './reply.ts';
import { examine, type AcceptableRequest } from './request.ts';
import { readEnvironment } from './route.ts';

// request ──▶ partner ──▶ classify ──▶ body ──▶ attempt (route ▸ guard ▸ forward ▸ hybridmode) ──▶ reply
//   4xx        401                     400/413     502/503/504

export interface ExchangeDeps extends AttemptDeps {
  readonly push: PushHub | null;
  readonly limits: RequestLimits;
  readonly partners: PartnerIndex;
  /** Whether the partner may send another request now (`limits.requestsPerSecond`). */
  readonly mayAsk: PartnerBook['asked'];
  readonly isStopping: () => boolean;
  readonly onRefused: (refused: Refused) => void;
  readonly onAnswered: (served: Served) => void;
  readonly onFailure: (error: unknown, requestId: string) => void;
}

/** A request and what was answered. */
export interface Served extends Answered {
  /** Where the gateway made the answer itself. */
  readonly code: RefusalCode | null;
  readonly requestId: string;
  readonly method: string;
  /** Without its query: patients' numbers stand there. */
  readonly path: string;
}

export interface Refused {
  readonly code: RefusalCode;
  readonly partner: string;
  /** The path without its query: patients' numbers stand there. */
  readonly path: string;
  readonly requestId: string;
}

/** What the listener knows of a request beside its bytes. */
export interface Arrival {
  /** The partner that the listening port names. */
  readonly listener: string | null;
  /** Common name of a client certificate that the listener verified. */
  readonly certificate: string | null;
  /** Ours: no two requests have the same. */
  readonly id: string;
  /** What headers and logs call it: the partner's own, where it sent one. */
  readonly requestId: string;
}

interface Told {
  partner: PartnerOptions | null;
  effect: Effect | 'unknown';
  body: Body | null;
}

/** Serves one request from its head to the end of its answer. Never throws; always answers or ends the connection. */
export async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  arrival: Arrival,
  deps: ExchangeDeps,
): Promise<void> {
  const startedAt = performance.now();
  const told: Told = { partner: null, effect: 'unknown', body: null };
  let attempted: Attempted;
  try {
    attempted = await decide(request, response, arrival, deps, told);
  } catch (error) {
    deps.onFailure(error, arrival.requestId);
    attempted = { kind: 'refused', code: 'internal-error', environment: null };
  }
  const status = attempted.kind === 'refused' ? answerRefusal(attempted.code, attempted.environment) : attempted.status;
  const { partner, effect } = told;
  const seconds = (performance.now() - startedAt) / 1000;
  deps.onAnswered({
    partner: partner?.name ?? 'unknown',
    effect,
    environment: attempted.environment,
    status,
    seconds,
    code: attempted.kind === 'refused' ? attempted.code : null,
    requestId: arrival.requestId,
    method: request.method ?? '',
    path: pathOf(request),
  });
  await whenAnswered(response);
  // A refused upload was taken by nobody: what is left of it is dropped.
  if (told.body?.kind === 'stream') told.body.stream.destroy();

  function answerRefusal(code: RefusalCode, environment: EnvironmentName | null): number {
    const [path = '', query] = (request.url ?? '').split('?', 2);
    deps.onRefused({ code, partner: partnerName(), path, requestId: arrival.requestId });
    const state = deps.state();
    return refuse(request, response, {
      code,
      hybridmode: hybridMode(state.mode, environment ?? readEnvironment(state, deps.recovery.partners)),
      requestId: arrival.requestId,
      asked: {
        path,
        query: query === undefined ? '' : `?${query}`,
        contentType: request.headers['content-type'],
        body: bodyHead(told.body),
      },
      asApiResult: told.partner?.refusals === 'api-result',
      closes: CLOSING.has(code),
    });
  }
  function partnerName(): string {
    return told.partner?.name ?? 'unknown';
  }
}

// After these the connection's framing cannot be trusted, or nobody waits at its end.
const CLOSING: ReadonlySet<RefusalCode> = new Set([
  'http-version',
  'bad-host',
  'bad-target',
  'bad-framing',
  'unknown-coding',
  'length-required',
  'method-not-allowed',
  'too-many-headers',
  'too-many-connections',
  'expectation-failed',
  'body-too-large',
  'request-timeout',
  'partner-broke-off',
  'internal-error',
  'shutting-down',
]);

async function decide(
  request: IncomingMessage,
  response: ServerResponse,
  arrival: Arrival,
  deps: ExchangeDeps,
  told: Told,
): Promise<Attempted> {
  if (deps.isStopping()) return refused('shutting-down');
  const { method = '', url = '', httpVersion, rawHeaders } = request;
  const examined = examine({ method, target: url, httpVersion, rawHeaders }, deps.limits);
  if (examined.kind === 'unacceptable') return refused(examined.fault);

  const peer = plainAddress(request.socket.remoteAddress ?? '');
  const { listener, certificate } = arrival;
  const recognition = deps.partners.recognise({
    authorization: valuesOf(rawHeaders, 'authorization'),
    certificate,
    address: peer,
    listener,
  });
  if (recognition.kind === 'unknown') return refused('unknown-partner');
  const { partner } = recognition;
  told.partner = partner;
  const excess = deps.mayAsk(partner, request.socket);
  if (excess !== null) return refused(excess);

  const arrivedUnder = readEnvironment(deps.state(), deps.recovery.partners);
  const path = normalise(examined.path);
  const guess = classify(asked(examined, path, request));
  told.effect = guess.effect;
  const body = await receive(request, response, examined, deps.limits);
  if (body.kind === 'fault') return refused(body.fault);
  told.body = body;
  const classified = guess.needsBody
    ? classify({ ...asked(examined, path, request), body: bodyHead(body) ?? NO_BODY })
    : guess;
  told.effect = classified.effect;

  const target = path + examined.query;
  const { id, requestId } = arrival;
  const expected = valuesOf(rawHeaders, 'x-hybridmode');
  const message = { request, response, method, target, body };
  const exchange = { ...message, partner, classified, peer, id, requestId, expected, arrivedUnder };
  return (await answerListing(exchange, deps)) ?? attempt(exchange, deps);
}

const NO_BODY = Buffer.alloc(0);

function receive(
  request: IncomingMessage,
  response: ServerResponse,
  examined: AcceptableRequest,
  limits: RequestLimits,
) {
  // RFC 9110 10.1.1: no 100 to an HTTP/1.0 client, and none where nothing follows.
  const isWaiting =
    request.headers.expect !== undefined && request.httpVersion === '1.1' && examined.framing.kind !== 'none';
  if (isWaiting) response.writeContinue();
  return receiveBody(request, examined.framing, limits);
}

function asked(examined: AcceptableRequest, path: string, request: IncomingMessage): Parameters<typeof classify>[0] {
  return {
    method: examined.method,
    path,
    query: examined.query,
    contentType: request.headers['content-type'],
    contentEncoding: request.headers['content-encoding'],
  };
}

function bodyHead(body: Body | null): Buffer | null {
  switch (body?.kind) {
    case 'whole':
      return body.bytes;
    case 'stream':
      return body.head;
    default:
      return null;
  }
}

function refused(code: RefusalCode): Attempted {
  return { kind: 'refused', code, environment: null };
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

/** Resolves when the answer has left this process, or its connection has gone. */
function whenAnswered(response: ServerResponse): Promise<void> | void {
  if (response.writableFinished || response.destroyed || response.closed) return;
  return new Promise((resolve) => {
    response.once('finish', resolve).once('close', resolve);
  });
}

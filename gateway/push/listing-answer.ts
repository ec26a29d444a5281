import { hybridMode, type ModeState } from '../../mode/mode.ts';
import type { Attempted } from '../attempt.ts';
import { authorizationFor } from '../credentials.ts';
import { bodyBytes } from '../follow.ts';
import type { RecoveryOptions } from '../options.ts';
import type { Exchange } from '../passage.ts';
import { readEnvironment } from '../route.ts';
import type { Upstream } from '../upstream.ts';
import type { PushHub } from './push.ts';

export interface ListingDeps {
  readonly push: PushHub | null;
  readonly state: () => ModeState;
  readonly recovery: RecoveryOptions;
  readonly upstreams: ReadonlyMap<Upstream['name'], Upstream>;
}

/** Answers pusheventgetv2 for an environment that does not offer it; null: the request goes on to the environment. */
export async function answerListing(exchange: Exchange, deps: ListingDeps): Promise<Attempted | null> {
  const { classified, method, partner, request, response, body, expected, requestId } = exchange;
  if (deps.push === null || classified.call !== 'pusheventgetv2' || method !== 'POST') return null;
  const state = deps.state();
  const environment = readEnvironment(state, deps.recovery.partners);
  const upstream = deps.upstreams.get(environment);
  if (upstream === undefined) return null;
  const hybridmode = hybridMode(state.mode, environment);
  if (!expected.every((value) => value.trim().toLowerCase() === hybridmode))
    return { kind: 'refused', code: 'mode-precondition', environment };
  const given = authorizationFor(partner, upstream);
  const authorization = given !== null && typeof given === 'object' ? (request.headers.authorization ?? null) : given;
  const text = await deps.push.answerPushEvents(environment, partner, authorization, bodyBytes(body));
  if (text === null) return null;
  const answer = Buffer.from(text);
  response.writeHead(200, [
    'Content-Type',
    'application/json; charset=UTF-8',
    'Content-Length',
    String(answer.length),
    'X-Hybridmode',
    hybridmode,
    'X-Request-Id',
    requestId,
    'Server',
    'hybrid-gateway',
  ]);
  response.end(answer);
  return { kind: 'answered', status: 200, environment };
}

import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { hybridMode, isEmergencyName, type EnvironmentName, type ModeState } from '../mode/mode.ts';
import { normalise } from '../orca/path.ts';
import { authorizationFor } from './credentials.ts';
import { type Arrival, type Refused } from './exchange.ts';
import { handshake, type Handshake } from './handshake.ts';
import { replyHeaders, requestHeaders, valuesOf } from './headers.ts';
import type { RequestLimits } from './options.ts';
import type { PartnerBook } from './partners.ts';
import { plainAddress, type PartnerIndex } from './partner.ts';
import type { PushHub } from './push/push.ts';
import type { RefusalCode } from './refusal.ts';
import { linger, refuse } from './reply.ts';
import { examine } from './request.ts';
import { readEnvironment, route } from './route.ts';
import type { OnceDeps } from './passage.ts';
import type { Tunnels } from './tunnels.ts';
import type { Upstream } from './upstream.ts';

// handshake ──▶ request ──▶ partner ──▶ route ──▶ the environment's handshake ──▶ tunnel
//                4xx         401        503        502/504, or its refusal relayed

export interface UpgradeDeps extends Pick<
  OnceDeps,
  'state' | 'refusesWrites' | 'recovery' | 'upstreams' | 'markWrote' | 'fence'
> {
  readonly limits: RequestLimits;
  readonly partners: PartnerIndex;
  readonly mayAsk: PartnerBook['asked'];
  readonly tunnels: Tunnels;
  readonly onRefused: (refused: Refused) => void;
  /** null: push is passed through like any other WebSocket. */
  readonly push: PushHub | null;
}

/** Is this a handshake to be tunnelled? Everything else with an `Upgrade` field is an ordinary request (RFC 9110 7.8). */
export function isWebSocketHandshake(request: IncomingMessage): boolean {
  const { headers, method, httpVersion } = request;
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return method === 'GET' && httpVersion === '1.1' && headers.upgrade?.toLowerCase() === 'websocket' && !hasBody;
}

/** Serves one WebSocket handshake: passed through byte for byte, or refused. Owns `socket` until its tunnel does. */
export async function serveUpgrade(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  arrival: Arrival,
  deps: UpgradeDeps,
): Promise<void> {
  const response = detachedResponse(request, socket);
  const [path = '', query] = (request.url ?? '').split('?', 2);
  let partnerName = 'unknown';
  const refuseWith = (code: RefusalCode, environment: EnvironmentName | null): void => {
    deps.onRefused({ code, partner: partnerName, path, requestId: arrival.requestId });
    const state = deps.state();
    const hybridmode = hybridMode(state.mode, environment ?? readEnvironment(state, deps.recovery.partners));
    const asked = { path, query: query === undefined ? '' : `?${query}`, contentType: undefined, body: null };
    refuse(request, response, {
      code,
      hybridmode,
      requestId: arrival.requestId,
      asked,
      asApiResult: false,
      closes: true,
    });
  };

  const { method = '', url = '', httpVersion, rawHeaders } = request;
  const examined = examine({ method, target: url, httpVersion, rawHeaders }, deps.limits);
  if (examined.kind === 'unacceptable') return refuseWith(examined.fault, null);
  if (request.headers['sec-websocket-key'] === undefined) return refuseWith('bad-handshake', null);
  const peer = plainAddress(socket.remoteAddress ?? '');
  const { listener, certificate, requestId } = arrival;
  const recognition = deps.partners.recognise({
    authorization: valuesOf(rawHeaders, 'authorization'),
    certificate,
    address: peer,
    listener,
  });
  if (recognition.kind === 'unknown') return refuseWith('unknown-partner', null);
  const { partner } = recognition;
  partnerName = partner.name;
  const excess = deps.mayAsk(partner, socket);
  if (excess !== null) return refuseWith(excess, null);

  if (deps.push?.isPushPath(examined.path)) {
    response.detachSocket(socket);
    const { mode } = deps.state();
    return deps.push.accept(request, socket, head, partner, {
      address: peer,
      requestId,
      hybridmode: hybridMode(mode, readEnvironment(deps.state(), deps.recovery.partners)),
      refuse() {
        response.assignSocket(socket);
        refuseWith('bad-handshake', null);
      },
    });
  }
  // Nothing tells what will go through it: where writes may not go, a tunnel may not either.
  if (deps.fence.isClosed) return refuseWith('switch-in-progress', null);
  const state = deps.state();
  const decision = route(state, 'write', deps.recovery.partners);
  if (decision.kind === 'refuse') return refuseWith(decision.code, null);
  const upstream = deps.upstreams.get(decision.to);
  if (upstream === undefined) return refuseWith('environment-not-configured', decision.to);
  const refusal = deps.refusesWrites(decision.to);
  if (refusal !== null) return refuseWith(refusal, decision.to);
  if (isEmergencyName(upstream.name)) {
    try {
      deps.markWrote(upstream.name);
    } catch {
      return refuseWith('state-unwritable', upstream.name);
    }
  }
  const headers = requestHeaders(rawHeaders, {
    authorization: authorizationFor(partner, upstream),
    peer,
    requestId,
    plainAnswer: false,
  });
  headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
  const target = normalise(examined.path) + examined.query;
  const outcome = await handshake(upstream, target, headers, request, socket);
  conclude(outcome, { response, socket, head, state, upstream, requestId, deps, refuseWith });
}

interface Conclusion {
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly head: Buffer;
  readonly state: ModeState;
  readonly upstream: Upstream;
  readonly requestId: string;
  readonly deps: UpgradeDeps;
  readonly refuseWith: (code: RefusalCode, environment: EnvironmentName) => void;
}

function conclude(outcome: Handshake, at: Conclusion): void {
  const { response, socket, state, upstream, requestId } = at;
  if (outcome.kind === 'failed') return at.refuseWith(outcome.fault, upstream.name);
  const { answer } = outcome;
  // The clinic was switched while this one shook hands: the tunnel would lead where partners are no more.
  if (at.deps.state().epoch !== state.epoch && outcome.kind === 'switched') {
    outcome.socket.destroy();
    return at.refuseWith('switch-in-progress', upstream.name);
  }
  const status = answer.statusCode ?? 0;
  const hybridmode = hybridMode(state.mode, upstream.name);
  const { origin } = upstream.environment;
  const headers = replyHeaders(answer.rawHeaders, { status, method: 'GET', hybridmode, requestId, origin });
  if (outcome.kind === 'switched') {
    response.detachSocket(socket);
    headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
    socket.write(headOf('HTTP/1.1 101 Switching Protocols', headers), 'latin1');
    socket.write(outcome.head);
    outcome.socket.write(Buffer.concat([at.head, outcome.early]));
    return at.deps.tunnels.open({ partner: socket, environment: outcome.socket, name: upstream.name });
  }
  // RFC 9110 15.6.1 and below: anything that is no final answer is the environment's mistake, not the partner's.
  if (status < 200 || status > 599) {
    answer.destroy();
    return at.refuseWith('bad-answer', upstream.name);
  }
  answer.on('error', () => socket.resetAndDestroy());
  response.on('close', () => answer.destroy());
  response.writeHead(status, [...headers, 'Connection', 'close']);
  answer.pipe(response);
}

function headOf(line: string, headers: readonly string[]): string {
  let head = `${line}\r\n`;
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${head}\r\n`;
}

/** node:http has let go of the socket: an answer is written through a response of our own, and ends the connection. */
function detachedResponse(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => {
    response.detachSocket(socket);
    socket.end();
    linger(socket);
  });
  return response;
}

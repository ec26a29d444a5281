import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Api, Happening } from './api/call.ts';
import { receive } from './arrivals.ts';
import { operatorOf } from './basic.ts';
import { streamBytes } from './bytes.ts';
import { carryOut } from './carry.ts';
import { localTime } from './clock.ts';
import { bodyOf, Struck, type Exchange, type Ground } from './exchange.ts';
import { KeepingFailed } from './keeper.ts';
import { destination, type Destination } from './route.ts';
import { strike } from './strike.ts';
import {
  apiAnswer,
  BAD_GATEWAY,
  headersOf,
  methodNotAllowed,
  NOT_FOUND,
  noSuchApi,
  UNAUTHORIZED,
  writeHead,
  type WireAnswer,
} from './wire.ts';

// arrival ──▶ fault? ──▶ operator? ──▶ route ──▶ call ──▶ fault? ──▶ answer
//                          401          404 405
export async function serve(ground: Ground, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  const operator = operatorOf(request.headers.authorization, ground.operators);
  const arrival = ground.arrivals.begin(request, { operator, certificate: certificateName(request) }, ground.now());
  const query = new URLSearchParams(search);
  const isContinued = request.headers.expect === undefined;
  const exchange: Exchange = { ground, request, response, arrival, path, query, isContinued };
  try {
    const { shown } = await strike(exchange, 'arrival', null);
    const answer = shown ?? (operator === null ? UNAUTHORIZED : await keptAnswerOf(exchange, operator));
    if (answer === 'answered') return;
    await deliver(exchange, answer);
  } catch (error) {
    if (!(error instanceof Struck)) {
      request.socket.destroy();
      throw error;
    }
  }
}

/** The front end goes on where the application behind it has lost its data. */
async function keptAnswerOf(exchange: Exchange, operator: string): Promise<WireAnswer | 'answered'> {
  try {
    return await answerOf(exchange, operator);
  } catch (error) {
    if (error instanceof KeepingFailed) return BAD_GATEWAY;
    throw error;
  }
}

async function answerOf(exchange: Exchange, operator: string): Promise<WireAnswer | 'answered'> {
  const { ground, request, path } = exchange;
  const { hybridmode, isHybridOffered } = ground.conditions;
  const around = { flavour: ground.flavour, bare: ground.bare, isHybridOffered };
  const to: Destination = destination(request.method ?? '', path, around);
  switch (to.kind) {
    case 'api':
      return callAnswer(exchange, operator, to.api);
    case 'hybrid':
      return ground.hybrid(exchange, to.path);
    case 'bytes':
      return streamBytes(exchange);
    case 'no-such-api':
      return noSuchApi(hybridmode);
    case 'not-found':
      return NOT_FOUND;
    case 'wrong-method':
      return methodNotAllowed(to.allowed);
  }
}

async function callAnswer(exchange: Exchange, operator: string, api: Api): Promise<WireAnswer> {
  const { ground, request, query, arrival } = exchange;
  const body = await bodyOf(exchange);
  const { clinic, conditions } = ground;
  const happenings: Happening[] = [];
  const at = localTime(new Date(ground.now().getTime() + conditions.clockSkewMs));
  const call = {
    clinic,
    conditions,
    operator,
    at,
    announce: (happening: Happening) => void happenings.push(happening),
  };
  const contentType = request.headers['content-type'] ?? '';
  const sent = { body, query, contentType };
  const numbering = api.draws ? 'draws' : 'uses';
  const carried = await ground.keeper.carryOut(() => carryOut(api, sent, call, ground.isPadded), numbering);
  if (carried === null) {
    request.socket.destroy();
    throw new Struck();
  }
  for (const happening of happenings) ground.pusher.publish(happening, operator);
  arrival.apiResult = carried.apiResult;
  return apiAnswer(carried.form, carried.text, conditions.hybridmode);
}

async function deliver(exchange: Exchange, answer: WireAnswer): Promise<void> {
  const { ground, request, response, arrival } = exchange;
  const { shown, isTruncated } = await strike(exchange, 'answer', answer);
  const written = shown ?? answer;
  arrival.status = written.status;
  // A body that was not asked for may or may not follow: only a new connection is sure where a request begins.
  if (!exchange.isContinued || request.httpVersion === '1.0') response.shouldKeepAlive = false;
  const framing = { httpVersion: request.httpVersion, isKept: response.shouldKeepAlive };
  writeHead(response, written.status, headersOf(written, ground.flavour, framing, ground.now()));
  if (isTruncated) {
    response.write(written.body.subarray(0, Math.floor(written.body.length / 2)), () => request.socket.destroySoon());
    return;
  }
  response.end(request.method === 'HEAD' ? undefined : written.body);
  if (arrival.sha256 === null) await receive(request, arrival, () => undefined);
}

function certificateName(request: IncomingMessage): string | null {
  if (!(request.socket instanceof TLSSocket)) return null;
  const name: unknown = request.socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : null;
}

import type { IncomingMessage } from 'node:http';
import { hybridMode, type ModeState } from '../mode/mode.ts';
import { peekField } from '../orca/peek.ts';
import { resultKind } from '../orca/result.ts';
import type { Body } from './body.ts';
import { authorizationFor } from './credentials.ts';
import { bodyBytes } from './follow.ts';
import { forward, type Forwarding } from './forward.ts';
import { replyHeaders, requestHeaders, valueOf } from './headers.ts';
import type { Exchange, OnceDeps } from './passage.ts';
import { closeGently } from './reply.ts';
import type { Treatment } from './treatment.ts';
import type { Upstream } from './upstream.ts';

const RETRY_STATUS = new Set([502, 503, 504]);

export interface Sending extends Forwarding {
  /** The `Api_Result` of the answer, once it went by; null where it has none. */
  apiResult(): string | null;
}

/** Puts the exchange into the environment's words, sends it, and puts the answer into the gateway's. */
export function send(
  exchange: Exchange,
  treatment: Treatment,
  upstream: Upstream,
  state: ModeState,
  deps: OnceDeps,
  mayRetry: (upstream: Upstream) => boolean,
): Sending {
  const { classified, response, request, body, method, requestId } = exchange;
  const isRead = classified.effect === 'read';
  const { environment, name } = upstream;
  const isLookedAt = treatment.isCounted || treatment.issues !== null;
  const headers = requestHeaders(request.rawHeaders, {
    authorization: authorizationFor(exchange.partner, upstream),
    peer: exchange.peer,
    requestId,
    plainAnswer: isLookedAt,
  });
  framing(headers, method, body);
  let look: Look | null = null;
  const forwarding = forward(
    upstream,
    { method, target: exchange.target, headers, isWrite: !isRead },
    body,
    response,
    environment.options.deadlines,
    (answer, status) => {
      deps.onAnswer(name, state, valueOf(answer.rawHeaders, 'x-hybridmode'));
      if (isRead && RETRY_STATUS.has(status) && mayRetry(upstream)) return 'discard';
      if (isLookedAt) look = lookAt(answer);
      const hybridmode = hybridMode(state.mode, name);
      const context = { status, method, hybridmode, requestId, origin: environment.origin };
      const fields = replyHeaders(answer.rawHeaders, context);
      return () => {
        // An upload that was answered before its end leaves a connection that cannot be used again.
        if (!request.complete) closeGently(request, response, fields);
        response.writeHead(status, fields);
      };
    },
  );
  const outcome = forwarding.outcome.then((done) => {
    deps.onOutcome(name, done);
    if (look !== null && done.kind !== 'failed') pinWhatItIssued(look, exchange, treatment, upstream, deps);
    if (done.kind === 'passed' && isOver(exchange, treatment, look)) endConversation(exchange, deps);
    return done;
  });
  return { ...forwarding, outcome, apiResult: () => look?.field('Api_Result') ?? null };
}

interface Look {
  field(name: 'Api_Result' | 'Orca_Uid' | 'Data_Id'): string | null;
}

const LOOK_BYTES = 64 * 1024;

// The answer goes by and is not held; its first part is remembered for what it says of itself.
function lookAt(answer: IncomingMessage): Look {
  const chunks: Buffer[] = [];
  let size = 0;
  answer.on('data', (chunk: Buffer) => {
    if (size >= LOOK_BYTES) return;
    chunks.push(chunk);
    size += chunk.length;
  });
  return { field: (name) => peekField(Buffer.concat(chunks).subarray(0, LOOK_BYTES), name) };
}

function pinWhatItIssued(
  look: Look,
  { classified, partner }: Exchange,
  { issues }: Treatment,
  { name }: Upstream,
  { pins }: OnceDeps,
): void {
  if (issues === null) return;
  const id = look.field(issues);
  if (id === null) return;
  pins.pin(issues, id, name);
  if (issues === 'Orca_Uid' && classified.effect === 'session') pins.began(id, partner.name, name);
}

// 99 gives the lock back; a registering step that succeeds does so too.
function isOver({ classified }: Exchange, { follows }: Treatment, look: Look | null): boolean {
  if (follows === 'Orca_Uid') return true;
  if (classified.step !== 'registering') return false;
  const kind = resultKind(look?.field('Api_Result') ?? '');
  return kind === 'ok' || kind === 'warning';
}

function endConversation({ body }: Exchange, { pins }: OnceDeps): void {
  const bytes = bodyBytes(body);
  const id = bytes === null ? null : peekField(bytes, 'Orca_Uid');
  if (id !== null) pins.ended(id);
}

// Said once and explicitly: an engine that guesses the framing of a body has smuggled requests.
function framing(headers: string[], method: string, body: Body): void {
  if (body.kind === 'whole') headers.push('Content-Length', String(body.bytes.length));
  else if (body.kind === 'stream' && body.length !== null) headers.push('Content-Length', String(body.length));
  else if (body.kind === 'stream') headers.push('Transfer-Encoding', 'chunked');
  else if (method === 'POST' || method === 'PUT' || method === 'PATCH') headers.push('Content-Length', '0');
}

import { createHash } from 'node:crypto';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { faultOf, type ForwardFault } from './fault.ts';
import type { Upstream } from './upstream.ts';

/** An environment that is silent on a handshake must not hold a partner for as long as one that computes. */
const HANDSHAKE_MS = 10_000;
const EARLY_BYTES = 64 * 1024;

/** How the environment answered a WebSocket handshake. */
export type Handshake =
  | {
      readonly kind: 'switched';
      readonly answer: IncomingMessage;
      readonly socket: Socket;
      readonly head: Buffer;
      /** What the partner sent before it was answered. */
      readonly early: Buffer;
    }
  | { readonly kind: 'answered'; readonly answer: IncomingMessage }
  | { readonly kind: 'failed'; readonly fault: ForwardFault };

/** Asks the environment; ends within connect + handshake deadlines, and at once when the partner leaves. */
export function handshake(
  upstream: Upstream,
  target: string,
  headers: string[],
  request: IncomingMessage,
  partner: Socket,
): Promise<Handshake> {
  const { promise, resolve } = Promise.withResolvers<Handshake>();
  const { connectMs, firstByteMs } = upstream.environment.options.deadlines;
  const out: ClientRequest = upstream.openTunnel(target, headers);
  let isConnected = false;
  let expired: ForwardFault | null = null;
  const early: Buffer[] = [];
  let size = 0;
  const expire = (fault: ForwardFault): void => {
    expired = fault;
    out.destroy();
  };
  let timer = setTimeout(() => expire('connect-timeout'), connectMs);
  const onGone = (): void => expire('partner-gone');
  const settle = (outcome: Handshake): void => {
    clearTimeout(timer);
    partner.off('close', onGone).off('end', onGone).off('data', onEarly).pause();
    resolve(outcome);
  };
  const onEarly = (chunk: Buffer): void => {
    early.push(chunk);
    size += chunk.length;
    if (size > EARLY_BYTES) partner.pause();
  };
  // The end of a partner that leaves is only seen by somebody who reads.
  partner.on('close', onGone).on('end', onGone).on('data', onEarly);
  out.on('socket', (socket) =>
    socket.once(upstream.environment.tls === null ? 'connect' : 'secureConnect', () => {
      isConnected = true;
      clearTimeout(timer);
      timer = setTimeout(() => expire('first-byte-timeout'), Math.min(firstByteMs, HANDSHAKE_MS));
    }),
  );
  out.on('error', (error) => settle({ kind: 'failed', fault: expired ?? faultOf(error, isConnected) }));
  out.on('close', () => settle({ kind: 'failed', fault: expired ?? faultOf(null, isConnected) }));
  out.on('upgrade', (answer, socket: Socket, head) => {
    socket.on('error', () => socket.destroy());
    if (isAccepted(answer, request))
      return settle({ kind: 'switched', answer, socket, head, early: Buffer.concat(early) });
    socket.destroy();
    settle({ kind: 'failed', fault: 'bad-answer' });
  });
  out.on('response', (answer) => settle({ kind: 'answered', answer }));
  out.end();
  return promise;
}

// RFC 6455 4.2.2: the accept value proves that the environment speaks WebSocket and answered this very handshake.
function isAccepted(answer: IncomingMessage, request: IncomingMessage): boolean {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return answer.headers.upgrade?.toLowerCase() === 'websocket' && answer.headers['sec-websocket-accept'] === accept;
}

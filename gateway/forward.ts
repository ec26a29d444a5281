import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Body } from './body.ts';
import { faultOf, type ForwardFault } from './fault.ts';
import { passOn } from './pass-on.ts';
import type { Upstream, UpstreamRequest } from './upstream.ts';

export type { ForwardFault } from './fault.ts';

// request ──▶ socket ──▶ connected ──▶ sent ──▶ head ──▶ body ──▶ end
//        failed, not sent ──┘          failed, sent ──┘        └── broken: the partner's connection is broken off too

export type Forwarded =
  /** The answer went through whole. */
  | { readonly kind: 'passed'; readonly status: number; readonly upstreamMs: number }
  /** A part of the answer went through; nothing can be said to the partner any more, its connection is gone. */
  | {
      readonly kind: 'broken';
      readonly status: number;
      readonly fault: ForwardFault;
      /** The environment's answer had come whole; only the partner did not get it. */
      readonly isWhole: boolean;
    }
  /** The head was not wanted (a retry follows); nothing reached the partner. */
  | { readonly kind: 'discarded'; readonly status: number }
  /** No answer. `mayHaveArrived` is false only where no byte of the request can have left. */
  | {
      readonly kind: 'failed';
      readonly fault: ForwardFault;
      readonly mayHaveArrived: boolean;
      readonly detail: string;
    };

export interface ForwardDeadlines {
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
}

/** How long a partner may leave an answer unread. */
const STALLED_MS = 30_000;

/** A request on its way. */
export interface Forwarding {
  readonly outcome: Promise<Forwarded>;
  /** Whether the environment may have got a byte of it by now. */
  mayHaveArrived(): boolean;
  /** Ends it now, in the name of `fault`. */
  cut(fault: ForwardFault): void;
}

/**
 * Decides on the head of the answer: not wanted, or how it is written to the partner. It is written only when the first
 * byte behind it is there: until then an environment that hangs or breaks off can still be answered for.
 */
export type OnHead = (answer: IncomingMessage, status: number) => 'discard' | (() => void);

/**
 * Sends one request to one environment, once, and its answer to the partner. Never retries, never throws; every
 * deadline ends it. All that it needs of the engine (node:http) is in this file and in `upstream`.
 */
export function forward(
  upstream: Upstream,
  request: UpstreamRequest,
  body: Body,
  reply: ServerResponse,
  deadlines: ForwardDeadlines,
  onHead: OnHead,
): Forwarding {
  const { promise, resolve } = Promise.withResolvers<Forwarded>();
  const startedAt = performance.now();
  let out: ClientRequest;
  let mayHaveArrived = false;
  let expired: ForwardFault | null = null;
  let timer: NodeJS.Timeout | undefined;
  let passing: { readonly status: number; readonly answer: IncomingMessage } | null = null;

  let isHeadWritten = false;

  const settle = (outcome: Forwarded): void => {
    clearTimeout(timer);
    reply.off('close', onPartnerGone);
    resolve(outcome);
  };
  const expire = (fault: ForwardFault, afterMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      expired = fault;
      out.destroy();
    }, afterMs);
  };
  const fail = (error: Error | null): void => {
    const told = expired ?? faultOf(error, mayHaveArrived);
    // TLS 1.3 tells of a refused client certificate after the handshake, on a connection of which nothing was read. On a
    // connection that has served before, the same alert proves nothing.
    const fault = told === 'certificate-refused' && out.reusedSocket ? 'environment-reset' : told;
    settle({
      kind: 'failed',
      fault,
      mayHaveArrived: mayHaveArrived && fault !== 'certificate-refused',
      detail: error?.message ?? fault,
    });
  };
  function onConnected(): void {
    mayHaveArrived = true;
    expire('first-byte-timeout', deadlines.firstByteMs);
  }
  function onPartnerGone(): void {
    if (reply.writableFinished) return;
    cut('partner-gone');
  }
  function cut(fault: ForwardFault): void {
    expired ??= fault;
    if (passing !== null) breakOff(null);
    out.destroy();
  }
  // After its head the answer can only be broken off; before, there is still something to say to the partner.
  function breakOff(error: Error | null): void {
    if (passing === null) return;
    const fault = expired ?? faultOf(error, true);
    if (!isHeadWritten) {
      settle({ kind: 'failed', fault, mayHaveArrived: true, detail: error?.message ?? fault });
      return;
    }
    reply.destroy();
    settle({ kind: 'broken', status: passing.status, fault, isWhole: passing.answer.complete });
  }
  const forwarding: Forwarding = { outcome: promise, mayHaveArrived: () => mayHaveArrived, cut };

  try {
    out = upstream.open(request);
  } catch (error) {
    // The engine refuses what it cannot write as HTTP; nothing was sent.
    const detail = error instanceof Error ? error.message : String(error);
    resolve({ kind: 'failed', fault: 'bad-target', mayHaveArrived: false, detail });
    return { ...forwarding, cut: () => undefined };
  }
  reply.on('close', onPartnerGone);
  out.on('socket', (socket: Socket) => {
    if (!isConnecting(socket, out.reusedSocket)) {
      onConnected();
      return;
    }
    expire('connect-timeout', deadlines.connectMs);
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', onConnected);
  });
  out.on('error', fail);
  out.on('close', () => fail(null));
  out.on('upgrade', (_answer, socket) => {
    // 101 to a request that asked for nothing of the kind.
    expired = 'bad-answer';
    socket.destroy();
    out.destroy();
  });
  out.on('response', (answer) => {
    const status = answer.statusCode ?? 0;
    // To the head: how long the rest takes is as much the partner's doing, by how fast it reads.
    const upstreamMs = performance.now() - startedAt;
    out.off('error', fail).on('error', () => undefined);
    out.removeAllListeners('close');
    if (status < 200 || status > 599) {
      answer.destroy();
      return settle({ kind: 'failed', fault: 'bad-answer', mayHaveArrived, detail: `status ${status}` });
    }
    const writeHead = onHead(answer, status);
    if (writeHead === 'discard') {
      answer.destroy();
      return settle({ kind: 'discarded', status });
    }
    passing = { status, answer };
    expire('idle-timeout', deadlines.idleMs);
    answer.on('error', breakOff);
    reply.on('finish', () => settle({ kind: 'passed', status, upstreamMs }));
    passOn(answer, reply, {
      onFirst() {
        isHeadWritten = true;
        writeHead();
      },
      onProgress: () => timer?.refresh(),
      // While the partner takes nothing the environment is not to blame: it is the partner that is timed.
      onStalled: () => expire('partner-stalled', STALLED_MS),
      onFlowing: () => expire('idle-timeout', deadlines.idleMs),
    });
    // Left unfinished, the request would make the connection useless for the next one: an early answer ends it.
    if (!out.writableEnded) out.shouldKeepAlive = false;
  });

  send(out, body, () => timer?.refresh());
  return forwarding;
}

function send(out: ClientRequest, body: Body, onProgress: () => void): void {
  switch (body.kind) {
    case 'none':
      out.end();
      return;
    case 'whole':
      out.end(body.bytes);
      return;
    case 'stream':
      body.stream.on('data', onProgress);
      // The partner broke off: what the environment has of the body must never look complete. Said before `pipeline` ends
      // the request without a reason, which would be put down to the environment.
      body.stream.on('error', (error) => out.destroy(error));
      pipeline(body.stream, out, () => undefined);
  }
}

// A socket from the pool has been connected before; a fresh one still has TCP, and TLS, before it.
function isConnecting(socket: Socket, isReused: boolean): boolean {
  return !isReused && (socket.connecting || (socket instanceof TLSSocket && !socket.getProtocol()));
}

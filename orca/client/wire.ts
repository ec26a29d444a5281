import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Environment } from '../environment.ts';
import type { Deadlines } from '../options.ts';
import { ExchangeFailed, faultOf, type Fault } from './fault.ts';
import { piecesOf } from './pieces.ts';

// request ──▶ connected ──▶ sent ──▶ head ──▶ pieces ──▶ end
//      connect deadline   first byte       idle deadline

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
  /** A write never takes a connection that has been idle for long. */
  readonly isWrite: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read to its end, or discarded. Throws ExchangeFailed where it breaks off. */
  readonly pieces: AsyncIterable<Buffer>;
  discard(): void;
}

/** The connections to one environment. */
export interface Wire {
  readonly environment: Environment;
  /** Sends one request, once. @throws ExchangeFailed */
  send(request: WireRequest): Promise<WireAnswer>;
  close(): void;
}

/** How long an idle connection may be used again: a write must not meet one that the other side is just closing. */
const IDLE_FOR_WRITES_MS = 1000;
const IDLE_FOR_READS_MS = 15_000;

export function openWire(environment: Environment): Wire {
  const reads = agent(environment, IDLE_FOR_READS_MS);
  const writes = agent(environment, IDLE_FOR_WRITES_MS);
  const open = environment.tls === null ? httpRequest : httpsRequest;
  return {
    environment,
    send(request) {
      return exchange(request, environment.options.deadlines, () =>
        open({
          agent: request.isWrite ? writes : reads,
          hostname: environment.hostname,
          port: environment.port,
          method: request.method,
          path: request.target,
          setHost: false,
          headers: {
            Host: environment.host,
            ...(environment.authorization !== null && { Authorization: environment.authorization }),
            ...request.headers,
            ...(request.body && { 'Content-Length': String(request.body.length) }),
          },
        }),
      );
    },
    close() {
      reads.destroy();
      writes.destroy();
    },
  };
}

/** The whole body, if it is not larger. @throws ExchangeFailed */
export async function bodyOf(answer: WireAnswer, mostBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer.pieces) {
    bytes += piece.length;
    if (bytes > mostBytes) {
      answer.discard();
      throw new ExchangeFailed('too-large', true, { status: answer.status, message: `more than ${mostBytes} bytes` });
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function exchange({ body, signal }: WireRequest, deadlines: Deadlines, open: () => ClientRequest): Promise<WireAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<WireAnswer>();
  if (signal?.aborted) return Promise.reject(new ExchangeFailed('aborted', false, { cause: signal.reason }));
  let out: ClientRequest;
  try {
    out = open();
  } catch (error) {
    return Promise.reject(new ExchangeFailed('request', false, { cause: error }));
  }
  let mayHaveArrived = false;
  let hasHead = false;
  let ended: Fault | null = null;
  let timer: NodeJS.Timeout | undefined;

  function end(fault: Fault): void {
    ended ??= fault;
    out.destroy();
  }
  function expire(fault: Fault, afterMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => end(fault), afterMs);
  }
  const onAbort = (): void => end('aborted');
  function letGo(): void {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
  function failure(error: unknown): ExchangeFailed {
    const fault = ended ?? faultOf(error, mayHaveArrived);
    // TLS 1.3 tells of a refused client certificate after the handshake; what was sent by then is never read.
    const wasNeverRead = fault === 'certificate' || fault === 'tls';
    return new ExchangeFailed(fault, mayHaveArrived && !wasNeverRead, { cause: error });
  }
  async function* timed(pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    try {
      expire('idle-timeout', deadlines.idleMs);
      for await (const piece of pieces) {
        // While the caller works on it, the environment is not to blame.
        clearTimeout(timer);
        yield piece;
        expire('idle-timeout', deadlines.idleMs);
      }
    } catch (error) {
      throw error instanceof ExchangeFailed ? error : failure(error);
    } finally {
      letGo();
    }
  }

  signal?.addEventListener('abort', onAbort, { once: true });
  const onConnected = (): void => {
    mayHaveArrived = true;
    expire('first-byte-timeout', deadlines.firstByteMs);
  };
  out.on('socket', (socket: Socket) => {
    if (!isConnecting(socket, out.reusedSocket)) return onConnected();
    expire('connect-timeout', deadlines.connectMs);
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', onConnected);
  });
  // Counted again from the end of the request: a large part may take its time on a slow line.
  out.on('finish', () => {
    if (mayHaveArrived && !hasHead && ended === null) expire('first-byte-timeout', deadlines.firstByteMs);
  });
  const fail = (error: unknown): void => {
    if (!hasHead) letGo();
    reject(failure(error));
  };
  out.on('error', fail);
  out.on('close', () => fail(null));
  out.on('upgrade', (_answer, socket) => {
    // 101 to a request that asked for nothing of the kind.
    ended ??= 'answer';
    socket.destroy();
  });
  out.on('response', (answer) => {
    hasHead = true;
    clearTimeout(timer);
    resolve({
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      pieces: timed(piecesOf(answer)),
      discard() {
        letGo();
        answer.on('error', () => undefined).destroy();
      },
    });
  });
  out.end(body);
  return promise;
}

function agent({ tls }: Environment, timeout: number): HttpAgent {
  const options = { keepAlive: true, maxFreeSockets: 16, scheduling: 'lifo', timeout } as const;
  return tls === null ? new HttpAgent(options) : new HttpsAgent({ ...options, ...tls, ALPNProtocols: ['http/1.1'] });
}

// A socket from the pool has been connected before; a fresh one still has TCP, and TLS, before it.
function isConnecting(socket: Socket, isReused: boolean): boolean {
  return !isReused && (socket.connecting || (socket instanceof TLSSocket && !socket.getProtocol()));
}

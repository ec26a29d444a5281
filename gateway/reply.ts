import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { writeApiResult, writeRefusal, type Asked } from './form.ts';
import { refusalOf, type RefusalCode } from './refusal.ts';

export interface RefusalContext {
  readonly code: RefusalCode;
  readonly hybridmode: string;
  readonly requestId: string;
  readonly asked: Asked;
  /** As HTTP 200 with an `Api_Result`, for clients that read nothing else. */
  readonly asApiResult: boolean;
  /** The connection cannot be used any further. */
  readonly closes: boolean;
}

const ALLOW = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** Answers in the gateway's own name. Nothing of an environment is in it: no header, no address, no credentials. */
export function refuse(request: IncomingMessage, response: ServerResponse, context: RefusalContext): number {
  const { code } = context;
  const refusal = refusalOf(code);
  const asApiResult = context.asApiResult && code !== 'unknown-partner';
  const written = asApiResult
    ? writeApiResult(code, refusal, context.asked)
    : writeRefusal(code, refusal, context.asked);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return written.status;
  }
  const headers = ['Content-Type', written.contentType];
  if (code === 'unknown-partner') headers.push('Www-Authenticate', 'basic realm=Restricted');
  if (code === 'method-not-allowed') headers.push('Allow', ALLOW);
  if (refusal.retryAfterSeconds !== null && !asApiResult)
    headers.push('Retry-After', String(refusal.retryAfterSeconds));
  headers.push('X-Hybridmode', context.hybridmode, 'X-Hybrid-Error', code, 'X-Request-Id', context.requestId);
  headers.push('Server', 'hybrid-gateway', 'Content-Length', String(written.body.length));
  // The rest of a body that nobody wants is not read: the connection ends with this answer.
  if (context.closes || !request.complete) closeGently(request, response, headers);
  response.writeHead(written.status, headers);
  response.end(request.method === 'HEAD' ? undefined : written.body);
  return written.status;
}

/** The same where there is no request to answer: bytes that are not HTTP. Ends the connection. */
export function refuseRaw(socket: Socket, code: RefusalCode, hybridmode: string, requestId: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = refusalOf(code);
  const asked = { path: '', query: '', contentType: undefined, body: null };
  const { status, contentType, body } = writeRefusal(code, refusal, asked);
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}`,
    `Content-Type: ${contentType}`,
    `X-Hybridmode: ${hybridmode}`,
    `X-Hybrid-Error: ${code}`,
    `X-Request-Id: ${requestId}`,
    'Server: hybrid-gateway',
    `Date: ${new Date().toUTCString()}`,
    `Content-Length: ${body.length}`,
    'Connection: close',
  ].join('\r\n');
  socket.end(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]), () => linger(socket));
}

/**
 * The connection ends with this answer. Whoever is still sending a body may read only when it is through with that:
 * what comes is read and dropped for a moment, for a reset would overtake the answer.
 * @param headers gets the field that says so
 */
export function closeGently(request: IncomingMessage, response: ServerResponse, headers: string[]): void {
  const { socket } = request;
  response.shouldKeepAlive = false;
  headers.push('Connection', 'close');
  if (request.complete) return;
  // What node:http calls after the last answer of a connection.
  socket.destroySoon = () => {
    socket.end();
    request.resume();
    linger(socket);
  };
}

const LINGER_MS = 500;

/**
 * A connection closed with unread bytes is reset, and a reset can overtake the answer: what still arrives is read and
 * dropped for a moment.
 */
export function linger(socket: Socket): void {
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  426: 'Upgrade Required',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};

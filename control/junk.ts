import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Problem } from './problem.ts';
import { SECURITY_HEADERS } from './security.ts';

/** Bytes that are no request: each gets a refusal of its own, and the connection ends behind it. */
export function answerJunk(server: Server): void {
  const underway = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    underway.set(request.socket, { request, response });
    response.once('close', () => underway.delete(request.socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const current = underway.get(socket);
    if (current === undefined) return refuse(socket, error.code);
    const { request, response } = current;
    if (response.headersSent) return void socket.destroy();
    // Behind a whole request: that one was understood, and its answer is the caller's; the junk's refusal comes after.
    if (request.complete) return void response.once('finish', () => refuse(socket, error.code));
    refuse(socket, error.code);
  });
}

function refuse(socket: Duplex, code: string | undefined): void {
  if (!socket.writable) return void socket.destroy();
  const problem = problemOf(code);
  const body = JSON.stringify(problem);
  const head = {
    ...SECURITY_HEADERS,
    Connection: 'close',
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Request-Id': randomUUID(),
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} Refused\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
}

function problemOf(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('HEADERS_TOO_LARGE', {
        ja: 'ヘッダーが大きすぎます。',
        en: 'The header fields are too large; shorten them.',
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('REQUEST_TIMEOUT', {
        ja: '要求が時間内に届きませんでした。もう一度お試しください。',
        en: 'The request did not arrive in time; send it again.',
      });
    default:
      return new Problem('BAD_REQUEST', {
        ja: '要求の形式が正しくありません。',
        en: 'These bytes are no well-formed HTTP request.',
      });
  }
}

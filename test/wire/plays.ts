import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { valuesOf } from './framing.ts';
import type { UpstreamRequest } from './upstream.ts';

/** What everything without a script is answered: it names the request that it answers. */
export function ordinaryAnswer(request: UpstreamRequest): string {
  const { method, target } = request.head;
  const body = `${request.environment} ${method} ${target.slice(0, 200)}\n`;
  const token = request.token === null ? '' : `X-Answers: ${request.token}\r\n`;
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${token}Content-Length: ${body.length}\r\n\r\n`;
  return method === 'HEAD' ? head : head + body;
}

/** A correct 101, with more fields. */
export function acceptance(request: UpstreamRequest, fields: string): string {
  const key = valuesOf(request.head.fields, 'sec-websocket-key')[0] ?? '';
  const accept = acceptFor(key);
  return (
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${accept}\r\n${fields}\r\n`
  );
}

/** `Sec-WebSocket-Accept` for a key (RFC 6455 4.2.2). */
export function acceptFor(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** Waits so long, or until the socket is gone. */
export async function pause(ms: number, socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      socket.off('close', done);
      resolve();
    }
    socket.once('close', done);
  });
}

export async function dribble(socket: Socket, bytes: Buffer, everyMs: number): Promise<void> {
  for (let at = 0; at < bytes.length && socket.writable; at++) {
    socket.write(bytes.subarray(at, at + 1));
    await pause(everyMs, socket);
  }
}

/** Filler, as fast as it is taken. */
export async function flood(socket: Socket, count: number): Promise<void> {
  const block = Buffer.alloc(64 * 1024, 'f');
  for (let left = count; left > 0 && socket.writable; left -= block.length) {
    if (!socket.write(block.subarray(0, Math.min(left, block.length)))) await drained(socket);
  }
}

async function drained(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.once('drain', done);
    socket.once('close', done);
  });
}

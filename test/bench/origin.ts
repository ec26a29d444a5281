import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { GET_BYTES, PATHS, POST_ANSWER_BYTES, TRANSFER_BYTES } from './calls.ts';
import { echoFrames } from './frames.ts';

// The environment behind every proxy, as cheap as it can be made in Node: bytes made beforehand, written to bare sockets.
// It reads what well-behaved proxies send (a whole head, Content-Length) and nothing else.
//
//   node origin.ts PORT

const HEAD = 'HTTP/1.1 200 OK\r\nServer: origin\r\nX-Hybridmode: normal\r\nDate: Mon, 01 Jun 2026 00:00:00 GMT\r\n';
const GET_ANSWER = answer('application/json; charset=UTF-8', GET_BYTES);
const POST_ANSWER = answer('application/xml; charset=UTF-8', POST_ANSWER_BYTES);
const UPLOAD_ANSWER = answer('application/json; charset=UTF-8', 16);
const PIECE = Buffer.alloc(256 * 1024, 'x');
const END_OF_HEAD = Buffer.from('\r\n\r\n');

function answer(type: string, bytes: number): Buffer {
  return Buffer.from(`${HEAD}Content-Type: ${type}\r\nContent-Length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`);
}

function serve(socket: Socket): void {
  let held: Buffer | null = null;
  let bodyLeft = 0;
  let after: Buffer = GET_ANSWER;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', onData);

  function onData(chunk: Buffer): void {
    if (bodyLeft > 0) return onBody(chunk);
    const bytes = held === null ? chunk : Buffer.concat([held, chunk]);
    const end = bytes.indexOf(END_OF_HEAD);
    held = end < 0 ? bytes : null;
    if (end < 0) return;
    const body = bytes.subarray(end + 4);
    // G: the small answer is on its way before anything else is looked at.
    if (bytes[0] === 0x47 && bytes[5] === 0x61) {
      socket.write(GET_ANSWER);
      return;
    }
    onHead(bytes.toString('latin1', 0, end + 2), body);
  }

  function onHead(head: string, body: Buffer): void {
    const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'));
    if (path === PATHS.download) return download(socket);
    if (path === PATHS.echo) return upgrade(socket, head, onData);
    after = path === PATHS.upload ? UPLOAD_ANSWER : POST_ANSWER;
    bodyLeft = Number(/\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(bodyLeft)) {
      socket.end('HTTP/1.1 411 Length Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    if (bodyLeft === 0) socket.write(after);
    else if (body.length > 0) onBody(body);
  }

  function onBody(chunk: Buffer): void {
    bodyLeft -= chunk.length;
    if (bodyLeft <= 0) socket.write(after);
  }
}

function download(socket: Socket): void {
  let left = TRANSFER_BYTES;
  const more = (): void => {
    while (left > 0) {
      const piece = left >= PIECE.length ? PIECE : PIECE.subarray(0, left);
      left -= piece.length;
      if (!socket.write(piece)) {
        socket.once('drain', more);
        return;
      }
    }
  };
  socket.write(`${HEAD}Content-Type: application/octet-stream\r\nContent-Length: ${TRANSFER_BYTES}\r\n\r\n`);
  more();
}

function upgrade(socket: Socket, head: string, onData: (chunk: Buffer) => void): void {
  const key = /\r\nsec-websocket-key: *([^\r]+)\r\n/i.exec(head)?.[1] ?? '';
  // RFC 6455 4.2.2: the key with this name behind it, digested.
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.off('data', onData);
  socket.on('data', echoFrames(socket));
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
}

const server = createServer({ highWaterMark: 256 * 1024 }, serve);
server.listen({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 1024 }, () => console.log('ready'));

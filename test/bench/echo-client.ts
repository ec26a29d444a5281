import { connect, type Socket } from 'node:net';
import { basic, MESSAGE_BYTES, PARTNER, PATHS } from './calls.ts';
import { clientFrame } from './frames.ts';
import { percentile } from './statistics.ts';

// Sends a message over each connection, and the next one when its echo has come; tells how many and how long they took.
//
//   node echo-client.ts PORT CONNECTIONS SECONDS     →   {"messages":…,"seconds":…,"p50Ms":…,"p99Ms":…} or {"refused":…}

const [port = 0, connections = 1, seconds = 1] = process.argv.slice(2).map(Number);
const FRAME = clientFrame(Buffer.alloc(MESSAGE_BYTES, 'm'));
const ECHO_BYTES = MESSAGE_BYTES + 2;
const CONNECT_WITHIN_MS = 5000;

const tooks: number[] = [];
const sockets = await openAll();
const startedAt = performance.now();
for (const socket of sockets) converse(socket);
setTimeout(() => {
  const took = (performance.now() - startedAt) / 1000;
  if (tooks.length === 0) throw new Error('no message came back');
  end({ messages: tooks.length, seconds: took, p50Ms: percentile(tooks, 0.5), p99Ms: percentile(tooks, 0.99) });
}, seconds * 1000);

function end(said: object): never {
  console.log(JSON.stringify(said));
  process.exit(0);
}

async function openAll(): Promise<Socket[]> {
  const opened: Socket[] = [];
  for (let i = 0; i < connections; i += 1) opened.push(await open());
  return opened;
}

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const timer = setTimeout(() => end({ refused: 'no answer to the handshake' }), CONNECT_WITHIN_MS);
    let head = '';
    const onData = (bytes: Buffer): void => {
      head += bytes.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      clearTimeout(timer);
      socket.off('data', onData);
      if (!head.startsWith('HTTP/1.1 101')) end({ refused: head.slice(9, head.indexOf('\r\n')) });
      socket.off('close', onRefused).on('close', onLost);
      resolve(socket);
    };
    socket.on('error', reject);
    socket.on('close', onRefused);
    socket.on('data', onData);
    socket.write(
      `GET ${PATHS.echo} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Authorization: ${basic(PARTNER)}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16, 'k').toString('base64')}\r\n\r\n`,
    );
  });
}

function onRefused(): never {
  end({ refused: 'the connection was closed' });
}

function onLost(): never {
  throw new Error('a connection was closed in the middle of it');
}

function converse(socket: Socket): void {
  let missing = ECHO_BYTES;
  let sentAt = performance.now();
  socket.on('data', (bytes: Buffer) => {
    missing -= bytes.length;
    if (missing > 0) return;
    const now = performance.now();
    tooks.push(now - sentAt);
    missing = ECHO_BYTES;
    sentAt = now;
    socket.write(FRAME);
  });
  socket.write(FRAME);
}

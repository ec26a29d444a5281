import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AUTHORIZATION, startStressed } from './gateway.ts';

// Partners that leave in the middle, by FIN and by RST: while they wait, while they upload, while they download.
// Afterwards no socket is left on either side, and the heap is back where it was.

type Moment = 'waiting' | 'uploading' | 'downloading';
const MOMENTS: readonly Moment[] = ['waiting', 'uploading', 'downloading'];

/** An environment that answers nothing to /wait, takes uploads slowly and sends downloads without an end. */
function environment(): Server {
  const piece = Buffer.alloc(64 * 1024, 'x');
  return createServer((request, response) => {
    request.on('error', () => undefined);
    if (request.url?.endsWith('/downloading')) {
      response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
    } else if (request.url?.endsWith('/plain')) response.end('ok');
    else request.resume();
  });
}

function head(moment: Moment): string {
  const common = `Host: gw.test\r\nAuthorization: ${AUTHORIZATION}\r\n`;
  return moment === 'uploading'
    ? `POST /api/orca06/uploading HTTP/1.1\r\n${common}Content-Length: 100000000\r\n\r\n${'x'.repeat(4096)}`
    : `GET /api/x/${moment} HTTP/1.1\r\n${common}\r\n`;
}

function abort(port: number, moment: Moment, how: 'FIN' | 'RST', afterMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket: Socket = connect(port, '127.0.0.1', () => socket.write(head(moment)));
  socket.on('error', () => undefined).on('close', () => resolve());
  const leave = (): void => void (how === 'RST' ? socket.resetAndDestroy() : socket.end().destroy());
  if (moment === 'downloading') socket.once('data', () => setTimeout(leave, afterMs));
  setTimeout(leave, afterMs + (moment === 'downloading' ? 2000 : 0)).unref();
  return promise;
}

async function run(count: number): Promise<boolean> {
  const server = environment();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gateway = await startStressed((server.address() as AddressInfo).port);
  const plain = (): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway.port}/api/x/plain`, {
      headers: { authorization: AUTHORIZATION, connection: 'close' },
    });
  const round = async (size: number): Promise<void> => {
    const aborts = Array.from({ length: size }, (_, index) => {
      const moment = MOMENTS[index % 3] ?? 'waiting';
      return abort(gateway.port, moment, index % 2 === 0 ? 'FIN' : 'RST', 5 + (index % 40));
    });
    await Promise.all(aborts);
  };
  // Warm: what is compiled and allocated once is not a leak.
  await round(300);
  await wait(1500);
  const before = await gateway.measure();
  const startedAt = performance.now();
  for (let done = 0; done < count; done += 100) {
    await round(Math.min(100, count - done));
    if (done % 1000 === 0) process.stderr.write(`${done} of ${count}\r`);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await wait(2000);
  const status = (await plain()).status;
  await wait(200);
  const after = await gateway.measure();
  const left = await new Promise<number>((resolve) => server.getConnections((_error, open) => resolve(open)));
  const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
  console.log(`${count} aborts in ${seconds.toFixed(1)} s; the next request: ${status}`);
  console.log(
    `sockets of the gateway: ${before.sockets} before, ${after.sockets} after; connections at the environment: ${left}`,
  );
  console.log(
    `heap after a collection: ${mib(before.heap)} MiB before, ${mib(after.heap)} MiB after; rss ${mib(before.rss)} → ${mib(after.rss)} MiB`,
  );
  await gateway.stop();
  server.closeAllConnections();
  server.close();
  return (
    status === 200 && after.sockets <= before.sockets + 1 && left <= 2 && after.heap < before.heap + 8 * 1024 * 1024
  );
}

const { values } = parseArgs({ options: { count: { type: 'string', default: '10000' } } });
process.exitCode = (await run(Number(values.count))) ? 0 : 1;

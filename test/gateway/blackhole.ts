import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** A port that answers no connection attempt: it listens, but its backlog is full and nobody accepts. */
export interface Blackhole {
  readonly url: URL;
  close(): Promise<void>;
}

// The thread that listens is asleep for ever: no connection is taken from the backlog.
const LISTENER = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;
const SURELY_TAKEN_MS = 100;

export async function blackhole(): Promise<Blackhole> {
  const worker = new Worker(LISTENER, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const fillers: Socket[] = [];
  // Each one that is taken fills the backlog by one; the first that hangs is the sign that it is full.
  for (let isFull = false; !isFull;) {
    const socket = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
    fillers.push(socket);
    isFull = await Promise.race([
      once(socket, 'connect').then(() => false),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(true), SURELY_TAKEN_MS)),
    ]);
  }
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    async close() {
      for (const socket of fillers) socket.destroy();
      await worker.terminate();
    },
  };
}

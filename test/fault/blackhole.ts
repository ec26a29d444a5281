import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** A port that answers no connection attempt: it listens, but its backlog is full and nobody accepts. */
export interface Blackhole {
  close(): Promise<void>;
}

// The thread that listens is asleep for ever: no connection is taken from the backlog.
const LISTENER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: workerData, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage('listens');
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;
const SURELY_TAKEN_MS = 100;

export async function blackholeAt(port: number): Promise<Blackhole> {
  const worker = new Worker(LISTENER, { eval: true, workerData: port });
  await once(worker, 'message');
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
    async close() {
      for (const socket of fillers) socket.destroy();
      await worker.terminate();
    },
  };
}

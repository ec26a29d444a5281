import { fork } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { basic, READ, WRITE } from '../gateway/ask.ts';
import { Backend, type Script } from '../support/backend.ts';
import { EMR } from '../support/gateway.ts';

export const MiB = 1024 * 1024;

export interface Flow {
  readonly direction: 'up' | 'down';
  readonly bytes: number;
  readonly seconds: number;
  /** Resident memory of the gateway's process at its highest while this flowed, in bytes. */
  readonly peak: number;
}

/** Lets so much flow through a gateway in a process of its own, up and then down, after a smaller round to warm it up. */
export async function flow(bytes: number, warmUpBytes: number): Promise<{ warm: number; flows: Flow[] }> {
  const environment = await Backend.start({ script: serve });
  const child = fork(fileURLToPath(new URL('flow-child.ts', import.meta.url)), [environment.url.href]);
  try {
    const port = await answer(child, 'port');
    const peak = (): Promise<number> => {
      child.send('peak');
      return answer(child, 'peak');
    };
    await up(port, warmUpBytes);
    await down(port, warmUpBytes);
    const warm = await peak();
    const flows: Flow[] = [];
    for (const direction of ['up', 'down'] as const) {
      const startedAt = performance.now();
      const moved = direction === 'up' ? await up(port, bytes) : await down(port, bytes);
      if (moved !== bytes) throw new Error(`${moved} of ${bytes} bytes went ${direction}`);
      flows.push({ direction, bytes, seconds: (performance.now() - startedAt) / 1000, peak: await peak() });
    }
    return { warm, flows };
  } finally {
    const ended = once(child, 'exit');
    child.send('close');
    await ended;
    await environment.close();
  }
}

const HEADERS = { Authorization: basic(EMR) };
const PIECE = Buffer.alloc(64 * 1024, 'hybrid gateway ');

/** What goes up is counted; what goes down is as much as the query says. */
const serve: Script = async (seen, response) => {
  if (seen.method === 'POST') {
    const counter = new Counter();
    await pipeline(seen.request, counter);
    response.end(String(counter.bytes));
    return;
  }
  const bytes = Number(new URL(seen.url, 'http://x').searchParams.get('bytes'));
  response.writeHead(200, { 'Content-Length': String(bytes) });
  await pipeline(pieces(bytes), response);
};

async function up(port: number, bytes: number): Promise<number> {
  const headers = { ...HEADERS, 'Content-Length': String(bytes) };
  const out = request({ host: '127.0.0.1', port, method: 'POST', path: WRITE, headers });
  const answered = once(out, 'response');
  await pipeline(pieces(bytes), out);
  const [reply]: Readable[] = await answered;
  const chunks: Buffer[] = [];
  for await (const chunk of reply!) chunks.push(chunk);
  return Number(Buffer.concat(chunks).toString());
}

async function down(port: number, bytes: number): Promise<number> {
  const out = request({ host: '127.0.0.1', port, path: `${READ}&bytes=${bytes}`, headers: HEADERS }).end();
  const [reply]: Readable[] = await once(out, 'response');
  const counter = new Counter();
  await pipeline(reply!, counter);
  return counter.bytes;
}

function pieces(bytes: number): Readable {
  let left = bytes;
  return new Readable({
    read() {
      if (left === 0) return void this.push(null);
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
      left -= piece.length;
      this.push(piece);
    },
  });
}

class Counter extends Writable {
  bytes = 0;
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.bytes += chunk.length;
    done();
  }
}

async function answer(child: ReturnType<typeof fork>, what: 'port' | 'peak'): Promise<number> {
  const [message]: unknown[] = await once(child, 'message');
  if (typeof message === 'object' && message !== null && what in message) {
    const value: unknown = Reflect.get(message, what);
    if (typeof value === 'number') return value;
  }
  throw new Error(`expected the ${what} of the gateway, got ${JSON.stringify(message)}`);
}

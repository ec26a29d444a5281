import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { nowMs } from './clock.ts';
import { isAboutVersions, VERSIONS } from './versions.ts';

// A bare environment in a process of its own, so that it can be stopped and killed: it writes down every write that came
// whole, before it answers, and says in each answer who it is.
//
//   node environment.ts NAME PORT RECORDS

const [name, port, records] = process.argv.slice(2);
if (name === undefined || port === undefined || records === undefined)
  throw new TypeError('usage: node environment.ts NAME PORT RECORDS');

/** Where the unique id of a write stands in its body. */
const ID = /<Test_Id[^>]*>([\w-]+)</;

function note(line: object): void {
  appendFileSync(records!, `${JSON.stringify(line)}\n`);
}

function answer(response: ServerResponse, text: string, type = 'application/json'): void {
  response.writeHead(200, {
    'Content-Type': `${type}; charset=UTF-8`,
    'Content-Length': Buffer.byteLength(text),
    // A stand-alone WebORCA always says so.
    'X-Hybridmode': 'normal',
  });
  response.end(text);
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams: asked } = new URL(request.url ?? '/', 'http://environment');
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('error', () => undefined);
  request.on('close', () => {
    if (!request.complete) note({ id: idOf(chunks), at: nowMs(), isWhole: false });
  });
  request.on('end', () => {
    const delayMs = Number(asked.get('delay') ?? 0);
    if (delayMs > 0) setTimeout(finish, delayMs);
    else finish();
  });
  function finish(): void {
    const id = idOf(chunks);
    if (request.method === 'POST') note({ id, at: nowMs(), isWhole: true });
    if (isAboutVersions(pathname)) return answer(response, VERSIONS, 'application/xml');
    const text = JSON.stringify({ environment: name, id });
    switch (asked.get('answer')) {
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'half':
        response.writeHead(200, { 'Content-Length': Buffer.byteLength(text) + 100 });
        response.write(text, () => request.socket.destroy());
        return;
      default:
        answer(response, text);
    }
  }
}

function idOf(chunks: readonly Buffer[]): string | null {
  return ID.exec(Buffer.concat(chunks).toString('latin1', 0, 4096))?.[1] ?? null;
}

const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, serve);
server.listen({ host: '127.0.0.1', port: Number(port), backlog: 1024 }, () => console.log('ready'));

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EMR } from '../support/gateway.ts';
import { basic, READ, WRITE } from './ask.ts';
import { closeAll, single } from './clinic.ts';
import { RawPartner } from './raw.ts';

const AUTH = `Host: clinic\r\nAuthorization: ${basic(EMR)}\r\n`;
const MiB = 1024 * 1024;
const SENT = 100 * MiB;
/** What the sockets of two loopback connections may hold by themselves (tcp_wmem and tcp_rmem, twice), with room. */
const HELD = 40 * MiB;

/** A body of zeros that counts what was taken of it. */
function zeros(bytes: number): Readable & { taken: number } {
  const piece = Buffer.alloc(64 * 1024);
  const source = Object.assign(
    new Readable({
      read() {
        if (source.taken >= bytes) return void this.push(null);
        source.taken += piece.length;
        this.push(piece);
      },
    }),
    { taken: 0 },
  );
  return source;
}

/** Resolves with a count once it has stood still for a while. */
async function still(count: () => number): Promise<number> {
  for (let last = -1; ;) {
    const now = count();
    if (now === last) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

describe('backpressure', () => {
  afterEach(closeAll);

  it('a partner that stops reading stops the environment’s sending, and loses nothing when it reads on', async () => {
    const { environment, port } = await single();
    const source = zeros(SENT);
    environment.script = (_seen, response) => {
      response.writeHead(200, { 'Content-Length': String(SENT) });
      return pipeline(source, response);
    };
    const partner = await RawPartner.connect(port);
    let received = 0;
    partner.socket.removeAllListeners('data').pause();
    partner.send(`GET ${READ} HTTP/1.1\r\n${AUTH}\r\n`);
    await environment.arrival(1);
    const sent = await still(() => source.taken);
    assert.ok(sent > 0 && sent < HELD, `${sent / MiB} MiB were sent to a partner that reads nothing`);
    partner.socket.on('data', (bytes) => (received += bytes.length)).resume();
    for (;;) {
      await once(partner.socket, 'data');
      if (received >= SENT) break;
    }
    assert.equal(source.taken, SENT);
    partner.socket.destroy();
  });

  it('an environment that stops reading stops the partner’s sending, and gets everything when it reads on', async () => {
    const { environment, port } = await single();
    const { promise: mayRead, resolve: readOn } = Promise.withResolvers<void>();
    let arrived = 0;
    environment.script = async (seen, response) => {
      await mayRead;
      const count = new Writable({ write: (chunk: Buffer, _encoding, done) => ((arrived += chunk.length), done()) });
      await pipeline(seen.request, count);
      response.end('all here');
    };
    const partner = await RawPartner.connect(port);
    partner.send(`POST ${WRITE} HTTP/1.1\r\n${AUTH}Content-Length: ${SENT}\r\n\r\n`);
    const source = zeros(SENT);
    source.pipe(partner.socket, { end: false });
    await environment.arrival(1);
    const sent = await still(() => source.taken);
    assert.ok(sent > 0 && sent < HELD, `${sent / MiB} MiB were taken for an environment that reads nothing`);
    readOn();
    await partner.until('all here');
    assert.equal(arrived, SENT);
    partner.socket.destroy();
  });
});

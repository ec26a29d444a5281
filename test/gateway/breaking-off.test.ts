import assert from 'node:assert/strict';
import { once } from 'node:events';
import { ordinarily, silently } from '../support/backend.ts';
import { EMR } from '../support/gateway.ts';
import { ask, basic, READ, WRITE } from './ask.ts';
import { closeAll, single } from './clinic.ts';
import { RawPartner } from './raw.ts';

const AUTH = `Host: clinic\r\nAuthorization: ${basic(EMR)}\r\n`;
const BYES: [string, (partner: RawPartner) => unknown][] = [
  ['ends its connection (FIN)', ({ socket }) => socket.end()],
  ['resets its connection (RST)', ({ socket }) => socket.resetAndDestroy()],
];

describe('a partner that', () => {
  afterEach(closeAll);

  for (const [name, leave] of BYES) {
    it(`${name} while it waits ends the request at the environment, and frees its place`, async () => {
      const { environment, port, gateway, metric } = await single({ concurrency: 1 });
      environment.next(silently);
      const partner = await RawPartner.connect(port);
      partner.send(`GET ${READ} HTTP/1.1\r\n${AUTH}\r\n`);
      const seen = await environment.arrival(1);
      await leave(partner);
      await seen.closed;
      assert.equal((await ask(port)).status, 200);
      assert.equal(gateway.environments()[0]!.inFlight, 0);
      assert.equal(await metric('hybrid_gateway_refusals_total', { code: 'partner-gone' }), 1);
    });

    it(`${name} in the middle of an answer ends it at the environment, and frees its place`, async () => {
      const { environment, port, gateway } = await single({ concurrency: 1 });
      environment.next((_seen, response) => response.write('the beginning'));
      const partner = await RawPartner.connect(port);
      partner.send(`GET ${READ} HTTP/1.1\r\n${AUTH}\r\n`);
      await partner.until('the beginning');
      await leave(partner);
      await environment.requests[0]!.closed;
      assert.equal((await ask(port)).status, 200);
      assert.equal(gateway.environments()[0]!.inFlight, 0);
    });

    it(`${name} in the middle of a small body is never forwarded`, async () => {
      const { environment, port } = await single();
      const partner = await RawPartner.connect(port);
      partner.send(`POST ${WRITE} HTTP/1.1\r\n${AUTH}Content-Length: 10\r\n\r\nhalf`);
      await ask(port);
      await leave(partner);
      await partner.ended();
      assert.equal((await ask(port)).status, 200);
      assert.deepEqual(environment.requests.map(({ method }) => method), ['GET', 'GET']);
    });

    it(`${name} in the middle of a large body never has it completed at the environment`, async () => {
      const { environment, port, gateway } = await single({ concurrency: 1 }, { limits: { bufferedBytes: 1000 } });
      let isWhole: boolean | null = null;
      environment.next(async (seen) => {
        isWhole = await seen.body().then(
          () => true,
          () => false,
        );
      });
      const partner = await RawPartner.connect(port);
      partner.send(`POST ${WRITE} HTTP/1.1\r\n${AUTH}Transfer-Encoding: chunked\r\n\r\n7d0\r\n${'x'.repeat(2000)}\r\n`);
      const seen = await environment.arrival(1);
      await leave(partner);
      await seen.closed;
      assert.equal((await ask(port)).status, 200);
      assert.equal(isWhole, false);
      assert.equal(gateway.environments()[0]!.inFlight, 0);
    });
  }

  it('sends a body beyond the limit in chunks is refused, and the environment never gets it whole', async () => {
    const { environment, port } = await single({}, { limits: { bufferedBytes: 1000, bodyBytes: 5000 } });
    let isWhole = false;
    environment.script = async (seen) => {
      await seen.body();
      isWhole = true;
    };
    const partner = await RawPartner.connect(port);
    partner.send(`POST ${WRITE} HTTP/1.1\r\n${AUTH}Transfer-Encoding: chunked\r\n\r\n7d0\r\n${'x'.repeat(2000)}\r\n`);
    const seen = await environment.arrival(1);
    partner.send(`fa0\r\n${'x'.repeat(4000)}\r\n`);
    const text = await partner.ended();
    assert.match(text, /^HTTP\/1\.1 413 [^]*X-Hybrid-Error: body-too-large\r\n/);
    await seen.closed;
    assert.equal(isWhole, false);
  });
});

describe('an environment that answers before an upload has ended', () => {
  afterEach(closeAll);

  it('has its answer passed on, and the upload to it ended', async () => {
    const { environment, port, gateway } = await single({ concurrency: 1 }, { limits: { bufferedBytes: 1000 } });
    environment.next((_seen, response) => response.writeHead(413, { 'Content-Length': '5' }).end('early'));
    const partner = await RawPartner.connect(port);
    partner.send(`POST ${WRITE} HTTP/1.1\r\n${AUTH}Content-Length: 1000000\r\n\r\n${'x'.repeat(2000)}`);
    const text = await partner.until('early');
    assert.match(text, /^HTTP\/1\.1 413 /);
    assert.match(text, /Connection: close/i);
    await environment.requests[0]!.closed;
    assert.equal((await ask(port)).status, 200);
    assert.equal(gateway.environments()[0]!.inFlight, 0);
    partner.socket.destroy();
  });

  it('is heard also by a partner that sends everything before it reads', async () => {
    const { environment, port } = await single({}, { limits: { bufferedBytes: 1000 } });
    // As most servers do: the rest of the body is read and dropped.
    environment.next((seen, response) => {
      response.writeHead(400, { 'Content-Length': '5' }).end('early');
      seen.request.resume();
    });
    const partner = await RawPartner.connect(port);
    const errors: string[] = [];
    partner.socket.pause().on('error', (error) => errors.push(error.message));
    partner.send(`POST ${WRITE} HTTP/1.1\r\n${AUTH}Content-Length: 4000000\r\n\r\n${'x'.repeat(2000)}`);
    await environment.arrival(1);
    const piece = Buffer.alloc(499_750, 'x');
    for (let i = 0; i < 8 && errors.length === 0; i += 1) {
      if (!partner.socket.write(piece)) await Promise.race([once(partner.socket, 'drain'), once(partner.socket, 'close')]);
    }
    assert.deepEqual(errors, []);
    partner.socket.resume();
    assert.match(await partner.until('early'), /^HTTP\/1\.1 400 /);
    partner.socket.destroy();
  });
});

describe('a refusal before a body has come', () => {
  afterEach(closeAll);

  it('is heard by a partner that sends everything before it reads', async () => {
    const { environment, port } = await single();
    environment.script = ordinarily;
    const partner = await RawPartner.connect(port);
    const errors: string[] = [];
    partner.socket.pause().on('error', (error) => errors.push(error.message));
    partner.send(`POST ${WRITE} HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n`);
    // The refusal is on its way when this has been answered.
    await ask(port);
    const piece = Buffer.alloc(500_000, 'x');
    for (let i = 0; i < 8 && errors.length === 0; i += 1) {
      if (!partner.socket.write(piece)) await Promise.race([once(partner.socket, 'drain'), once(partner.socket, 'close')]);
    }
    assert.deepEqual(errors, []);
    partner.socket.resume();
    assert.match(await partner.until('Unauthorized'), /^HTTP\/1\.1 401 /);
    partner.socket.destroy();
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { eventually } from '../state/eventually.ts';
import { ordinarily, silently } from '../support/backend.ts';
import { EMR } from '../support/gateway.ts';
import { ask, basic, READ, write, WRITE } from './ask.ts';
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
      assert.deepEqual(
        environment.requests.map(({ method }) => method),
        ['GET', 'GET'],
      );
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

  it('resets its connection while its large body waits in line is forgotten, and nothing else suffers', async () => {
    const { environment, port, gateway, lines } = await single({ concurrency: 1 }, { limits: { bufferedBytes: 1000 } });
    const { promise: mayAnswer, resolve: release } = Promise.withResolvers<void>();
    environment.next((_seen, response) => mayAnswer.then(() => response.end()));
    const first = ask(port);
    await environment.arrival(1);
    const partner = await RawPartner.connect(port);
    partner.send(`POST ${WRITE} HTTP/1.1\r\n${AUTH}Content-Length: 100000\r\n\r\n${'x'.repeat(2000)}`);
    await ask(port, { authorization: null });
    partner.socket.resetAndDestroy();
    await eventually(() => assert.ok(lines.some(({ code }) => code === 'partner-gone')));
    release();
    assert.equal((await first).status, 200);
    assert.equal((await ask(port)).status, 200);
    assert.deepEqual(
      environment.requests.map(({ method }) => method),
      ['GET', 'GET'],
    );
    assert.equal(gateway.environments()[0]!.inFlight, 0);
  });

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
      if (!partner.socket.write(piece))
        await Promise.race([once(partner.socket, 'drain'), once(partner.socket, 'close')]);
    }
    assert.deepEqual(errors, []);
    partner.socket.resume();
    assert.match(await partner.until('early'), /^HTTP\/1\.1 400 /);
    partner.socket.destroy();
  });
});

const clocks = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('a refusal before a body has come', () => {
  afterEach(closeAll);

  it('leaves no clock running for it', async () => {
    const { port } = await single({}, { initial: null, limits: { bufferedBytes: 1000 } });
    const agent = new Agent({ keepAlive: true });
    await ask(port, { agent });
    const before = clocks();
    for (let i = 0; i < 5; i += 1) {
      assert.equal((await write(port, { agent, body: 'x'.repeat(2000) })).error, 'mode-unconfirmed');
    }
    await eventually(() => assert.ok(clocks() <= before, `${clocks()} clocks, ${before} before`));
    agent.destroy();
  });

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
      if (!partner.socket.write(piece))
        await Promise.race([once(partner.socket, 'drain'), once(partner.socket, 'close')]);
    }
    assert.deepEqual(errors, []);
    partner.socket.resume();
    assert.match(await partner.until('Unauthorized'), /^HTTP\/1\.1 401 /);
    partner.socket.destroy();
  });
});

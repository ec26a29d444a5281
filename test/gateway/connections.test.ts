import assert from 'node:assert/strict';
import { answers, silently } from '../support/backend.ts';
import { EMR } from '../support/gateway.ts';
import { ask, basic, READ, WRITE } from './ask.ts';
import { closeAll, single } from './clinic.ts';
import { RawPartner } from './raw.ts';

const AUTH = `Authorization: ${basic(EMR)}\r\n`;

const request = (n: number): string => `GET ${READ}&n=${n} HTTP/1.1\r\nHost: clinic\r\n${AUTH}\r\n`;

describe('HTTP/1.0', () => {
  afterEach(closeAll);

  it('is answered without chunks, and ends with its connection', async () => {
    const { environment, port } = await single();
    environment.script = async (seen, response) => {
      await seen.body();
      response.write('in two ');
      response.end('pieces');
    };
    const partner = await RawPartner.connect(port);
    partner.send(`GET ${READ} HTTP/1.0\r\n${AUTH}\r\n`);
    const text = await partner.ended();
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.doesNotMatch(text, /transfer-encoding/i);
    assert.ok(text.endsWith('\r\n\r\nin two pieces'));
  });

  it('stays connected where it asks to, and the length is known', async () => {
    const { environment, port } = await single();
    environment.script = answers(200, 'short', { 'Content-Length': '5' });
    const partner = await RawPartner.connect(port);
    for (let i = 1; i <= 3; i += 1) {
      partner.send(`GET ${READ} HTTP/1.0\r\nConnection: keep-alive\r\n${AUTH}\r\n`);
      await partner.until(new RegExp(`^(?:[^]*?\r\n\r\nshort){${i}}$`));
    }
    assert.equal(environment.requests.length, 3);
    assert.match(partner.text, /Connection: keep-alive/i);
    partner.socket.destroy();
  });
});

describe('pipelined requests', () => {
  afterEach(closeAll);

  it('are served in their order, one at a time', async () => {
    const { environment, port } = await single();
    let inside = 0;
    let most = 0;
    environment.script = async (seen, response) => {
      most = Math.max(most, (inside += 1));
      await seen.body();
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      response.end(`answer ${new URL(seen.url, 'http://x').searchParams.get('n')};`);
    };
    const partner = await RawPartner.connect(port);
    partner.send([1, 2, 3, 4, 5].map(request).join(''));
    const text = await partner.until('answer 5;');
    assert.deepEqual(text.match(/answer \d;/g), ['answer 1;', 'answer 2;', 'answer 3;', 'answer 4;', 'answer 5;']);
    assert.equal(most, 1);
    partner.socket.destroy();
  });

  it('behind one that is being answered wait for it', async () => {
    const { environment, port } = await single();
    const { promise: mayFinish, resolve: finish } = Promise.withResolvers<void>();
    environment.next((_seen, response) => mayFinish.then(() => response.end('first')));
    const partner = await RawPartner.connect(port);
    partner.send(request(1) + request(2));
    await environment.arrival(1);
    const other = await ask(port, { path: `${READ}&n=3` });
    assert.equal(other.status, 200);
    assert.deepEqual(
      environment.requests.map(({ url }) => url.at(-1)),
      ['1', '3'],
    );
    finish();
    await partner.until(/first[^]*n=2 0/);
    partner.socket.destroy();
  });

  it('are not executed once their partner is gone', async () => {
    const { environment, port, gateway, metric } = await single();
    environment.next(silently);
    const partner = await RawPartner.connect(port);
    const written = `POST ${WRITE} HTTP/1.1\r\nHost: clinic\r\n${AUTH}`;
    partner.send(`${request(1)}${written}Content-Length: 0\r\n\r\n${written}Content-Length: 1\r\n\r\nx`);
    const first = await environment.arrival(1);
    partner.socket.resetAndDestroy();
    await first.closed;
    assert.equal((await ask(port)).status, 200);
    assert.deepEqual(
      environment.requests.map(({ method }) => method),
      ['GET', 'GET'],
    );
    assert.equal(gateway.environments()[0]!.inFlight, 0);
    assert.equal(await metric('hybrid_gateway_requests_in_flight'), 0);
  });

  it('behind one that closes the connection are not executed', async () => {
    const { environment, port } = await single();
    const partner = await RawPartner.connect(port);
    partner.send(request(1).replace('Host:', 'Connection: close\r\nHost:') + request(2));
    const text = await partner.ended();
    assert.deepEqual(text.match(/^HTTP\/1\.1 .*|^Connection: .*/gm), ['HTTP/1.1 200 OK', 'Connection: close']);
    assert.deepEqual(
      environment.requests.map(({ url }) => url.at(-1)),
      ['1'],
    );
  });
});

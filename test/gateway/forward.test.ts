import assert from 'node:assert/strict';
import { silently } from '../support/backend.ts';
import { ask, WRITE, write } from './ask.ts';
import { blackhole } from './blackhole.ts';
import { closeAll, gatewayTo, listener, single } from './clinic.ts';

const LONG_MS = 10_000;

describe('an environment that does not take connections', () => {
  afterEach(closeAll);

  it('ends in connect-timeout, 504', async () => {
    const hole = await blackhole();
    const deadlines = { connectMs: 100, firstByteMs: LONG_MS, idleMs: LONG_MS };
    const { port } = await gatewayTo({ environments: { operational: { url: hole.url, deadlines } } });
    const startedAt = performance.now();
    const [read, written] = await Promise.all([ask(port), write(port)]);
    const elapsedMs = performance.now() - startedAt;
    for (const answer of [read, written]) {
      assert.deepEqual([answer.status, answer.error, answer.headers['retry-after']], [504, 'connect-timeout', '5']);
      assert.deepEqual(answer.hybridmodes, ['normal']);
    }
    assert.ok(elapsedMs >= 100 && elapsedMs < 3000, `${elapsedMs} ms`);
    await hole.close();
  });

  it('ends in connect-timeout also where TLS never begins', async () => {
    const url = new URL(`https://127.0.0.1:${await listener(() => undefined)}`);
    const deadlines = { connectMs: 60, firstByteMs: LONG_MS, idleMs: LONG_MS };
    const { port } = await gatewayTo({ environments: { operational: { url, deadlines } } });
    assert.equal((await write(port)).error, 'connect-timeout');
  });

  it('ends in connect-failed, 502, where the port is closed', async () => {
    const { environment, port } = await single();
    await environment.down();
    const { status, error } = await write(port);
    assert.deepEqual([status, error], [502, 'connect-failed']);
  });

  it('ends in dns-failed, 502, where its name is nobody’s', async () => {
    const { port } = await gatewayTo({ environments: { operational: new URL('http://no-such-host.invalid:8000') } });
    const { status, error } = await write(port);
    assert.deepEqual([status, error], [502, 'dns-failed']);
  });
});

describe('an environment that takes a request', () => {
  afterEach(closeAll);

  it('and never answers ends in first-byte-timeout, 504, and is cut', async () => {
    const { environment, port, gateway } = await single({
      deadlines: { connectMs: LONG_MS, firstByteMs: 60, idleMs: LONG_MS },
    });
    environment.script = silently;
    const answer = await write(port);
    assert.deepEqual(
      [answer.status, answer.error, answer.headers['retry-after']],
      [504, 'first-byte-timeout', undefined],
    );
    await environment.requests[0]!.closed;
    assert.equal(gateway.environments()[0]!.inFlight, 0);
  });

  it('may take its time within the deadline', async () => {
    const { environment, port } = await single({ deadlines: { connectMs: 1000, firstByteMs: 2000, idleMs: 20 } });
    environment.script = async (seen, response) => {
      await seen.body();
      setTimeout(() => response.end('late'), 100);
    };
    assert.equal((await write(port)).text, 'late');
  });

  it('and stops in the middle of its answer breaks the partner’s connection off, and is cut', async () => {
    const { environment, port, gateway } = await single({
      deadlines: { connectMs: 1000, firstByteMs: 1000, idleMs: 60 },
    });
    environment.script = (_seen, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half');
    };
    await assert.rejects(write(port), /aborted|ECONNRESET/);
    await environment.requests[0]!.closed;
    assert.equal(gateway.environments()[0]!.inFlight, 0);
  });

  it('and stops behind the head of its answer ends in idle-timeout, 504', async () => {
    const { environment, port } = await single({ deadlines: { connectMs: 1000, firstByteMs: 1000, idleMs: 60 } });
    environment.script = (_seen, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.flushHeaders();
    };
    const { status, error } = await write(port);
    assert.deepEqual([status, error], [504, 'idle-timeout']);
    await environment.requests[0]!.closed;
  });

  it('may pause between the pieces of its answer, each pause within the deadline', async () => {
    const { environment, port } = await single({ deadlines: { connectMs: 1000, firstByteMs: 1000, idleMs: 300 } });
    environment.script = (_seen, response) => {
      let left = 8;
      const piece = setInterval(() => {
        response.write('piece ');
        if ((left -= 1) > 0) return;
        clearInterval(piece);
        response.end('end');
      }, 60);
    };
    assert.equal((await write(port)).text, 'piece '.repeat(8) + 'end');
  });

  it('and resets the connection ends in environment-reset, 502', async () => {
    const { environment, port } = await single();
    environment.script = (seen) => seen.socket.resetAndDestroy();
    const { status, error } = await write(port);
    assert.deepEqual([status, error], [502, 'environment-reset']);
  });

  for (const [name, bytes] of [
    ['is no HTTP', 'hello\r\n\r\n'],
    ['has two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
    [
      'is a switch of protocols that nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    ],
    ['has a status beyond 599', 'HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n'],
  ] as const) {
    it(`and whose answer ${name} ends in bad-answer, 502`, async () => {
      const { environment, port } = await single();
      environment.script = (seen) => seen.socket.end(bytes);
      const { status, error } = await write(port);
      assert.deepEqual([status, error], [502, 'bad-answer']);
    });
  }

  it('and cuts a length short breaks the partner’s connection off', async () => {
    const { environment, port } = await single();
    environment.script = (seen) => seen.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    await assert.rejects(write(port), /aborted|ECONNRESET/);
  });

  it('and cuts chunks short breaks the partner’s connection off', async () => {
    const { environment, port } = await single();
    environment.script = (seen) =>
      seen.socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
    await assert.rejects(ask(port, { method: 'POST', path: WRITE }), /aborted|ECONNRESET/);
  });

  it('and answers until the connection ends is passed on whole', async () => {
    const { environment, port } = await single();
    environment.script = (seen) => seen.socket.end('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end');
    assert.equal((await write(port)).text, 'until the end');
  });
});

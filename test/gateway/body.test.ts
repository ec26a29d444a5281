import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { receiveBody, type ReceivedBody } from '../../gateway/body.ts';
import type { Framing } from '../../gateway/request.ts';

const NO_LIMIT = 0;
const CHUNKED: Framing = { kind: 'chunked' };

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

function bytesOf(body: ReceivedBody): string {
  assert.equal(body.kind, 'whole');
  return body.kind === 'whole' ? body.bytes.toString() : '';
}

describe('a body', () => {
  let server: Server;
  let partner: Socket;
  const bodies: (Promise<ReceivedBody> | ReceivedBody)[] = [];

  before(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => server.close());
  afterEach(async () => {
    partner.destroy();
    for (const received of bodies.splice(0)) {
      const body = await received;
      if (body.kind === 'stream') body.stream.destroy();
    }
  });

  /** Sends a chunked head and what follows; receives it with these limits. */
  async function received(sent: string, bufferedBytes: number, bodyBytes = NO_LIMIT, framing: Framing = CHUNKED) {
    const address = server.address();
    partner = connect(typeof address === 'object' ? address!.port : 0, '127.0.0.1');
    partner.on('error', () => undefined);
    const asked = once(server, 'request');
    partner.write(`POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${sent}`);
    const [request]: IncomingMessage[] = await asked;
    const body = receiveBody(request!, framing, { bufferedBytes, bodyBytes });
    bodies.push(body);
    return { request: request!, body };
  }

  const END = '0\r\n\r\n';

  it('that is none is not waited for', async () => {
    const { body } = await received(END, 1, 1, { kind: 'none' });
    assert.deepEqual(body, { kind: 'none' });
  });

  it('that is small is received whole', async () => {
    const { body } = await received(chunk('12345') + chunk('67890') + END, 10);
    assert.equal(bytesOf(await body), '1234567890');
  });

  it('that is empty is whole and empty', async () => {
    const { body } = await received(END, 10);
    assert.equal(bytesOf(await body), '');
  });

  for (const bytes of [11, 5000, 300_000]) {
    it(`of ${bytes} bytes, more than is held, is a stream that holds everything`, async () => {
      const text = 'abcdefghij'.repeat(Math.ceil(bytes / 10)).slice(0, bytes);
      const { body } = await received(chunk(text.slice(0, 11)), 10);
      const stream = await body;
      assert.equal(stream.kind, 'stream');
      if (stream.kind !== 'stream') return;
      assert.equal(stream.length, null);
      partner.write((bytes > 11 ? chunk(text.slice(11)) : '') + END);
      assert.equal((await buffer(stream.stream)).toString(), text);
      assert.equal(stream.head.toString(), text.slice(0, stream.head.length));
      assert.ok(stream.head.length > 10);
    });
  }

  it('with a length that is more than is held says so', async () => {
    const { body } = await received(chunk('x'.repeat(20)) + END, 10, NO_LIMIT, { kind: 'length', bytes: 20 });
    const stream = await body;
    assert.equal(stream.kind === 'stream' && stream.length, 20);
  });

  it('beyond the limit is a fault', async () => {
    const { body } = await received(chunk('x'.repeat(20)), 100, 10);
    assert.deepEqual(await body, { kind: 'fault', fault: 'body-too-large' });
  });

  it('beyond the limit ends a stream with an error', async () => {
    const { body } = await received(chunk('x'.repeat(20)), 10, 30);
    const stream = await body;
    assert.ok(stream.kind === 'stream');
    partner.write(chunk('x'.repeat(20)));
    await assert.rejects(buffer(stream.stream), { code: 'BODY_TOO_LARGE' });
  });

  it('that breaks off is a fault', async () => {
    const { body } = await received(chunk('12345'), 10);
    partner.resetAndDestroy();
    assert.deepEqual(await body, { kind: 'fault', fault: 'partner-broke-off' });
  });

  it('that breaks off ends a stream with an error, never with an end', async () => {
    const { body } = await received(chunk('x'.repeat(20)), 10);
    const stream = await body;
    assert.ok(stream.kind === 'stream');
    partner.resetAndDestroy();
    await assert.rejects(buffer(stream.stream), { code: 'PARTNER_BROKE_OFF' });
  });

  it('is read on and dropped once nobody wants it any more', async () => {
    const { body, request } = await received(chunk('x'.repeat(20)), 10);
    const stream = await body;
    assert.ok(stream.kind === 'stream');
    stream.stream.destroy();
    partner.write(chunk('y'.repeat(1000)).repeat(1000) + END);
    await once(request, 'end');
  });

  it('is held back where nobody reads it', async () => {
    const { body, request } = await received(chunk('x'.repeat(20)), 10);
    const stream = await body;
    assert.ok(stream.kind === 'stream');
    partner.write(chunk('y'.repeat(1024)).repeat(1024));
    await once(request, 'pause');
    assert.ok(stream.stream.writableNeedDrain);
    assert.ok(stream.stream.readableLength + stream.stream.writableLength < 1024 * 1024);
  });
});

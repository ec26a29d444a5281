import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { freePort } from './children.ts';
import { clientFrame, echoFrames } from './frames.ts';

describe('the echo of the benchmark', () => {
  it('sends every message back, unmasked, however its bytes arrive', async () => {
    const port = await freePort();
    const server = createServer((socket) => socket.on('data', echoFrames(socket))).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const client = connect(port, '127.0.0.1').setNoDelay(true);
    const masked = Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x68 ^ 1, 0x69 ^ 2]);
    const bytes = Buffer.concat([clientFrame(Buffer.from('one')), masked, clientFrame(Buffer.from('three'))]);
    for (const byte of bytes) client.write(Buffer.from([byte]));

    const expected = '\x81\x03one\x81\x02hi\x81\x05three';
    let echoed = '';
    while (echoed.length < expected.length) {
      const [chunk]: Buffer[] = await once(client, 'data');
      echoed += chunk!.toString('latin1');
    }
    assert.equal(echoed, expected);
    client.destroy();
    server.close();
  });
});

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { startTestGateway } from '../support/gateway.ts';

describe('bytes behind a request that closes the connection', () => {
  it('do not cost that request its answer while it still waits for its turn', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => setTimeout(() => response.end(request.url), 20));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const gateway = await startTestGateway({ environments: { operational: url } });

    const head = `Host: gw.test\r\nAuthorization: Basic ${Buffer.from('emr:emr-password').toString('base64')}\r\n`;
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`GET /api/x/one HTTP/1.1\r\n${head}\r\n`);
    socket.write(`POST /api/x/two HTTP/1.1\r\n${head}Connection: close\r\nContent-Length: 2\r\n\r\nab`);
    socket.write(`GET /api/x/three HTTP/1.1\r\n${head}\r\n`);
    const answers = await text(socket);

    assert.equal(answers.match(/HTTP\/1\.1 200/g)?.length, 2);
    assert.match(answers, /\/api\/x\/one[^]*Connection: close[^]*\/api\/x\/two$/);
    await gateway.close();
    server.close();
  });
});

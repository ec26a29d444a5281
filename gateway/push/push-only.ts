import { linger } from '../reply.ts';
import type { ServerDeps } from '../server.ts';
import type { PushHub } from './push.ts';

const BODY = '{"Code":404,"Message":"code=404, message=Not Found"}\n';

/** The old push port serves push and nothing else: whoever is known there by the port alone gets no patients' data. */
export function pushOnly(server: ServerDeps, push: PushHub): ServerDeps {
  return {
    ...server,
    serve(request, response) {
      response.writeHead(404, [
        'Content-Type',
        'application/json',
        'Content-Length',
        String(BODY.length),
        'X-Hybridmode',
        server.hybridmode(),
        'Server',
        'hybrid-gateway',
        'Connection',
        'close',
      ]);
      response.end(request.method === 'HEAD' ? undefined : BODY);
      return Promise.resolve();
    },
    upgrade(request, socket, head, listener) {
      const [path = ''] = (request.url ?? '').split('?', 1);
      if (push.isPushPath(path)) return server.upgrade(request, socket, head, listener);
      const fields = `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\nX-Hybridmode: ${server.hybridmode()}`;
      socket.on('error', () => socket.destroy());
      socket.end(
        `HTTP/1.1 404 Not Found\r\n${fields}\r\nServer: hybrid-gateway\r\nConnection: close\r\n\r\n${BODY}`,
        () => linger(socket),
      );
      return Promise.resolve();
    },
  };
}

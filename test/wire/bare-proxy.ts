// A stand-in for the gateway: http-proxy-3 with nothing around it but a name for every partner and a mode. It takes the
// gateway's configuration. The cases have to fail against it: that is how the oracle is known to bite.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createProxyServer } from 'http-proxy-3';
import { parse } from 'yaml';
import { z } from 'zod';
import { A } from './notation.ts';

const environment = z.object({ url: z.string(), user: z.string(), password: z.string() });
const configuration = z.object({
  state: z.object({ dir: z.string() }),
  gateway: z.object({ listen: z.string() }),
  control: z.object({ listen: z.string() }),
  environments: z.record(z.string(), environment),
});

const file = process.argv[process.argv.indexOf('--config') + 1] ?? '';
const config = configuration.parse(parse(readFileSync(file, 'utf8')));
const proxy = createProxyServer({});
let state = { mode: 'normal', target: 'cloudEmergency', epoch: 1 };

function routed(): z.infer<typeof environment> {
  const found = config.environments[state.mode === 'normal' ? 'operational' : state.target];
  if (found === undefined) throw new Error('no such environment');
  return found;
}

function authorization({ user, password }: z.infer<typeof environment>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

const partner = A.slice('Authorization: '.length).trim();

function serve(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('X-Hybridmode', state.mode === 'normal' ? 'normal' : 'emergency-fa');
  if (request.headers.authorization !== partner) {
    response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
    return;
  }
  const target = routed();
  proxy.web(request, response, { target: target.url, headers: { authorization: authorization(target) } }, () => {
    if (!response.headersSent) response.writeHead(502);
    response.end();
  });
}

const gateway = createServer(serve);
gateway.on('upgrade', (request, socket, head) => {
  const target = routed();
  proxy.ws(request, socket, head, { target: target.url, headers: { authorization: authorization(target) } }, () =>
    socket.destroy(),
  );
});
listen(gateway, config.gateway.listen);

const token = 'a-token-for-the-stand-in';
mkdirSync(config.state.dir, { recursive: true });
writeFileSync(join(config.state.dir, 'control.token'), token);
const wish = z.object({ to: z.string(), target: z.string().optional() });

const control = createServer((request, response) => {
  if (request.method !== 'POST') {
    response.end(request.url === '/readyz' ? 'ready' : JSON.stringify({ state }));
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    const { to, target } = wish.parse(JSON.parse(body));
    state = { mode: to, target: target ?? state.target, epoch: state.epoch + 1 };
    response.end(JSON.stringify({ state }));
  });
});
listen(control, config.control.listen);

function listen(server: ReturnType<typeof createServer>, address: string): void {
  const [host, port] = address.split(':');
  server.listen(Number(port), host);
}

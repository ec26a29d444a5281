import { Agent, createServer } from 'node:http';
import { createProxyServer } from 'http-proxy-3';

// http-proxy-3 and nothing around it: what the gateway's price is measured by.
//
//   node bare.ts PORT ORIGIN

const [port, origin] = process.argv.slice(2);
if (port === undefined || origin === undefined) throw new TypeError('usage: node bare.ts PORT ORIGIN');

const proxy = createProxyServer({ target: origin, agent: new Agent({ keepAlive: true }) });
proxy.on('error', (_error, _request, reply) => reply.destroy());
const server = createServer((request, response) => proxy.web(request, response));
server.on('upgrade', (request, socket, head) => proxy.ws(request, socket, head));
server.listen({ host: '127.0.0.1', port: Number(port), backlog: 1024 }, () => console.log('ready'));

// A CPU profile is written at an orderly end only.
process.once('SIGTERM', () => process.exit(0));

import { createServer } from 'node:http';
import { isAboutVersions, VERSIONS } from '../fault/versions.ts';

// One side of a switch, as cheap as it can be made: it says in every answer which side it is.
//
//   node switch-origin.ts PORT SIDE

const [port, side] = process.argv.slice(2);
if (port === undefined || side === undefined) throw new TypeError('usage: node switch-origin.ts PORT SIDE');

const said = answer('application/json', JSON.stringify({ environment: side }));
const versions = answer('application/xml', VERSIONS);

function answer(type: string, body: string) {
  const length = String(Buffer.byteLength(body));
  return { body, headers: { 'Content-Type': type, 'Content-Length': length, 'X-Hybridmode': 'normal' } };
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const { headers, body } = isAboutVersions(request.url ?? '') ? versions : said;
  request.resume();
  request.on('end', () => response.writeHead(200, headers).end(body));
});
server.listen({ host: '127.0.0.1', port: Number(port), backlog: 1024 }, () => console.log('ready'));

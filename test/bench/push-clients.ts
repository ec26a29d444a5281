import { WebSocket } from 'ws';
import { percentile } from './statistics.ts';

// Many subscribers in one process: how long each event took from the environment to each of them.
const [url = '', count = '0', authorization = ''] = process.argv.slice(2);
const headers = { 'X-GINBEE-TENANT-ID': '1', Authorization: authorization };
let took: number[] = [];
let closed = 0;

for (let each = 0; each < Number(count); each += 50) {
  await Promise.all(Array.from({ length: Math.min(50, Number(count) - each) }, subscriber));
}
process.on('message', (message) => {
  if (message === 'forget') took = [];
  if (message !== 'tell') return;
  const figures = {
    events: took.length,
    closed,
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
    max: percentile(took, 1),
  };
  process.send?.(figures);
});
process.send?.('ready');

function subscriber(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = new WebSocket(url, { headers, perMessageDeflate: false });
  socket.on('open', () => socket.send('{"command":"subscribe","req.id":"r","event":"*"}'));
  socket.on('error', reject);
  socket.on('close', () => (closed += 1));
  socket.on('message', (data) => {
    const text = Buffer.isBuffer(data) ? data.toString('latin1') : '';
    const at = text.indexOf('"sent":');
    if (at < 0) return resolve();
    took.push(performance.timeOrigin + performance.now() - Number.parseFloat(text.slice(at + 7, at + 30)));
  });
  return promise;
}

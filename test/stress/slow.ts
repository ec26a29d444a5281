import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AUTHORIZATION, startStressed, type StressedGateway } from './gateway.ts';

// Slow attacks by slowhttptest, and silent connections; all the while a partner asks, and is answered in normal time.

const GOOD = `*/*\r\nAuthorization: ${AUTHORIZATION}`;
const COMMON = ['-c', '500', '-r', '200', '-p', '2', '-l'];
const ATTACKS: Readonly<Record<string, (url: string, seconds: number) => string[]>> = {
  'slow headers (-H)': (url, seconds) => ['-H', ...COMMON, String(seconds), '-i', '5', '-u', url],
  // With a partner's credentials: the worst case, an attacker without any is refused before a byte of a body is read.
  'slow body (-B)': (url, seconds) => [
    '-B',
    ...COMMON,
    String(seconds),
    '-i',
    '5',
    '-s',
    '8192',
    '-m',
    GOOD,
    '-u',
    url,
  ],
  'ranges (-R)': (url, seconds) => ['-R', ...COMMON, String(seconds), '-m', GOOD, '-u', url],
  'slow read (-X)': (url, seconds) => [
    '-X',
    ...COMMON,
    String(seconds),
    '-n',
    '5',
    '-w',
    '10',
    '-y',
    '20',
    '-z',
    '32',
    '-m',
    GOOD,
    '-u',
    `${url}/large`,
  ],
};

interface Asked {
  readonly times: number[];
  failed: number;
}

async function askWhile(port: number, during: Promise<void>): Promise<Asked> {
  const asked: Asked = { times: [], failed: 0 };
  const ended = during.then(() => 'ended' as const);
  while ((await Promise.race([ended, wait(50)])) !== 'ended') {
    const startedAt = performance.now();
    const headers = { authorization: AUTHORIZATION, connection: 'close' };
    const answer = await fetch(`http://127.0.0.1:${port}/api/x/plain`, { headers }).catch(() => null);
    if (answer?.status === 200) asked.times.push(performance.now() - startedAt);
    else asked.failed += 1;
    await answer?.arrayBuffer();
  }
  return asked;
}

async function report(name: string, gateway: StressedGateway, attack: () => Promise<void>): Promise<boolean> {
  const before = await gateway.measure();
  const { times, failed } = await askWhile(gateway.port, attack());
  const during = await gateway.measure();
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(1);
  const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
  console.log(
    `${name}: partner p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${(times.at(-1) ?? Number.NaN).toFixed(1)} ms, failed ${failed} of ${times.length + failed}; ` +
      `heap ${mib(before.heap)} → ${mib(during.heap)} MiB, rss ${mib(before.rss)} → ${mib(during.rss)} MiB`,
  );
  return failed === 0;
}

function slowhttptest(args: string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn('slowhttptest', args, { stdio: 'ignore' });
  child.on('error', () => reject(new Error('slowhttptest is missing: apt-get install slowhttptest')));
  child.on('exit', () => resolve());
  return promise;
}

async function idle(port: number, count: number, seconds: number): Promise<void> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await wait(seconds * 1000);
  for (const socket of sockets) socket.destroy();
}

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
const seconds = Number(values.seconds);
const large = Buffer.alloc(8 * 1024 * 1024, 'x');
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end(request.url?.endsWith('/large') ? large : 'ok'));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const gateway = await startStressed((server.address() as AddressInfo).port);
let isGood = await report('500 idle connections', gateway, () => idle(gateway.port, 500, seconds));
for (const [name, args] of Object.entries(ATTACKS)) {
  const url = `http://127.0.0.1:${gateway.port}/api/x`;
  isGood = (await report(name, gateway, () => slowhttptest(args(url, seconds)))) && isGood;
}
await gateway.stop();
server.closeAllConnections();
server.close();
process.exitCode = isGood ? 0 : 1;

import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { basic, OPERATOR, PARTNER } from './calls.ts';
import { CORES, freePort } from './children.ts';
import { cpuSeconds } from './proc.ts';
import { find } from './tools.ts';

// origin ──▶ the gateway (one upstream socket) or nginx (one per subscriber) ──▶ subscribers        both in turn

const HERE = import.meta.dirname;
const { values } = parseArgs({
  options: {
    subscribers: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '5' },
    batch: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '2' },
  },
});
const [subscribers, rate, batch, seconds, rounds] = [
  values.subscribers,
  values.rate,
  values.batch,
  values.seconds,
  values.rounds,
].map(Number);
const taskset = cpus().length > Math.max(...Object.values(CORES)) ? find('taskset') : null;
const folder = mkdtempSync(join(tmpdir(), 'hybrid-gateway-push-'));
const running = new Set<ChildProcess>();

const figures = z.object({ events: z.number(), closed: z.number(), p50: z.number(), p99: z.number(), max: z.number() });
type Row = z.infer<typeof figures> & {
  readonly name: string;
  readonly batch: number;
  readonly cpu: number;
  readonly kiBEach: number;
  readonly upstreams: number;
};

try {
  const rows: Row[] = [];
  for (const size of [1, batch!]) {
    for (let round = 0; round < rounds!; round += 1) {
      rows.push(await measure('gateway', size), await measure('nginx', size));
    }
  }
  console.log(table(rows));
} finally {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

async function measure(name: 'gateway' | 'nginx', size: number): Promise<Row> {
  const originPort = await freePort();
  const origin = script('load', 'push-origin.ts', String(originPort), String((1000 * size) / rate!), String(size));
  await once(origin, 'message');
  const port = await freePort();
  const proxy = name === 'gateway' ? await gateway(port, originPort) : nginx(port, originPort);
  await untilListening(port);
  await pause(1000);
  const before = residentKiB(proxy.pid!);
  const clients = script('load', 'push-clients.ts', `ws://127.0.0.1:${port}/ws`, String(subscribers), basic(PARTNER));
  await once(clients, 'message');
  const upstreams = connections(originPort);
  await pause(2000);
  const kiBEach = (residentKiB(proxy.pid!) - before) / subscribers!;
  origin.send('on');
  await pause(3000);
  clients.send('forget');
  const cpu = cpuSeconds(proxy.pid!);
  await pause(seconds! * 1000);
  const used = (cpuSeconds(proxy.pid!) - cpu) / seconds!;
  clients.send('tell');
  const [told] = await once(clients, 'message');
  for (const child of [clients, proxy, origin]) await end(child);
  return { name, batch: size, cpu: used, kiBEach, upstreams, ...figures.parse(told) };
}

function script(role: keyof typeof CORES, file: string, ...args: string[]): ChildProcess {
  const pinned = taskset === null ? {} : { execPath: taskset, execArgv: ['-c', String(CORES[role]), process.execPath] };
  return kept(fork(join(HERE, file), args, pinned));
}

async function gateway(port: number, originPort: number): Promise<ChildProcess> {
  const file = join(folder, `${port}.yaml`);
  const reached = `url: "http://127.0.0.1:${originPort}", user: "${OPERATOR.user}", password: "${OPERATOR.password}"`;
  writeFileSync(
    file,
    `
state: { dir: "${join(folder, String(port))}", initial: normal }
gateway: { listen: "127.0.0.1:${port}", limits: { connections: 10000 } }
control: { listen: "127.0.0.1:${await freePort()}" }
health: { every: 0 }
environments:
  operational: { kind: onprem, ${reached} }
  localEmergency: { kind: onprem, url: "http://127.0.0.1:1" }
emergency: local
partners:
  - { name: emr, basic: { user: "${PARTNER.user}", password: "${PARTNER.password}" }, limits: { connections: 10000 } }
log: { level: warn }
`,
  );
  return program(process.execPath, join(HERE, '..', '..', 'main.ts'), '--config', file);
}

function nginx(port: number, originPort: number): ChildProcess {
  const file = join(folder, `${port}.conf`);
  writeFileSync(
    file,
    `
daemon off;
master_process off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 10000; }
http {
  access_log off;
  tcp_nodelay on;
  map $http_authorization $is_known { default 0; "${basic(PARTNER)}" 1; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    if ($is_known = 0) { return 401; }
    location / {
      proxy_pass http://127.0.0.1:${originPort};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_set_header Authorization "${basic(OPERATOR)}";
      proxy_read_timeout 600s;
    }
  }
}
`,
  );
  return program('nginx', '-c', file, '-p', folder);
}

function program(command: string, ...args: string[]): ChildProcess {
  const [file, ...rest] =
    taskset === null ? [command, ...args] : [taskset, '-c', String(CORES.proxy), command, ...args];
  return kept(spawn(file ?? command, rest, { stdio: ['ignore', 'ignore', 'inherit'] }));
}

function kept(child: ChildProcess): ChildProcess {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function untilListening(port: number): Promise<void> {
  for (const until = performance.now() + 15_000; performance.now() < until; await pause(50)) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
  }
  throw new Error(`nothing listens on ${port}`);
}

function residentKiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? Number.NaN);
}

/** Established connections to a local port, as the kernel counts them. */
function connections(port: number): number {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const fields = readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return fields.filter(([, at, , state]) => at === local && state === '01').length;
}

function table(rows: readonly Row[]): string {
  const head = `${subscribers} subscribers, ${rate} events/s to each, ${seconds} s\n\n| | events at once | CPU | memory per subscriber | p50 | p99 | longest | messages | closed | upstream sockets |\n|---|---|---|---|---|---|---|---|---|---|\n`;
  const lines = rows.map(
    (row) =>
      `| ${row.name} | ${row.batch} | ${(100 * row.cpu).toFixed(1)} % | ${row.kiBEach.toFixed(1)} KiB | ${ms(row.p50)} | ${ms(row.p99)} | ${ms(row.max)} | ${row.events} | ${row.closed} | ${row.upstreams} |`,
  );
  return head + lines.join('\n');
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

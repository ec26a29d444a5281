import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, type Child, type Children } from './children.ts';
import { gatewayConfig, haproxyConfig, nginxConfig, type Place } from './configs.ts';
import { find } from './tools.ts';

/** What stands between the load and the origin; `direct` is nothing at all. */
export interface Contestant {
  readonly name: string;
  start(children: Children, originPort: number, folder: string): Promise<Running>;
}

export interface Running {
  readonly name: string;
  readonly port: number;
  /** null for `direct`. */
  readonly child: Child | null;
}

const HERE = import.meta.dirname;
const READY_WITHIN_MS = 20_000;

export const BASE = 'http-proxy-3';

export function contestants(options: {
  /** Other copies of the gateway's folder, by the name of their row. */
  readonly copies: readonly { readonly name: string; readonly folder: string }[];
  /** Where the rows that run in Node leave CPU profiles; null: none are taken. */
  readonly profiles: string | null;
}): Contestant[] {
  const node = process.execPath;
  const own = join(HERE, '..', '..');
  const flags = options.profiles === null ? [] : ['--cpu-prof', '--cpu-prof-dir', options.profiles];
  const gateway = (name: string, folder: string): Contestant =>
    contestant(name, async (place, children) => {
      const file = await written(place, 'hybrid.yaml', gatewayConfig(place));
      return children.start('proxy', node, [...flags, join(folder, 'main.ts'), '--config', file]);
    });
  return [
    { name: 'direct', start: async (_children, port) => ({ name: 'direct', port, child: null }) },
    contestant('nginx', async (place, children) => {
      const file = await written(place, 'nginx.conf', nginxConfig(place));
      return children.start('proxy', find('nginx') ?? 'nginx', ['-p', place.folder, '-c', file]);
    }),
    contestant('haproxy', async (place, children) => {
      const file = await written(place, 'haproxy.cfg', haproxyConfig(place));
      return children.start('proxy', find('haproxy') ?? 'haproxy', ['-q', '-db', '-f', file]);
    }),
    contestant(BASE, async ({ port, originPort }, children) =>
      children.start('proxy', node, [...flags, join(HERE, 'bare.ts'), String(port), `http://127.0.0.1:${originPort}`]),
    ),
    gateway('gateway', own),
    ...options.copies.map(({ name, folder }) => gateway(name, folder)),
  ];
}

function contestant(name: string, launch: (place: Place, children: Children) => Promise<Child>): Contestant {
  return {
    name,
    async start(children, originPort, parent) {
      const folder = await mkdtemp(join(parent, `${name.replaceAll(/[^\w-]/g, '')}-`));
      const [port, controlPort] = [await freePort(), await freePort()];
      const child = await launch({ port, controlPort, originPort, folder }, children);
      await untilAnswering(child, port);
      return { name, port, child };
    },
  };
}

/** Waits for any answer at all: what it says is looked at by the check of each load. */
export async function untilAnswering(child: Child, port: number): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline && !child.hasEnded) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/`).catch(() => null);
    await answer?.body?.cancel();
    if (answer !== null) return;
    await wait(25);
  }
  throw child.failed(child.hasEnded ? 'ended at its start' : `did not answer within ${READY_WITHIN_MS} ms`);
}

async function written({ folder }: Place, name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

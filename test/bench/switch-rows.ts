import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Operator } from '../fault/operator.ts';
import { freePort, type Child, type Children } from './children.ts';
import { untilAnswering } from './contestants.ts';
import {
  gatewaySwitchConfig,
  haproxySwitchConfig,
  nginxSwitchConfig,
  nginxUpstream,
  type SwitchPlace,
} from './switch-configs.ts';
import { find } from './tools.ts';

export type Side = 'old' | 'new';

/** Something that sends requests to one of two sides. */
export interface SwitchRow {
  readonly name: string;
  readonly port: number;
  /** The command that an operator gives; resolves when it returns, with how long writes were held meanwhile, in ms. */
  to(side: Side): Promise<number>;
}

interface Kind {
  readonly name: string;
  start(place: SwitchPlace, children: Children): Promise<{ child: Child; to: SwitchRow['to'] }>;
}

const MAIN = join(import.meta.dirname, '../../main.ts');
const run = promisify(execFile);

const KINDS: readonly Kind[] = [
  {
    name: 'gateway (POST /api/mode)',
    async start(place, children) {
      const file = join(place.folder, 'hybrid.yaml');
      await writeFile(file, gatewaySwitchConfig(place));
      const child = children.start('proxy', process.execPath, [MAIN, '--config', file]);
      await untilAnswering(child, place.port);
      const token = (await readFile(join(place.folder, 'state/control.token'), 'utf8')).trim();
      const operator = new Operator(place.controlPort, async () => token);
      const to = async (side: Side): Promise<number> => {
        const mode = side === 'new' ? 'emergency' : 'normal';
        const { status, text } = await operator.switchTo({ mode, target: 'localEmergency' }, epoch);
        if (status !== 200) throw new Error(`the gateway did not switch: ${status} ${text}`);
        epoch += 1;
        const steps: readonly { readonly ms: number }[] = JSON.parse(text).steps;
        return steps.reduce((sum, { ms }) => sum + ms, 0);
      };
      let { epoch } = await operator.state();
      return { child, to };
    },
  },
  {
    name: 'nginx (reload)',
    async start(place, children) {
      const { folder, oldPort, newPort } = place;
      const nginx = find('nginx') ?? 'nginx';
      const file = join(folder, 'nginx.conf');
      const upstream = join(folder, 'upstream.conf');
      await writeFile(file, nginxSwitchConfig(place));
      await writeFile(upstream, nginxUpstream(oldPort));
      const child = children.start('proxy', nginx, ['-p', folder, '-c', file]);
      const to = async (side: Side): Promise<number> => {
        await writeFile(upstream, nginxUpstream(side === 'new' ? newPort : oldPort));
        await run(nginx, ['-p', folder, '-c', file, '-s', 'reload']);
        return 0;
      };
      return { child, to };
    },
  },
  haproxy('haproxy (set map)', 'map', ({ folder }, side) => `set map ${folder}/side.map side ${side}`),
  haproxy(
    'haproxy (set server addr)',
    'addr',
    ({ oldPort, newPort }, side) => `set server old/s1 addr 127.0.0.1 port ${side === 'new' ? newPort : oldPort}`,
  ),
];

function haproxy(name: string, how: 'map' | 'addr', command: (place: SwitchPlace, side: Side) => string): Kind {
  return {
    name,
    async start(place, children) {
      const file = join(place.folder, 'haproxy.cfg');
      await writeFile(file, haproxySwitchConfig(place, how));
      await writeFile(join(place.folder, 'side.map'), 'side old\n');
      const child = children.start('proxy', find('haproxy') ?? 'haproxy', ['-q', '-db', '-f', file]);
      return { child, to: (side) => tell(join(place.folder, 'admin.sock'), command(place, side)) };
    },
  };
}

/** Starts every row; each sends its requests to the old side. */
export async function startRows(
  children: Children,
  sides: { readonly oldPort: number; readonly newPort: number },
  parent: string,
): Promise<SwitchRow[]> {
  const rows: SwitchRow[] = [];
  for (const kind of KINDS) {
    const folder = await mkdtemp(join(parent, 'row-'));
    const [port, controlPort] = [await freePort(), await freePort()];
    const { child, to } = await kind.start({ port, controlPort, folder, ...sides }, children);
    await untilAnswering(child, port);
    rows.push({ name: kind.name, port, to });
  }
  return rows;
}

/** One command over haproxy's runtime socket, which holds nothing. @throws with what haproxy has against it */
function tell(socketPath: string, command: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let said = '';
  const socket = connect(socketPath, () => socket.write(`${command}\n`));
  socket.on('data', (bytes) => (said += bytes.toString()));
  socket.on('error', reject);
  // What it says where it is content: nothing, or how an address was changed.
  socket.on('close', () => {
    if (/^\s*$|changed from|no need to change/.test(said)) resolve(0);
    else reject(new Error(`haproxy: ${said.trim()}`));
  });
  return promise;
}

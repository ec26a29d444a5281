import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { PostgresConnection } from '../../orca/hybrid/postgres-connection.ts';

/** A PostgreSQL server of its own, in a temporary folder, on a free port of this machine. */
export interface PostgresServer {
  readonly connection: PostgresConnection;
  /** Where its programs are. */
  readonly binaries: string;
  /** Runs statements in one of its databases. */
  run(sql: string, database?: string): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';
const READY = /database system is ready to accept connections/;
const STARTS_WITHIN_MS = 15_000;

export async function startPostgres(): Promise<PostgresServer> {
  const binaries = installedBinaries();
  const dir = mkdtempSync(join(tmpdir(), 'hybrid-gateway-pg-'));
  const asWhom = unprivileged();
  if (asWhom.uid !== undefined && asWhom.gid !== undefined) chownSync(dir, asWhom.uid, asWhom.gid);
  const data = join(dir, 'data');
  const initdb = ['-D', data, '-U', 'orca', '--encoding=UTF8', '--locale=C', '--auth=trust', '--no-sync'];
  execFileSync(join(binaries, 'initdb'), initdb, { stdio: 'pipe', cwd: dir, ...asWhom });
  const port = await freePort();
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${dir}`];
  const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  const server = spawn(join(binaries, 'postgres'), args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: dir, ...asWhom });
  await ready(server);
  const connection = { host: '127.0.0.1', port, database: 'orca', user: 'orca', password: 'orca' };
  const run = async (sql: string, database = connection.database) => {
    const client = new Client({ ...connection, database });
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return rows;
    } finally {
      await client.end();
    }
  };
  await run('create database orca', 'postgres');
  return {
    connection,
    binaries,
    run,
    async stop() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function installedBinaries(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one)) : [];
  const found = versions.map((version) => join(DEBIAN, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
  if (found !== undefined) return found;
  throw new Error(
    'these tests need a PostgreSQL server: install the Debian package "postgresql" (test/tools.sh does so)',
  );
}

// PostgreSQL does not run as root.
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function idOf(option: '-u' | '-g'): number {
  return Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
}

async function ready(server: ChildProcess): Promise<void> {
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const failed = (): void => reject(new Error(`PostgreSQL did not start: ${said.join('')}`));
    const late = setTimeout(failed, STARTS_WITHIN_MS);
    server.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      said.push(piece);
      if (!READY.test(said.join(''))) return;
      clearTimeout(late);
      resolve();
    });
    server.once('exit', failed);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

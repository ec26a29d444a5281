import { equal } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTool } from '../../orca/hybrid/tools.ts';
import type { Simulator } from '../../simulator/server.ts';
import type { PostgresServer } from '../support/postgres.ts';

const run = promisify(execFile);

export async function listOf(dump: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-dump-'));
  try {
    const file = join(folder, 'a.dump');
    await writeFile(file, dump);
    return (await run(findTool('pg_restore', null), ['--list', file])).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function raiseWithin(client: { query: (text: string) => Promise<unknown> }): Promise<void> {
  await client.query(
    `update tbl_syskanri set kanritbl = overlay(kanritbl placing '00005000' from 1 for 8) where kanricd = '0041'`,
  );
}

/** Until somebody in the database waits for a lock. */
export async function lockWaited(server: PostgresServer, database: string): Promise<void> {
  for (const end = Date.now() + 5000; Date.now() < end;) {
    const waiting = await server.run(
      `select 1 from pg_stat_activity where datname = '${database}' and wait_event_type = 'Lock'`,
    );
    if (waiting.length > 0) return;
  }
  throw new Error('nobody waited for the lock');
}

export async function cutOff(server: PostgresServer, database: string): Promise<void> {
  await server.run(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`);
}

export function urlOf({ connection }: PostgresServer, database: string): string {
  return `postgres://${connection.user}:${connection.password}@${connection.host}:${connection.port}/${database}`;
}

export async function admin(orca: Simulator, method: string, path: string, body?: Buffer | object): Promise<Response> {
  const sent = Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body);
  return fetch(`${orca.url}/simulator${path}`, { method, ...(body === undefined ? {} : { body: sent }) });
}

export async function dumpOf(orca: Simulator): Promise<Buffer> {
  const response = await admin(orca, 'GET', '/dump');
  const bytes = Buffer.from(await response.arrayBuffer());
  equal(response.status, 200, bytes.toString('utf8', 0, 500));
  return bytes;
}

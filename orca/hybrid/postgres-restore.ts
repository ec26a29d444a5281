import { rm, writeFile } from 'node:fs/promises';
import pRetry from 'p-retry';
import { type Client, DatabaseError, escapeIdentifier } from 'pg';
import type { Dump, HybridOptions } from '../hybrid.ts';
import { RestoreFailed, ToolFailed } from './errors.ts';
import { connected, placeArgs, type PostgresConnection } from './postgres-connection.ts';
import { type DumpShelf, lastWord, pathOf } from './postgres-dumps.ts';
import { findTool, runTool } from './tools.ts';

// dump ──▶ list ──▶ a database beside the one that works ──▶ checked ──▶ the two change names
//          broken: nothing was touched                                   the old one stays, as <name>_before

// WebORCA's own import empties the first and drops the others: locks, sessions and pushes of another server.
const EMPTIED = [
  'monbatch',
  'monbatch_log',
  'monbatch_clog',
  'tbl_para',
  'tbl_spa_tmp',
  'tbl_api_para',
  'tbl_lock',
  'tbl_jobkanri',
  'monpushevent',
];
const DROPPED = ['aps_migrations', 'ap_server_ld_processes'];
// Those that were told to go may take a moment.
const IN_USE = '55006';
// Every database has these already, and only a superuser may make them again.
const LEFT_OUT = /^\d+; \d+ \d+ (?:EXTENSION|COMMENT - EXTENSION|SCHEMA - public|COMMENT - SCHEMA public)\b/;

/** @throws RestoreFailed with the database as it was */
export async function restoreDump(shelf: DumpShelf, { id }: Dump, options: HybridOptions): Promise<void> {
  const { connection } = shelf;
  const tool = findTool('pg_restore', shelf.binaries);
  const path = pathOf(shelf, id);
  const env = { PGPASSWORD: connection.password };
  const list = await orRestoreFailed(runTool(tool, { args: ['--list', path], env, signal: options.signal }));
  const entries = list.split('\n').filter((line) => !LEFT_OUT.test(line));
  const total = entries.filter((line) => line.includes(' TABLE DATA ')).length;
  const scratch = { ...connection, database: `${connection.database}_restoring` };
  const listFile = `${path}.list`;
  const server = await connected({ ...connection, database: 'postgres' });
  try {
    const owner = await ownerOf(server, connection);
    await server.query(`drop database if exists ${escapeIdentifier(scratch.database)}`);
    await server.query(
      `create database ${escapeIdentifier(scratch.database)} owner ${escapeIdentifier(owner)} template template0 encoding 'UTF8'`,
    );
    await writeFile(listFile, entries.join('\n'));
    let tables = 0;
    const args = ['--no-owner', '--no-privileges', '--exit-on-error', '--no-password', '--verbose'];
    const onLine = (line: string): void => {
      if (!line.includes('processing data for table')) return;
      options.onProgress?.({ done: tables, total, step: lastWord(line) });
      tables += 1;
    };
    args.push(`--role=${owner}`, `--use-list=${listFile}`, ...placeArgs(scratch), path);
    await orRestoreFailed(runTool(tool, { args, env, signal: options.signal, onLine }));
    await prepare(scratch);
    options.signal?.throwIfAborted();
    await swap(server, connection.database, scratch.database);
    options.onProgress?.({ done: total, total, step: connection.database });
  } finally {
    await rm(listFile, { force: true });
    await server.query(`drop database if exists ${escapeIdentifier(scratch.database)}`).catch(() => undefined);
    await server.end();
  }
}

// WebORCA works as a user of its own, who must own what was restored.
async function ownerOf(server: Client, { database, user }: PostgresConnection): Promise<string> {
  const { rows } = await server.query('select pg_get_userbyid(datdba) as owner from pg_database where datname = $1', [
    database,
  ]);
  const owner: unknown = rows[0]?.owner;
  return typeof owner === 'string' ? owner : user;
}

async function prepare(connection: PostgresConnection): Promise<void> {
  const client = await connected(connection);
  try {
    const { rows } = await client.query(`select to_regclass('tbl_syskanri') is not null as found`);
    if (rows[0]?.found !== true) throw new RestoreFailed('the dump is of no WebORCA: it has no tbl_syskanri');
    for (const table of EMPTIED)
      await client.query(`do $$ begin if to_regclass('${table}') is not null then truncate ${table}; end if; end $$`);
    for (const table of DROPPED) await client.query(`drop table if exists ${table}`);
  } finally {
    await client.end();
  }
}

async function swap(server: Client, database: string, scratch: string): Promise<void> {
  const [name, old, fresh] = [database, `${database}_before`, scratch].map((each) => escapeIdentifier(each));
  const { rows } = await server.query('select 1 from pg_database where datname = $1', [database]);
  const isThere = rows.length > 0;
  await server.query(`drop database if exists ${old}`);
  try {
    if (isThere) {
      // A database that somebody is connected to cannot be renamed, and WebORCA connects again at once.
      await server.query(`alter database ${name} with allow_connections false`);
      await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database]);
      await pRetry(() => server.query(`alter database ${name} rename to ${old}`), {
        retries: 10,
        minTimeout: 100,
        factor: 1.3,
        shouldRetry: ({ error }) => error instanceof DatabaseError && error.code === IN_USE,
      });
    }
    await server.query(`alter database ${fresh} rename to ${name}`);
  } catch (error) {
    if (isThere) {
      await server.query(`alter database ${old} rename to ${name}`).catch(() => undefined);
      await server.query(`alter database ${name} with allow_connections true`);
    }
    throw new RestoreFailed('the restored database could not take the place of the old one', { cause: error });
  }
}

async function orRestoreFailed(run: Promise<string>): Promise<string> {
  try {
    return await run;
  } catch (error) {
    if (error instanceof ToolFailed) throw new RestoreFailed(error.message, { cause: error });
    throw error;
  }
}

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connected, type PostgresConnection } from '../../orca/hybrid/postgres-connection.ts';
import { takeDump, type DumpShelf } from '../../orca/hybrid/postgres-dumps.ts';
import { restoreDump } from '../../orca/hybrid/postgres-restore.ts';
import { findTool, runTool } from '../../orca/hybrid/tools.ts';
import { DumpError } from '../clinic/archive.ts';
import { checkVersion, REWRITTEN } from '../clinic/restore.ts';
import { DUMPED_TABLES } from '../clinic/schema.ts';

const FILE = 'restoring.dump';

/** Says at the start, and not at the first dump, that PostgreSQL's programs are missing. Throws ToolMissing. */
export function checkTools(): void {
  findTool('pg_dump', null);
  findTool('pg_restore', null);
}

/** By pg_dump -Fc. */
export async function dumped(connection: PostgresConnection, at: Date): Promise<Buffer> {
  return withShelf(connection, async (shelf) => {
    const { name } = await orDumpError(takeDump(shelf, at, {}));
    return readFile(join(shelf.folder, name));
  });
}

/** By pg_restore, into a database beside this one, which then takes its place. Throws DumpError with all as it was. */
export async function restored(connection: PostgresConnection, dump: Buffer): Promise<void> {
  await withShelf(connection, async (shelf) => {
    const file = join(shelf.folder, FILE);
    await writeFile(file, dump);
    await checkContents(file);
    const whole = { id: FILE, name: FILE, madeAt: new Date(), bytes: dump.length, sha256: null };
    await orDumpError(restoreDump(shelf, whole, {}));
  });
}

async function checkContents(file: string): Promise<void> {
  const tool = findTool('pg_restore', null);
  const list = await orDumpError(runTool(tool, { args: ['--list', file], env: {} }));
  for (const table of DUMPED_TABLES) {
    if (!list.includes(` TABLE DATA public ${table} `)) throw new DumpError(`the dump has no ${table}`);
  }
  const args = ['--data-only', '--table=tbl_dbkanri', '--file=-', file];
  const rows = await orDumpError(runTool(tool, { args, env: {} }));
  checkVersion(/^ORCADB00\t(.*)$/m.exec(rows)?.[1] ?? '');
}

/** Replaces what WebORCA's own import replaces. */
export async function rewritten(connection: PostgresConnection): Promise<void> {
  const client = await connected(connection);
  try {
    const { rows } = await client.query(
      `select table_name, column_name from information_schema.columns where table_schema = 'public' and data_type = 'text'`,
    );
    const [from, to] = [Object.keys(REWRITTEN).join(''), Object.values(REWRITTEN).join('')];
    for (const { table_name: table, column_name: column } of rows) {
      const marks = `[${from}]`;
      const change = `update ${table} set ${column} = translate(${column}, $1, $2) where ${column} ~ $3`;
      await client.query(change, [from, to, marks]);
    }
  } finally {
    await client.end();
  }
}

async function withShelf<T>(connection: PostgresConnection, work: (shelf: DumpShelf) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  try {
    return await work({ connection, folder, binaries: null });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function orDumpError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new DumpError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

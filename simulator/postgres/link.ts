import pRetry from 'p-retry';
import { type Client, DatabaseError, escapeIdentifier } from 'pg';
import { connected, type PostgresConnection } from '../../orca/hybrid/postgres-connection.ts';
import { PlaceError } from './place.ts';

const NO_SUCH_DATABASE = '3D000';
/** One simulator per database; the number means nothing else. */
const OURS = 4_100_421_009;
const LOCK_MS = 5000;
const RETRIES = { retries: 12, minTimeout: 50, factor: 1.4, maxTimeout: 500 };

/** Connects, and makes the database where it is missing. Throws PlaceError where it holds something else, or is in use. */
export async function opened(connection: PostgresConnection): Promise<Client> {
  try {
    return await linked(connection);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== NO_SUCH_DATABASE) throw error;
  }
  const server = await connected({ ...connection, database: 'postgres' });
  try {
    await server.query(`create database ${escapeIdentifier(connection.database)} template template0 encoding 'UTF8'`);
  } finally {
    await server.end();
  }
  return linked(connection);
}

/** Connects again: the database may just be changing places with a restored one. */
export async function reopened(connection: PostgresConnection): Promise<Client> {
  return pRetry(() => linked(connection), RETRIES);
}

async function linked(connection: PostgresConnection): Promise<Client> {
  const client = await connected(connection, { lockMs: LOCK_MS });
  try {
    const { rows } = await client.query(`select pg_try_advisory_lock($1) as ours`, [OURS]);
    if (rows[0]?.ours !== true) throw new PlaceError(`another simulator uses the database ${connection.database}`);
    await refuseStrangers(client, connection);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

// Somebody may have named the database of a real WebORCA.
async function refuseStrangers(client: Client, { database }: PostgresConnection): Promise<void> {
  const { rows } = await client.query(
    `select to_regclass('public.sim_clinic') is null as foreign, count(*)::int as tables from pg_tables where schemaname = 'public'`,
  );
  const isForeign = rows[0]?.foreign === true && rows[0]?.tables > 0;
  if (isForeign) throw new PlaceError(`the database ${database} holds something else: name one of its own`);
}

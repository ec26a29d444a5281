import { Client } from 'pg';

export interface PostgresConnection {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** A connection that gives up rather than wait. */
export async function connected(connection: PostgresConnection, limits: { lockMs?: number } = {}): Promise<Client> {
  const client = new Client({
    ...connection,
    application_name: 'hybrid-gateway',
    connectionTimeoutMillis: 5000,
    ...(limits.lockMs !== undefined && { lock_timeout: limits.lockMs }),
  });
  // A server that goes away between two queries says so here; the next query fails by itself.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The same for PostgreSQL's own programs; the password goes by PGPASSWORD. */
export function placeArgs({ host, port, user, database }: PostgresConnection): string[] {
  return [`--host=${host}`, `--port=${port}`, `--username=${user}`, `--dbname=${database}`];
}

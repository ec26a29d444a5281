import type { PostgresConnection } from '../../orca/hybrid/postgres-connection.ts';

/** The database cannot be used for a clinic; the message says why. */
export class PlaceError extends Error {
  readonly code = 'PLACE';
}

/** postgres://user:password@host:port/database. Throws PlaceError. */
export function placeOf(text: string): PostgresConnection {
  const url = URL.canParse(text) ? new URL(text) : null;
  const database = decodeURIComponent(url?.pathname.slice(1) ?? '');
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '' || database === '') {
    throw new PlaceError('--postgres: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE');
  }
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    database,
    user: decodeURIComponent(url.username) || 'postgres',
    password: decodeURIComponent(url.password),
  };
}

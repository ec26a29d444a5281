import type { Client } from 'pg';
import { refill, type Incoming } from '../clinic/fill.ts';
import type { Clinic } from '../clinic/open.ts';
import { cellOf, columnsOf, type Cell, type Column } from '../clinic/tables.ts';

const ROWS_AT_ONCE = 500;

/** Puts what the database holds in the place of everything in the store. Gives the number of rows. */
export async function loadAll(client: Client, clinic: Clinic): Promise<number> {
  // One picture of all tables.
  await client.query('begin isolation level repeatable read read only');
  try {
    return await refill(clinic, (table): Incoming => {
      const columns = columnsOf(clinic.db, table).map((column) => column.name);
      return { columns, rows: (known) => rowsOf(client, table, known) };
    });
  } finally {
    await client.query('commit');
  }
}

async function* rowsOf(
  client: Client,
  table: string,
  columns: readonly Column[],
): AsyncGenerator<readonly (readonly Cell[])[]> {
  const names = columns.map(({ name }) => `${name}::text`).join(', ');
  await client.query(`declare loading no scroll cursor for select ${names} from ${table}`);
  for (;;) {
    const { rows } = await client.query({ text: `fetch ${ROWS_AT_ONCE} from loading`, rowMode: 'array' });
    if (rows.length === 0) break;
    yield rows.map((row: readonly unknown[]) =>
      columns.map((column, index) => {
        const text = row[index];
        return cellOf(typeof text === 'string' ? text : null, column);
      }),
    );
  }
  await client.query('close loading');
}

import type { Database } from 'better-sqlite3';
import type { Client } from 'pg';
import { CURRENT, type NumberRow } from '../clinic/counters.ts';
import type { Clinic } from '../clinic/open.ts';
import { DUMPED_TABLES } from '../clinic/schema.ts';
import { cellOf, columnsOf, definitionOf, keysOf, type Cell, type Column } from '../clinic/tables.ts';
import type { Changes } from './changes.ts';

const ROWS_AT_ONCE = 2000;

/** Writes the whole clinic into a database that is empty. */
export async function copyAll(client: Client, db: Database): Promise<void> {
  await client.query('begin');
  for (const table of DUMPED_TABLES) {
    await client.query(definitionOf(table, columnsOf(db, table)));
    const rows = db.prepare<[], Cell[]>(`select * from ${table}`).raw().all();
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      await put(client, db, table, rows.slice(from, from + ROWS_AT_ONCE));
    }
  }
  await client.query('commit');
}

/** Brings the database where the store is already. */
export async function apply(client: Client, db: Database, changes: readonly Changes[]): Promise<void> {
  for (const { table, kept, gone } of changes) {
    await remove(client, db, table, gone);
    await put(client, db, table, kept);
  }
}

async function put(client: Client, db: Database, table: string, rows: readonly (readonly Cell[])[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = columnsOf(db, table);
  const names = columns.map((column) => column.name).join(', ');
  const keys = keysOf(columns).map((column) => column.name);
  const others = columns.filter((column) => !column.isKey).map(({ name }) => `${name} = excluded.${name}`);
  const then = others.length > 0 ? `do update set ${others.join(', ')}` : 'do nothing';
  await client.query(
    `insert into ${table} (${names}) select * from ${unnested(columns)} on conflict (${keys.join(', ')}) ${then}`,
    transposed(columns, rows),
  );
}

async function remove(client: Client, db: Database, table: string, keys: readonly (readonly Cell[])[]): Promise<void> {
  if (keys.length === 0) return;
  const columns = keysOf(columnsOf(db, table));
  const names = columns.map((column) => column.name).join(', ');
  await client.query(
    `delete from ${table} where (${names}) in (select * from ${unnested(columns)})`,
    transposed(columns, keys),
  );
}

function unnested(columns: readonly Column[]): string {
  return `unnest(${columns.map((column, index) => `$${index + 1}::${column.type}[]`).join(', ')})`;
}

function transposed(columns: readonly Column[], rows: readonly (readonly Cell[])[]): Cell[][] {
  return columns.map((_, index) => rows.map((row) => row[index] ?? null));
}

/**
 * Takes the management numbers over as the database has them, and holds their rows to the end of the transaction: who
 * raises them there meanwhile waits, and no number is given out twice.
 */
export async function adoptNumbers(client: Client, clinic: Clinic): Promise<void> {
  const columns = columnsOf(clinic.db, 'tbl_syskanri').filter(({ name }) => NUMBER_COLUMNS.has(name));
  const { rows } = await client.query({
    text: `select ${columns.map(({ name }) => `${name}::text`).join(', ')} from tbl_syskanri
           where ${CURRENT} order by kanricd for update`,
    rowMode: 'array',
  });
  for (const row of rows) {
    const text = (name: keyof NumberRow): string => {
      const index = columns.findIndex((column) => column.name === name);
      const column = columns[index];
      return column === undefined ? '' : String(cellOf(String(row[index]), column));
    };
    clinic.counters.adopt({
      kanricd: text('kanricd'),
      kanritbl: text('kanritbl'),
      upymd: text('upymd'),
      uphms: text('uphms'),
    });
  }
}

const NUMBER_COLUMNS: ReadonlySet<string> = new Set<keyof NumberRow>(['kanricd', 'kanritbl', 'upymd', 'uphms']);

import { setImmediate as othersTurn } from 'node:timers/promises';
import Sqlite, { type Database } from 'better-sqlite3';
import { DumpError } from './archive.ts';
import type { Clinic } from './open.ts';
import { DUMPED_TABLES } from './schema.ts';
import { columnsOf, type Cell, type Column } from './tables.ts';

/** A table's rows on their way in, some hundred at a time. */
export interface Incoming {
  readonly columns: readonly string[];
  readonly rows: (columns: readonly Column[]) => AsyncIterable<readonly (readonly Cell[])[]>;
}

/**
 * Puts what comes in the place of everything the clinic holds, or throws and leaves all as it was. Locks, conversations and
 * pushes are gone afterwards, as after WebORCA's own import. Calls go on meanwhile, on what was there before. Gives the
 * number of rows.
 */
export async function refill(
  clinic: Clinic,
  incoming: (table: (typeof DUMPED_TABLES)[number]) => Incoming,
): Promise<number> {
  const scratch = clinic.scratch();
  try {
    let filled = 0;
    scratch.exec('begin');
    for (const table of DUMPED_TABLES) filled += await fill(scratch, table, incoming(table));
    scratch.exec('commit');
    clinic.adopt(scratch);
    return filled;
  } catch (error) {
    scratch.close();
    if (error instanceof Sqlite.SqliteError)
      throw new DumpError(`not a dump of this schema: ${error.message}`, { cause: error });
    throw error;
  }
}

async function fill(db: Database, table: string, { columns, rows }: Incoming): Promise<number> {
  const known = new Map(columnsOf(db, table).map((column) => [column.name, column]));
  const named = columns.map((name) => {
    const column = known.get(name);
    if (column === undefined) throw new DumpError(`the dump's ${table} has an unknown column: ${name}`);
    return column;
  });
  const insert = db.prepare<Cell[]>(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  );
  let filled = 0;
  for await (const some of rows(named)) {
    for (const row of some) insert.run(...row);
    filled += some.length;
    await othersTurn();
  }
  return filled;
}

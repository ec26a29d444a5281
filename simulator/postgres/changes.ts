import type { Database } from 'better-sqlite3';
import { DUMPED_TABLES } from '../clinic/schema.ts';
import { columnsOf, keysOf, type Cell } from '../clinic/tables.ts';

/** The rows of one table that were touched since last time. */
export interface Changes {
  readonly table: string;
  /** As they are now. */
  readonly kept: readonly (readonly Cell[])[];
  /** Keys of those that are gone. */
  readonly gone: readonly (readonly Cell[])[];
}

/** Has the store note every row that is touched from now on; the notes are its connection's own and never in its file. */
export function watch(db: Database): void {
  db.exec(`create temp table sim_change (tbl text not null, key text not null, primary key (tbl, key))`);
  for (const table of DUMPED_TABLES) {
    const keys = keysOf(columnsOf(db, table)).map((column) => column.name);
    const note = (row: 'old' | 'new'): string =>
      `insert or ignore into sim_change values ('${table}', json_array(${keys.map((key) => `${row}.${key}`).join(', ')}));`;
    const trigger = (event: string, ...rows: readonly ('old' | 'new')[]): string =>
      `create temp trigger sim_${event}_${table} after ${event} on main.${table} begin ${rows.map(note).join(' ')} end;`;
    db.exec(trigger('insert', 'new') + trigger('update', 'old', 'new') + trigger('delete', 'old'));
  }
}

export function hasChanges(db: Database): boolean {
  return db.prepare('select 1 from sim_change limit 1').get() !== undefined;
}

/** What was touched, and a clean slate. */
export function takeChanges(db: Database): readonly Changes[] {
  const noted = db.prepare<[], { tbl: string; key: string }>('select tbl, key from sim_change').all();
  db.exec('delete from sim_change');
  const byTable = Map.groupBy(noted, (each) => each.tbl);
  return DUMPED_TABLES.flatMap((table) => {
    const touched = byTable.get(table) ?? [];
    return touched.length === 0
      ? []
      : [
          changesIn(
            db,
            table,
            touched.map(({ key }) => cellsIn(key)),
          ),
        ];
  });
}

function changesIn(db: Database, table: string, touched: readonly (readonly Cell[])[]): Changes {
  const where = keysOf(columnsOf(db, table)).map((column) => `${column.name} = ?`);
  const read = db.prepare<Cell[], Cell[]>(`select * from ${table} where ${where.join(' and ')}`).raw();
  const kept: Cell[][] = [];
  const gone: (readonly Cell[])[] = [];
  for (const key of touched) {
    const row = read.get(...key);
    if (row === undefined) gone.push(key);
    else kept.push(row);
  }
  return { table, kept, gone };
}

function cellsIn(key: string): readonly Cell[] {
  const cells: readonly Cell[] = JSON.parse(key);
  return cells;
}

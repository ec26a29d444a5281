import type { Database } from 'better-sqlite3';

export type Cell = string | number | null;

export interface Column {
  readonly name: string;
  /** In PostgreSQL's words. */
  readonly type: string;
  readonly kind: 'text' | 'number';
  /** char(n): PostgreSQL fills it up with blanks. */
  readonly isPadded: boolean;
  readonly isKey: boolean;
}

interface Found {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
}

export function columnsOf(db: Database, table: string): readonly Column[] {
  return db
    .prepare<[string], Found>(`select name, lower(type) type, pk from pragma_table_info(?)`)
    .all(table)
    .map(({ name, type, pk }) => ({
      name,
      type: type === 'integer' ? 'bigint' : type,
      kind: type === 'integer' || type.startsWith('numeric') ? 'number' : 'text',
      isPadded: type.startsWith('char('),
      isKey: pk > 0,
    }));
}

export function keysOf(columns: readonly Column[]): readonly Column[] {
  return columns.filter((column) => column.isKey);
}

/** The table as PostgreSQL makes it. */
export function definitionOf(table: string, columns: readonly Column[]): string {
  const lines = columns.map((column) => `    ${column.name} ${column.type}`);
  const keys = keysOf(columns).map((column) => column.name);
  if (keys.length > 0) lines.push(`    PRIMARY KEY (${keys.join(', ')})`);
  return `CREATE TABLE public.${table} (\n${lines.join(',\n')}\n)`;
}

/** A value as it is kept here, from PostgreSQL's text for it. */
export function cellOf(text: string | null, column: Column): Cell {
  if (text === null) return null;
  if (column.kind === 'number') return Number(text);
  return column.isPadded ? text.trimEnd() : text;
}

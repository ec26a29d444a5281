/** A file that is no archive of ours, or not a whole one. Nothing was restored. */
export class DumpError extends Error {
  readonly code = 'DUMP';
}

// pg_dump -Fc, archive version 1.14 (PostgreSQL 12 to 15), so that pg_restore reads what the simulator dumps.
export const MAGIC = 'PGDMP';
export const VERSION = [1, 14, 0] as const;
export const INT_SIZE = 4;
export const OFFSET_SIZE = 8;
export const FORMAT_CUSTOM = 1;
export const BLOCK_DATA = 1;
/** What stands behind the last row of a table. */
export const END_OF_ROWS = '\\.\n';

// What the thread of requests and the thread of the disk say to each other.

export type SqlValue = string | number | null;

export interface Line {
  readonly sql: string;
  /** Named parameters, as in `@name`. */
  readonly params: Readonly<Record<string, SqlValue>>;
}

export type Row = Readonly<Record<string, unknown>>;

export interface BatchFile {
  readonly path: string;
  readonly migrations: readonly string[];
  /** A file that is no database any more is moved aside, and an empty one takes its place. */
  readonly mayBeginAnew: boolean;
}

export type Order =
  | { readonly t: 'write'; readonly lines: readonly Line[] }
  | { readonly t: 'read'; readonly id: number; readonly line: Line }
  | { readonly t: 'close' };

export type Answer =
  | { readonly t: 'ready'; readonly movedAside: string | null }
  | { readonly t: 'unusable'; readonly message: string }
  /** On the disk, but for those that no table takes. */
  | { readonly t: 'wrote'; readonly refused: number; readonly why: string }
  /** The disk did not take them: they are to be sent again. */
  | { readonly t: 'kept'; readonly message: string }
  | { readonly t: 'rows'; readonly id: number; readonly rows: readonly Row[] }
  | { readonly t: 'unread'; readonly id: number; readonly message: string };

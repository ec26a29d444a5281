import { rename } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { migrate } from './migrate.ts';
import type { Answer, BatchFile, Line, Order, Row } from './batch-orders.ts';

// open ──▶ ready ──▶ (write | read)* ──▶ close          the one thread that waits for the disk

const port = parentPort;
if (port === null) throw new Error('batch-worker runs in a worker thread only');
const file: BatchFile = workerData;
const say = (answer: Answer): void => port.postMessage(answer);

const opened = await open();
if (opened !== null) serve(opened.db, opened.movedAside);

async function open(): Promise<{ db: Database.Database; movedAside: string | null } | null> {
  try {
    return { db: openDatabase(), movedAside: null };
  } catch (error) {
    if (!file.mayBeginAnew || !isBroken(error)) {
      say({ t: 'unusable', message: messageOf(error) });
      return null;
    }
  }
  try {
    const aside = `${file.path}.broken-${Date.now()}`;
    await rename(file.path, aside);
    // A log of the file that was moved away must not be replayed into the new one.
    for (const end of ['-wal', '-shm']) await rename(file.path + end, aside + end).catch(() => undefined);
    return { db: openDatabase(), movedAside: aside };
  } catch (error) {
    say({ t: 'unusable', message: messageOf(error) });
    return null;
  }
}

function openDatabase(): Database.Database {
  const db = new Database(file.path, { timeout: 1000 });
  try {
    db.pragma('journal_mode = WAL');
    // What a killed process had committed is with the system; only a power cut can cost the last moments.
    db.pragma('synchronous = NORMAL');
    migrate(db, file.migrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function serve(db: Database.Database, movedAside: string | null): void {
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string): Database.Statement => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = db.prepare(sql)));
    return statement;
  };
  const run = ({ sql, params }: Line): void => void prepared(sql).run(params);
  const all = db.transaction((lines: readonly Line[]) => {
    for (const line of lines) run(line);
  });
  // One line that no table takes must not keep the others from the disk.
  const most = db.transaction((lines: readonly Line[]) => {
    let refused = 0;
    let why = '';
    for (const line of lines) {
      try {
        run(line);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refused += 1;
        why = messageOf(error);
      }
    }
    return { refused, why };
  });

  function write(lines: readonly Line[]): Answer {
    try {
      all.immediate(lines);
      return { t: 'wrote', refused: 0, why: '' };
    } catch (error) {
      if (!isRefusal(error)) return { t: 'kept', message: messageOf(error) };
    }
    try {
      return { t: 'wrote', ...most.immediate(lines) };
    } catch (error) {
      return { t: 'kept', message: messageOf(error) };
    }
  }

  function read(id: number, { sql, params }: Line): Answer {
    try {
      return { t: 'rows', id, rows: rowsOf(prepared(sql).all(params)) };
    } catch (error) {
      return { t: 'unread', id, message: messageOf(error) };
    }
  }

  port?.on('message', (order: Order) => {
    switch (order.t) {
      case 'write':
        return say(write(order.lines));
      case 'read':
        return say(read(order.id, order.line));
      case 'close':
        db.close();
        port?.close();
    }
  });
  say({ t: 'ready', movedAside });
}

function rowsOf(found: readonly unknown[]): Row[] {
  return found.map((row) => ({ ...(typeof row === 'object' ? row : null) }));
}

// What the disk says (full, read-only, I/O) may pass; what SQL says of a line never will.
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Database.SqliteError)) return true;
  return /^SQLITE_(?:ERROR|CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(error.code);
}

function isBroken(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(?:CORRUPT|NOTADB)/.test(error.code);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Answer, BatchFile, Line, Order, Row } from './batch-orders.ts';
import { StateUnusable } from './errors.ts';

export type { Line, Row, SqlValue } from './batch-orders.ts';

// write ──▶ line (bounded) ──▶ at most 100 ms ──▶ one transaction in the worker ──▶ journal.db

export interface BatchOptions {
  /** The state folder. */
  readonly dir: string;
  /** `migrations[n]` leads from version n to n + 1; see `migrate`. */
  readonly migrations: readonly string[];
  /** Lines that may wait for the disk; beyond it the newest is refused. */
  readonly capacity?: number;
  /** A file that is no database any more is moved aside: what it held matters less than that the gateway runs. */
  readonly mayBeginAnew?: boolean;
}

/** Rows that are written behind the back of requests: nobody waits for a disk, a killed process loses 200 ms at most. */
export interface Batch {
  /** Puts a line in the queue. @returns false where the queue is full: the line is lost, and `refused` counts it */
  write(line: Line): boolean;
  /** Sees everything that was written before it, as far as the disk takes lines. @throws BatchUnreadable */
  read(line: Line): Promise<readonly Row[]>;
  /** Lines that are not on the disk yet. */
  readonly pending: number;
  /** Lines that were lost: the queue was full, or no table takes them. */
  readonly refused: number;
  /** What the disk last said; null while it takes lines. */
  readonly failure: string | null;
  /** Where a broken file was moved at the start; null where it was whole. */
  readonly movedAside: string | null;
  /** Writes what waits, as far as the disk takes it, and ends the thread. */
  close(): Promise<void>;
}

export class BatchUnreadable extends Error {
  readonly code = 'BATCH_UNREADABLE';
}

const FLUSH_MS = 100;
const AGAIN_MS = 1000;
/** A burst does not wait for the clock, and one transaction does not grow without bound. */
const MOST_AT_ONCE = 1000;
const CAPACITY = 50_000;

/** Opens `journal.db` in the state folder, in a thread of its own. @throws StateUnusable */
export async function openBatch(options: BatchOptions): Promise<Batch> {
  const { dir, migrations, capacity = CAPACITY, mayBeginAnew = false } = options;
  const file: BatchFile = { path: join(dir, 'journal.db'), migrations, mayBeginAnew };
  // As it stands under Node's type stripping, or as it was compiled.
  const script = new URL(`./batch-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
  const worker = new Worker(script, { workerData: file });
  const { promise: started, resolve, reject } = Promise.withResolvers<string | null>();
  const batch = new BatchQueue(worker, capacity);
  worker.on('message', (answer: Answer) => {
    if (answer.t === 'ready') resolve(answer.movedAside);
    else if (answer.t === 'unusable') reject(new StateUnusable(file.path, answer.message));
    else batch.hear(answer);
  });
  worker.on('error', (error) => {
    reject(new StateUnusable(file.path, error));
    batch.die(error.message);
  });
  worker.on('exit', () => batch.die('the thread of the journal has ended'));
  try {
    batch.movedAside = await started;
    return batch;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

type Waiting = PromiseWithResolvers<readonly Row[]>;

class BatchQueue implements Batch {
  movedAside: string | null = null;
  failure: string | null = null;
  refused = 0;
  readonly #worker: Worker;
  readonly #capacity: number;
  readonly #reads = new Map<number, Waiting>();
  #lines: Line[] = [];
  /** With the worker now; they come back where the disk does not take them. */
  readonly #sent: (readonly Line[])[] = [];
  #timer: NodeJS.Timeout | null = null;
  #lastRead = 0;
  #ended: PromiseWithResolvers<void> | null = null;
  #isDead = false;

  constructor(worker: Worker, capacity: number) {
    this.#worker = worker;
    this.#capacity = capacity;
  }

  get pending(): number {
    return this.#lines.length + this.#sent.reduce((sum, { length }) => sum + length, 0);
  }

  write(line: Line): boolean {
    if (this.#isDead || this.#ended !== null || this.pending >= this.#capacity) {
      this.refused += 1;
      return false;
    }
    this.#lines.push(line);
    if (this.#lines.length >= MOST_AT_ONCE) this.#flush();
    else this.#flushIn(FLUSH_MS);
    return true;
  }

  read(line: Line): Promise<readonly Row[]> {
    if (this.#isDead || this.#ended !== null) return Promise.reject(new BatchUnreadable('the journal is closed'));
    const waiting = Promise.withResolvers<readonly Row[]>();
    const id = (this.#lastRead += 1);
    this.#reads.set(id, waiting);
    // The thread takes orders one by one: what was written before is there when the read comes.
    this.#flush();
    this.#order({ t: 'read', id, line });
    return waiting.promise;
  }

  async close(): Promise<void> {
    if (this.#isDead) return;
    if (this.#ended === null) {
      this.#ended = Promise.withResolvers();
      this.#flush();
      if (this.pending === 0) this.#order({ t: 'close' });
    }
    await this.#ended.promise;
  }

  hear(answer: Exclude<Answer, { t: 'ready' | 'unusable' }>): void {
    switch (answer.t) {
      case 'wrote':
        this.failure = answer.refused > 0 ? answer.why : null;
        this.refused += answer.refused;
        this.#sent.shift();
        return this.#goOn(FLUSH_MS);
      case 'kept':
        this.failure = answer.message;
        this.#lines = [...(this.#sent.shift() ?? []), ...this.#lines];
        return this.#goOn(AGAIN_MS);
      case 'rows':
        return this.#take(answer.id)?.resolve(answer.rows);
      case 'unread':
        return this.#take(answer.id)?.reject(new BatchUnreadable(answer.message));
    }
  }

  die(why: string): void {
    if (this.#isDead) return;
    this.#isDead = true;
    if (this.#ended === null) this.failure = why;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const waiting of this.#reads.values()) waiting.reject(new BatchUnreadable(why));
    this.#reads.clear();
    this.#ended?.resolve();
  }

  #goOn(withinMs: number): void {
    if (this.#ended === null) {
      if (this.#lines.length > 0) this.#flushIn(withinMs);
      return;
    }
    // One last try was made: a disk that takes nothing does not keep the process from stopping.
    if (this.#sent.length === 0) this.#order({ t: 'close' });
  }

  #flushIn(ms: number): void {
    this.#timer ??= setTimeout(() => this.#flush(), ms);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#lines.length > 0) {
      const lines = this.#lines.splice(0, MOST_AT_ONCE);
      this.#sent.push(lines);
      this.#order({ t: 'write', lines });
    }
  }

  #order(order: Order): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(order);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#reads.get(id);
    this.#reads.delete(id);
    return waiting;
  }
}

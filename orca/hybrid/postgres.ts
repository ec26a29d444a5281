import pRetry from 'p-retry';
import { DatabaseError } from 'pg';
import { faultOf } from '../client/fault.ts';
import { checkNumbers, type HybridSpeaker, type Spoken } from '../hybrid.ts';
import { HybridRefused, HybridUnanswered, NumbersUnreadable } from './errors.ts';
import { connected } from './postgres-connection.ts';
import { type DumpShelf, fetchDump, listDumps, shelveDump, takeDump } from './postgres-dumps.ts';
import { raiseNumbers, readNumbers } from './postgres-numbers.ts';
import { restoreDump } from './postgres-restore.ts';

export interface PostgresOptions extends DumpShelf {
  /** 医療機関番号: which institution of the database. */
  readonly hospnum?: number;
  readonly now?: () => Date;
  readonly firstPauseMs?: number;
}

// Shorter than PostgreSQL's deadlock_timeout (1 s): should WebORCA and we ever wait for each other, it is we who give way.
const LOCK_MS = 400;
const LOCK_RETRIES = 5;

/**
 * Speaks with the database itself: the numbers in tbl_syskanri, dumps by pg_dump and pg_restore. It cannot tell WebORCA its
 * mode; that step is handed to `person`.
 */
export function postgresSpeaker(options: PostgresOptions, person: Pick<HybridSpeaker, 'announceMode'>): HybridSpeaker {
  const { hospnum = 1, now = () => new Date(), firstPauseMs = 200 } = options;
  return {
    kind: 'postgres',
    readNumbers: () =>
      told(false, async () => {
        const client = await connected(options.connection);
        try {
          return await readNumbers(client, hospnum, dayOf(now()));
        } finally {
          await client.end();
        }
      }),
    async raiseNumbers(atLeast, { signal } = {}) {
      checkNumbers(atLeast);
      const once = async () => {
        const client = await connected(options.connection, { lockMs: LOCK_MS });
        try {
          return await raiseNumbers(client, hospnum, dayOf(now()), atLeast);
        } finally {
          await client.end();
        }
      };
      return told(true, () =>
        pRetry(once, {
          retries: LOCK_RETRIES,
          minTimeout: firstPauseMs,
          randomize: true,
          ...(signal && { signal }),
          shouldRetry: ({ error }) => isLocked(error),
        }),
      );
    },
    listDumps: () => told(false, () => listDumps(options)),
    takeDump: (more = {}) => told(false, () => takeDump(options, now(), more)),
    downloadDump: (dump, to, more = {}) => told(false, () => fetchDump(options, dump, to, more)),
    uploadDump: (file, name, more = {}) => told(false, () => shelveDump(options, file, name, now(), more)),
    restore: (dump, more = {}) =>
      told(true, async () => {
        await restoreDump(options, dump, more);
        return { dump: dump.id };
      }),
    announceMode: (hybridmode, more) => person.announceMode(hybridmode, more),
    async close() {
      // Every question has a connection of its own.
    },
  };
}

const TOKYO = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo', dateStyle: 'short' });

function dayOf(at: Date): string {
  return TOKYO.format(at).replaceAll('-', '');
}

function isLocked(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === '55P03' || error.code === '40P01');
}

/** What went wrong with the database, in the words that callers of a speaker know. */
async function told<T>(isWrite: boolean, attempt: () => Promise<T>): Promise<Spoken<T>> {
  try {
    return { kind: 'done', value: await attempt() };
  } catch (error) {
    if (error instanceof DatabaseError) throw refusalOf(error);
    if (isConnectionError(error)) throw new HybridUnanswered(faultOf(error, false), isWrite && isCut(error), error);
    throw error;
  }
}

function refusalOf(error: DatabaseError): Error {
  if (isLocked(error)) return new HybridRefused('locked', 'WebORCA holds the numbers; try again', { cause: error });
  switch (error.code) {
    case '42P01':
    case '42703':
      return new NumbersUnreadable(`not a database of WebORCA: ${error.message}`, { cause: error });
    case '28P01':
    case '28000':
      return new HybridRefused('credentials', error.message, { cause: error });
    default:
      return new HybridRefused(error.code ?? 'database', error.message, { cause: error });
  }
}

function isConnectionError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return isCut(error) || ('code' in error && typeof error.code === 'string' && 'syscall' in error);
}

// The driver says these two without a code.
function isCut(error: Error): boolean {
  return /^(?:Connection terminated|timeout expired)/.test(error.message);
}

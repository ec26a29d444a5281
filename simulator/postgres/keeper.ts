import type { Database } from 'better-sqlite3';
import type { Client } from 'pg';
import type { PostgresConnection } from '../../orca/hybrid/postgres-connection.ts';
import type { Clinic } from '../clinic/open.ts';
import type { RestoreOptions } from '../clinic/restore.ts';
import { KeepingFailed, type Keeper, type Numbering } from '../keeper.ts';
import { Turns } from '../turns.ts';
import { hasChanges, takeChanges, watch } from './changes.ts';
import { checkTools, dumped, restored, rewritten } from './dumps.ts';
import { opened, reopened } from './link.ts';
import { loadAll } from './load.ts';
import { adoptNumbers, apply, copyAll } from './mirror.ts';
import { placeOf } from './place.ts';

// call ──▶ numbers from the database, their rows held ──▶ work on the store ──▶ what it changed, into the database ──▶ answer
//          only where it draws one                                           one transaction, committed before the answer
//
// The database is the truth. Whenever the two may differ (the connection was lost, somebody restored a dump into it), the
// store is read anew from it before the next call.

/** Keeps the clinic in a PostgreSQL database: what was answered is in it. Throws PlaceError, ToolMissing. */
export async function postgresKeeper(clinic: Clinic, url: string, seedIt: () => void): Promise<Keeper> {
  const connection = placeOf(url);
  checkTools();
  const client = await opened(connection);
  const { rows } = await client.query(`select to_regclass('public.sim_clinic') is null as "isNew"`);
  if (rows[0]?.isNew === true) {
    seedIt();
    await copyAll(client, clinic.db);
  } else {
    await loadAll(client, clinic);
  }
  return new PostgresKeeper(clinic, connection, client);
}

class PostgresKeeper implements Keeper {
  readonly #clinic: Clinic;
  readonly #connection: PostgresConnection;
  /** Of the one connection. */
  readonly #turns = new Turns();
  /** Of dumps and restores, which run beside the calls. */
  readonly #longTurns = new Turns();
  #client: Client | null = null;

  constructor(clinic: Clinic, connection: PostgresConnection, client: Client) {
    this.#clinic = clinic;
    this.#connection = connection;
    this.#use(client);
  }

  #use(client: Client): void {
    watch(this.#clinic.db);
    this.#client = client;
    client.on('end', () => {
      if (this.#client === client) this.#client = null;
    });
  }

  async carryOut<T>(work: () => T, numbering: Numbering): Promise<T> {
    if (numbering === 'draws') return this.#turns.take(() => this.#draw(work));
    while (this.#client === null) await this.#turns.take(() => this.#connected());
    const { db } = this.#clinic;
    const done = work();
    if (hasChanges(db)) await this.#turns.take(() => this.#flush(db));
    return done;
  }

  async #draw<T>(work: () => T): Promise<T> {
    const client = await this.#connected();
    const done = await this.#transacted(client, async () => {
      await adoptNumbers(client, this.#clinic);
      const attempted = attempt(work);
      await apply(client, this.#clinic.db, takeChanges(this.#clinic.db));
      return attempted;
    });
    if (done.kind === 'failed') throw done.error;
    return done.value;
  }

  async #flush(changed: Database): Promise<void> {
    const client = this.#client;
    // What waited here was changed in a store that is not trusted any more, or was read anew since.
    if (client === null || changed !== this.#clinic.db)
      throw new KeepingFailed('the connection to the database was lost');
    if (!hasChanges(changed)) return;
    await this.#transacted(client, () => apply(client, changed, takeChanges(changed)));
  }

  async #transacted<T>(client: Client, work: () => Promise<T>): Promise<T> {
    try {
      await client.query('begin');
      const done = await work();
      await client.query('commit');
      return done;
    } catch (error) {
      await this.#drop();
      throw failed(error);
    }
  }

  async #connected(): Promise<Client> {
    return this.#client ?? (await this.#reload()).client;
  }

  /** Connected anew, and the store as the database is. */
  async #reload(): Promise<{ readonly client: Client; readonly rows: number }> {
    await this.#drop();
    let client: Client | undefined;
    try {
      client = await reopened(this.#connection);
      const rows = await loadAll(client, this.#clinic);
      this.#use(client);
      return { client, rows };
    } catch (error) {
      await client?.end();
      throw failed(error);
    }
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }

  async dump(at: Date): Promise<Buffer> {
    await this.#turns.take(async () => {
      await this.#connected();
      await this.#flush(this.#clinic.db);
    });
    return this.#longTurns.take(() => dumped(this.#connection, at));
  }

  async restore(dump: Buffer, { isRewriting = false }: RestoreOptions): Promise<number> {
    return this.#longTurns.take(async () => {
      await restored(this.#connection, dump);
      if (isRewriting) await rewritten(this.#connection);
      return this.#turns.take(async () => (await this.#reload()).rows);
    });
  }

  async close(): Promise<void> {
    await this.#longTurns.take(async () => undefined);
    await this.#turns.take(() => this.#drop());
  }
}

type Attempted<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'failed'; readonly error: unknown };

/** That the work failed is no failure of the database. */
function attempt<T>(work: () => T): Attempted<T> {
  try {
    return { kind: 'done', value: work() };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function failed(error: unknown): KeepingFailed {
  return new KeepingFailed(error instanceof Error ? error.message : String(error), { cause: error });
}

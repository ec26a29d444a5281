import type { State } from '../state/open.ts';
import { fingerprint, lastAlive } from '../state/alive.ts';
import { migrate } from '../state/migrate.ts';
import type { EmergencyName, Mode, ModeState } from './mode.ts';
import type { ModeRow } from './rows.ts';
import { HISTORY, historyEntry, MIGRATIONS, parseRow, type HistoryEntry } from './rows.ts';
import { decideStart, type ConfirmReason } from './start.ts';

/** Somebody else switched in between: compare-and-set on the epoch failed, nothing was changed. */
export class EpochConflict extends Error {
  readonly code = 'EPOCH_CONFLICT';
  readonly current: ModeState;
  constructor(expected: number, current: ModeState) {
    super(
      `expected epoch ${expected}, but the mode is ${current.mode} at epoch ${current.epoch}, set by ${current.by}. ` +
        `Read the mode again and decide anew.`,
    );
    this.current = current;
  }
}

export interface Commit {
  readonly expectedEpoch: number;
  readonly mode: Mode;
  readonly target: EmergencyName;
  readonly by: string;
  readonly reason: string;
}

export interface ModeStoreOptions {
  readonly initial: Mode | null;
  readonly target: EmergencyName;
  readonly now?: () => Date;
  /** Told when a listener throws: the commit is done by then, and the others still hear of it. */
  readonly complain?: (error: unknown) => void;
}

type Listener = (state: ModeState, previous: ModeState) => void;

/**
 * The clinic's mode: on disk first, then in memory, then told. Reading it is one property; every change is one
 * SQLite transaction that has been synced before anybody sees it.
 */
export class ModeStore {
  #current: ModeState;
  #awaits: ConfirmReason | null;
  readonly #db: State['db'];
  readonly #dir: string;
  readonly #now: () => Date;
  readonly #complain: (error: unknown) => void;
  readonly #listeners = new Set<Listener>();

  constructor(state: State, options: ModeStoreOptions) {
    this.#db = state.db;
    this.#dir = state.dir;
    this.#now = options.now ?? (() => new Date());
    this.#complain = options.complain ?? (() => undefined);
    migrate(this.#db, MIGRATIONS);
    const row = this.#db.prepare<[], ModeRow>(HISTORY.latest).get();
    const start = decideStart({
      persisted: row === undefined ? null : { isConfirmed: row.confirmed === 1, fingerprint: row.fingerprint },
      initial: options.initial,
      fingerprint: fingerprint(state.dir),
      nowMs: this.#now().getTime(),
      lastAliveMs: lastAlive(state.dir),
    });
    this.#awaits = start.kind === 'confirm' ? start.because : null;
    this.#current = row === undefined ? this.#begin(options) : parseRow(row, this.#wrote());
  }

  get current(): ModeState {
    return this.#current;
  }

  /** Why writes are fenced until an operator confirms the mode; null while they are not. */
  get awaitsConfirmation(): ConfirmReason | null {
    return this.#awaits;
  }

  /**
   * Compare-and-set: the new mode with `epoch + 1`, on disk before it is visible.
   * @throws EpochConflict; SqliteError where the disk does not take it (then nothing has changed)
   */
  commit(commit: Commit): ModeState {
    const previous = this.#current;
    if (commit.expectedEpoch !== previous.epoch) throw new EpochConflict(commit.expectedEpoch, previous);
    const state: ModeState = {
      mode: commit.mode,
      target: commit.target,
      epoch: previous.epoch + 1,
      since: this.#now().toISOString(),
      by: commit.by,
      reason: commit.reason,
      // The list belongs to one emergency: in normal mode there is none.
      wrote: commit.mode === 'normal' ? [] : previous.wrote,
    };
    this.#db
      .transaction(() => {
        this.#insert(state, true);
        if (commit.mode === 'normal') this.#db.exec('DELETE FROM mode_wrote');
      })
      .immediate();
    this.#awaits = null;
    return this.#publish(state, previous);
  }

  /** On disk before the first partner's write is forwarded to an emergency environment. */
  markWrote(environment: EmergencyName): void {
    const previous = this.#current;
    if (previous.wrote.includes(environment)) return;
    this.#db
      .prepare('INSERT OR IGNORE INTO mode_wrote (environment, since, epoch) VALUES (?, ?, ?)')
      .run(environment, this.#now().toISOString(), previous.epoch);
    this.#publish({ ...previous, wrote: [...previous.wrote, environment] }, previous);
  }

  /** From now on writes wait for an operator (an environment announces a mode that is not ours). */
  demandConfirmation(because: ConfirmReason): void {
    if (this.#awaits !== null) return;
    this.#awaits = because;
    this.#tell(this.#current, this.#current);
  }

  /** Newest first. */
  history(limit = 100): HistoryEntry[] {
    return this.#db.prepare<[number], ModeRow>(HISTORY.newest).all(limit).map(historyEntry);
  }

  /** @returns stops the telling */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #begin(options: ModeStoreOptions): ModeState {
    const state: ModeState = {
      mode: options.initial ?? 'normal',
      target: options.target,
      epoch: 1,
      since: this.#now().toISOString(),
      by: 'start',
      reason: options.initial === null ? 'empty state' : 'state.initial',
      wrote: [],
    };
    this.#insert(state, this.#awaits === null);
    return state;
  }

  #insert(state: ModeState, isConfirmed: boolean): void {
    const from = state.epoch === 1 ? null : this.#current.mode;
    this.#db
      .prepare(HISTORY.insert)
      .run({ ...state, from, confirmed: isConfirmed ? 1 : 0, fingerprint: fingerprint(this.#dir) });
  }

  #wrote(): EmergencyName[] {
    return this.#db
      .prepare<[], { environment: EmergencyName }>('SELECT environment FROM mode_wrote ORDER BY rowid')
      .all()
      .map((row) => row.environment);
  }

  #publish(state: ModeState, previous: ModeState): ModeState {
    this.#current = state;
    this.#tell(state, previous);
    return state;
  }

  #tell(state: ModeState, previous: ModeState): void {
    for (const listener of this.#listeners) {
      try {
        listener(state, previous);
      } catch (error) {
        this.#complain(error);
      }
    }
  }
}

import { createHash, randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Role } from './roles.ts';

export interface SessionTimes {
  /** Without a request for this long it ends. */
  readonly idleMs: number;
  /** A day's work, and then the password again. */
  readonly absoluteMs: number;
}

export const SESSION_TIMES: SessionTimes = { idleMs: 60 * 60_000, absoluteMs: 12 * 60 * 60_000 };

/** Who is behind a cookie. */
export interface Session {
  /** What it is known by inside: not the cookie, which is kept nowhere. */
  readonly id: string;
  readonly operator: string;
  readonly role: Role;
  readonly address: string | null;
  /** When it ends at the latest: ISO 8601. */
  readonly expires: string;
  /** What a page must send beside the cookie to change anything. */
  readonly csrf: string;
}

export type SessionEnd = 'logout' | 'idle' | 'expired' | 'login' | 'operator';

type EndListener = (session: Pick<Session, 'id' | 'operator' | 'address'>, why: SessionEnd) => void;

interface Row {
  readonly id: string;
  readonly operator: string;
  readonly role: Role;
  readonly address: string | null;
  readonly created_ms: number;
  readonly seen_ms: number;
}

// Not every request is worth a write: after a restart an idle time may be that much shorter.
const NOTE_SEEN_MS = 60_000;
const SELECT = 'SELECT session.*, operator.role FROM session JOIN operator ON operator.name = session.operator';

/** Logged-in operators. A cookie's value is made here, never taken from outside, and only its digest is kept. */
export class Sessions {
  readonly #db: Database;
  readonly #now: () => Date;
  readonly #times: SessionTimes;
  readonly #seen = new Map<string, number>();
  readonly #listeners = new Set<EndListener>();

  constructor(db: Database, now: () => Date, times: SessionTimes = SESSION_TIMES) {
    this.#db = db;
    this.#now = now;
    this.#times = times;
  }

  /** @returns the cookie's value */
  begin(operator: string, address: string | null): string {
    const cookie = randomBytes(32).toString('base64url');
    const nowMs = this.#now().getTime();
    this.#db.prepare('INSERT INTO session VALUES (?, ?, ?, ?, ?)').run(idOf(cookie), operator, address, nowMs, nowMs);
    return cookie;
  }

  /** Who is behind a cookie's value; null where nobody is, or not any more. */
  find(cookie: string): Session | null {
    const id = idOf(cookie);
    const row = this.#db.prepare<[string], Row>(`${SELECT} WHERE id = ?`).get(id);
    if (row === undefined) return null;
    const nowMs = this.#now().getTime();
    const end = this.#endOf(row, nowMs);
    if (end !== null) {
      this.#end(row, end);
      return null;
    }
    this.#see(row, nowMs);
    const expires = new Date(row.created_ms + this.#times.absoluteMs).toISOString();
    const { operator, role, address } = row;
    return { id, operator, role, address, expires, csrf: csrfOf(cookie) };
  }

  end(id: string, why: SessionEnd): void {
    const row = this.#db.prepare<[string], Row>(`${SELECT} WHERE id = ?`).get(id);
    if (row !== undefined) this.#end(row, why);
  }

  /** Before an operator is removed, and when a password was changed. */
  endAllOf(operator: string): void {
    const rows = this.#db.prepare<[string], Row>(`${SELECT} WHERE operator = ?`).all(operator);
    for (const row of rows) this.#end(row, 'operator');
  }

  /** Ends those whose time is over. */
  sweep(): void {
    const nowMs = this.#now().getTime();
    for (const row of this.#db.prepare<[], Row>(SELECT).all()) {
      const end = this.#endOf(row, nowMs);
      if (end !== null) this.#end(row, end);
    }
  }

  onEnd(listener: EndListener): void {
    this.#listeners.add(listener);
  }

  #endOf({ id, created_ms, seen_ms }: Row, nowMs: number): SessionEnd | null {
    // A clock that was set back by more than an idle time ends it as well: nothing can be said of its age.
    if (nowMs - created_ms >= this.#times.absoluteMs || created_ms - nowMs > this.#times.idleMs) return 'expired';
    return nowMs - (this.#seen.get(id) ?? seen_ms) >= this.#times.idleMs ? 'idle' : null;
  }

  #see({ id, seen_ms }: Row, nowMs: number): void {
    this.#seen.set(id, nowMs);
    if (nowMs - seen_ms < NOTE_SEEN_MS) return;
    this.#db.prepare('UPDATE session SET seen_ms = ? WHERE id = ?').run(nowMs, id);
  }

  #end(row: Row, why: SessionEnd): void {
    this.#db.prepare('DELETE FROM session WHERE id = ?').run(row.id);
    this.#seen.delete(row.id);
    for (const listener of this.#listeners) listener(row, why);
  }
}

function idOf(cookie: string): string {
  return createHash('sha256').update(cookie).digest('hex');
}

// From the cookie, which a foreign page can send but not read.
function csrfOf(cookie: string): string {
  return createHash('sha256').update(`csrf ${cookie}`).digest('base64url');
}

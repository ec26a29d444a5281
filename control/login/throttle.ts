import { isIPv6 } from 'node:net';
import type { Database } from 'better-sqlite3';

/** Failures that are free, then waits that double. */
interface Rule {
  readonly free: number;
  readonly longestMs: number;
}

// Somebody who guesses at one name must not be able to lock its owner out for long; who comes from one address with many
// names waits longer.
const USER: Rule = { free: 5, longestMs: 60_000 };
const ADDRESS: Rule = { free: 20, longestMs: 15 * 60_000 };
const FIRST_MS = 1000;
/** Failures are forgotten after this long without another one. */
const FORGET_MS = 60 * 60_000;
const MOST_KEYS = 10_000;

interface Failures {
  readonly failures: number;
  readonly last_ms: number;
}

/** How long the next try has to wait, in milliseconds from `nowMs`; 0: not at all. */
export function waitMs({ failures, last_ms }: Failures, rule: Rule, nowMs: number): number {
  const elapsed = nowMs - last_ms;
  // A clock that was set back must not close the door for hours.
  if (failures < rule.free || elapsed < 0 || elapsed > FORGET_MS) return 0;
  const pause = Math.min(FIRST_MS * 2 ** Math.min(failures - rule.free, 30), rule.longestMs);
  return Math.max(0, pause - elapsed);
}

/** Slows down whoever guesses passwords, per name and per address; a restart does not let them begin anew. */
export class LoginThrottle {
  readonly #db: Database;
  readonly #now: () => Date;

  constructor(db: Database, now: () => Date) {
    this.#db = db;
    this.#now = now;
  }

  /** How long this try has to wait; 0: it may go on. */
  wait(name: string, address: string | null): number {
    const nowMs = this.#now().getTime();
    return Math.max(...this.#keys(name, address).map(([key, rule]) => waitMs(this.#of(key), rule, nowMs)));
  }

  /** @returns whether the next try has to wait for the first time */
  failed(name: string, address: string | null): boolean {
    const nowMs = this.#now().getTime();
    return this.#db
      .transaction(() => {
        this.#db.prepare('DELETE FROM throttle WHERE last_ms < ?').run(nowMs - FORGET_MS);
        const oldest = 'SELECT key FROM throttle ORDER BY last_ms DESC LIMIT -1 OFFSET ?';
        this.#db.prepare(`DELETE FROM throttle WHERE key IN (${oldest})`).run(MOST_KEYS);
        const sql = `INSERT INTO throttle VALUES (?, 1, ?)
                     ON CONFLICT DO UPDATE SET failures = failures + 1, last_ms = excluded.last_ms`;
        const keys = this.#keys(name, address);
        for (const [key] of keys) this.#db.prepare(sql).run(key, nowMs);
        return keys.some(([key, rule]) => this.#of(key).failures === rule.free);
      })
      .immediate();
  }

  succeeded(name: string): void {
    this.#db.prepare('DELETE FROM throttle WHERE key = ?').run(userKey(name));
  }

  #keys(name: string, address: string | null): [string, Rule][] {
    return [
      [userKey(name), USER],
      [`address ${network(address ?? 'unknown')}`, ADDRESS],
    ];
  }

  #of(key: string): Failures {
    const sql = 'SELECT failures, last_ms FROM throttle WHERE key = ?';
    return this.#db.prepare<[string], Failures>(sql).get(key) ?? { failures: 0, last_ms: 0 };
  }
}

function userKey(name: string): string {
  return `user ${name}`;
}

// Whoever has one address of IPv6 has the whole network of it.
function network(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.replace(/%.*/, '').split('::', 2);
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array<string>(gap).fill('0'), ...right].slice(0, 4).join(':');
}

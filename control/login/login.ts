import { join } from 'node:path';
import { openDurable } from '../../state/database.ts';
import { migrate } from '../../state/migrate.ts';
import type { Audit } from '../switch/audit.ts';
import type { AuditAction, Whence } from '../switch/audit-row.ts';
import { createTurn } from '../switch/turn.ts';
import { Operators } from './operators.ts';
import { COST, hashPassword, isOutdated, isPassword } from './password.ts';
import type { Cost } from './password.ts';
import type { Role } from './roles.ts';
import { LOGIN_MIGRATIONS } from './schema.ts';
import { Sessions } from './sessions.ts';
import type { SessionTimes } from './sessions.ts';
import { LoginThrottle } from './throttle.ts';

// name + password ──▶ throttle ──▶ turn ──▶ scrypt ──▶ session
//                      429         429     401 (the same work for nobody's name)

export type LoginResult =
  | { readonly kind: 'in'; readonly cookie: string }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'wait'; readonly waitMs: number };

export interface LoginParts {
  readonly dir: string;
  readonly audit: Audit;
  readonly epoch: () => number;
  readonly now: () => Date;
  /** Told what went wrong while nobody waits for an answer. */
  readonly complain: (error: unknown) => void;
  readonly cost?: Cost | undefined;
  readonly times?: SessionTimes | undefined;
}

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

// A hash takes 32 MiB and a thread that names are resolved on, too: one at a time, and not too many in line.
const MOST_WAITING = 8;
const BUSY_MS = 2000;
const SWEEP_MS = 60_000;

/** Operators, their passwords and their sessions, in a database of their own; every change is in the audit trail. */
export class Login {
  readonly operators: Operators;
  readonly sessions: Sessions;
  readonly #throttle: LoginThrottle;
  readonly #parts: LoginParts;
  readonly #cost: Cost;
  readonly #turn = createTurn();
  readonly #close: () => void;
  #waiting = 0;

  constructor(parts: LoginParts) {
    const db = openDurable(join(parts.dir, 'operators.db'));
    migrate(db, LOGIN_MIGRATIONS);
    this.#parts = parts;
    this.#cost = parts.cost ?? COST;
    this.operators = new Operators(db, parts.now);
    this.sessions = new Sessions(db, parts.now, parts.times);
    this.#throttle = new LoginThrottle(db, parts.now);
    this.sessions.onEnd(({ operator, address }, why) => {
      const whence = { via: 'session', address, requestId: null } as const;
      const action = why === 'logout' ? 'logout' : 'session-end';
      const epoch = parts.epoch();
      parts.audit.note({ by: operator, whence, action, outcome: 'done', epoch, subject: operator, detail: { why } });
    });
    this.sessions.sweep();
    const timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
    this.#close = () => {
      clearInterval(timer);
      db.close();
    };
  }

  /** @throws SqliteError where the disk does not take the audit row or the session */
  async enter({ name, password }: Credentials, whence: Whence): Promise<LoginResult> {
    const waitMs = this.#throttle.wait(name, whence.address);
    if (waitMs > 0) return { kind: 'wait', waitMs };
    return this.#inTurn(async () => {
      // Of many that came at once, those behind find what became of those before.
      const leftMs = this.#throttle.wait(name, whence.address);
      if (leftMs > 0) return { kind: 'wait', waitMs: leftMs };
      const found = this.operators.find(name);
      const isRight = await isPassword(password, found?.password ?? null, this.#cost);
      // Meanwhile the operator may have been removed, or the password changed.
      if (!isRight || found === null || this.operators.find(name)?.password !== found.password) {
        const isFirst = this.#throttle.failed(name, whence.address);
        // A name that nobody has may be a password, typed into the wrong field.
        this.#note('login', 'failed', found?.name ?? '(unknown)', whence, { slowedDown: isFirst });
        return { kind: 'wrong' };
      }
      if (isOutdated(found.password, this.#cost))
        this.operators.setPassword(name, await hashPassword(password, this.#cost));
      this.#throttle.succeeded(name);
      this.#note('login', 'done', name, whence, { role: found.role });
      return { kind: 'in', cookie: this.sessions.begin(name, whence.address) };
    });
  }

  /** @returns whether the name was free */
  async add(name: string, role: Role, password: string, by: string, whence: Whence): Promise<boolean> {
    if (this.operators.find(name) !== null) return false;
    const kept = await this.#turn(() => hashPassword(password, this.#cost));
    if (!this.operators.add(name, role, kept)) return false;
    this.#note('operator-add', 'done', by, whence, { subject: name, role });
    return true;
  }

  /** @returns whether there was one */
  remove(name: string, by: string, whence: Whence): boolean {
    const found = this.operators.find(name);
    if (found === null) return false;
    this.#note('operator-remove', 'done', by, whence, { subject: name, role: found.role });
    this.sessions.endAllOf(name);
    return this.operators.remove(name);
  }

  /** @returns whether there was one */
  async setPassword(name: string, password: string, by: string, whence: Whence): Promise<boolean> {
    if (this.operators.find(name) === null) return false;
    const kept = await this.#turn(() => hashPassword(password, this.#cost));
    if (!this.operators.setPassword(name, kept)) return false;
    this.sessions.endAllOf(name);
    this.#note('operator-password', 'done', by, whence, { subject: name });
    return true;
  }

  close(): void {
    this.#close();
  }

  async #inTurn(work: () => Promise<LoginResult>): Promise<LoginResult> {
    if (this.#waiting >= MOST_WAITING) return { kind: 'wait', waitMs: BUSY_MS };
    this.#waiting += 1;
    try {
      return await this.#turn(work);
    } finally {
      this.#waiting -= 1;
    }
  }

  #sweep(): void {
    try {
      this.sessions.sweep();
    } catch (error) {
      this.#parts.complain(error);
    }
  }

  #note(
    action: AuditAction,
    outcome: string,
    by: string,
    whence: Whence,
    { subject, ...detail }: Readonly<Record<string, unknown>> & { readonly subject?: string },
  ): void {
    const entry = { by, whence, action, outcome, epoch: this.#parts.epoch(), detail };
    this.#parts.audit.append(subject === undefined ? entry : { ...entry, subject });
  }
}

import { z } from 'zod';
import { AUDIT_ACTIONS } from './audit-row.ts';
import type { AuditRow } from './audit-row.ts';
import type { OpenIntent, Told } from './audit-repair.ts';

/** Each entry is released once and never edited; see `migrate`. */
export const AUDIT_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    via TEXT NOT NULL CHECK (via IN ('token', 'session', 'process')),
    address TEXT,
    request TEXT,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    concludes INTEGER UNIQUE REFERENCES audit (id),
    epoch INTEGER NOT NULL,
    subject TEXT,
    reason TEXT,
    before TEXT,
    after TEXT,
    overrides TEXT NOT NULL,
    detail TEXT,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE INDEX audit_open ON audit (id) WHERE outcome = 'asked';
  CREATE INDEX audit_runs ON audit (id) WHERE action IN ('start', 'stop');
  CREATE TRIGGER audit_grows BEFORE INSERT ON audit
    WHEN NEW.id <> coalesce((SELECT max(id) FROM audit), 0) + 1
      OR NEW.previous <> coalesce((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), '${'0'.repeat(64)}')
    BEGIN SELECT RAISE(ABORT, 'a row must follow the newest one'); END;
  CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
  CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
  `,
];

export const SQL = {
  head: 'SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1',
  all: 'SELECT * FROM audit ORDER BY id',
  page: 'SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?',
  open: `SELECT * FROM audit AS intent WHERE outcome = 'asked'
         AND NOT EXISTS (SELECT 1 FROM audit WHERE concludes = intent.id) ORDER BY id`,
  told: `SELECT after AS told FROM audit WHERE after IS NOT NULL
         AND action IN ('begin', 'switch', 'confirm', 'state-rewound') ORDER BY id`,
  lastRun: "SELECT action FROM audit WHERE action IN ('start', 'stop') ORDER BY id DESC LIMIT 1",
  insert: `INSERT INTO audit VALUES (@id, @at, @by, @via, @address, @request, @action, @outcome, @concludes, @epoch,
           @subject, @reason, @before, @after, @overrides, @detail, @previous, @hash)`,
} as const;

const told = z.object({ epoch: z.number(), since: z.string() });
const facts = z.record(z.string(), z.unknown()).nullable();
const names = z.array(z.string());
const action = z.enum(AUDIT_ACTIONS);
const via = z.enum(['token', 'session', 'process']);

export function toldOf(row: { readonly told: string }): Told {
  return told.parse(JSON.parse(row.told));
}

export function factsOf(text: string | null): Readonly<Record<string, unknown>> | null {
  return facts.parse(JSON.parse(text ?? 'null'));
}

export function overridesOf(text: string): readonly string[] {
  return names.parse(JSON.parse(text));
}

export function toIntent(row: AuditRow): OpenIntent {
  return {
    id: row.id,
    by: row.by,
    whence: { via: via.parse(row.via), address: row.address, requestId: row.request },
    action: action.parse(row.action),
    outcome: row.outcome,
    epoch: row.epoch,
    subject: row.subject,
    reason: row.reason,
    before: factsOf(row.before),
    overrides: overridesOf(row.overrides),
    detail: factsOf(row.detail),
  };
}

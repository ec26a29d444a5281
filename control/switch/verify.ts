import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { ModeRow } from '../../mode/rows.ts';
import { AUDIT_FILE } from './audit.ts';
import { examineChain } from './audit-chain.ts';
import type { AuditFinding } from './audit-chain.ts';
import type { AuditHead, AuditRow } from './audit-row.ts';
import { SQL, toldOf } from './audit-sql.ts';

/** There is no audit trail to hold against anything. */
export class NoAudit extends Error {
  readonly code = 'NO_AUDIT';
  constructor(file: string, why: string) {
    super(`${file} cannot be read as an audit trail: ${why}. Give the state folder with --state or --config.`);
  }
}

export interface AuditVerdict {
  readonly rows: number;
  readonly head: AuditHead | null;
  readonly findings: readonly AuditFinding[];
  /** Rows that a killed process still owes; the next start writes them. No finding. */
  readonly owed: number;
}

/**
 * Holds the audit trail in a state folder against itself, against the mode's history beside it, and against a head that
 * was kept elsewhere. Reads only; the gateway may be running or not. @throws NoAudit
 */
export function verifyAudit(dir: string, pinned: AuditHead | null = null): AuditVerdict {
  const file = join(dir, AUDIT_FILE);
  // First: what is committed while this reads is in the trail before it can be missed there.
  const history = existsSync(file) ? historyIn(dir) : [];
  return reading(file, (db) => {
    // One transaction: a gateway that goes on writing would otherwise be seen in two states.
    db.exec('BEGIN');
    const rows = db.prepare<[], AuditRow>(SQL.all).all();
    const intents = db.prepare<[], AuditRow>(SQL.open).all();
    const told = db.prepare<[], { told: string }>(SQL.told).all();
    db.exec('COMMIT');
    const findings = examineChain(rows, pinned);
    const last = rows.at(-1);
    const lacking = findings.length > 0 ? [] : untold(history, told);
    // Of the very first start a kill may leave a mode and no row at all.
    const isPending = ({ epoch }: ModeRow): boolean =>
      rows.length === 0 || intents.some((intent) => intent.epoch === epoch - 1);
    const pending = lacking.filter(isPending);
    const lost = lacking.filter((entry) => !pending.includes(entry));
    return {
      rows: rows.length,
      head: last === undefined ? null : { id: last.id, hash: last.hash },
      findings: [...findings, ...lost.map((entry) => unlikeHistory(entry, rows.length + 1))],
      owed: Math.max(pending.length, intents.length),
    };
  });
}

function historyIn(dir: string): ModeRow[] {
  const file = join(dir, 'state.db');
  if (!existsSync(file)) return [];
  return reading(file, (db) => db.prepare<[], ModeRow>('SELECT * FROM mode_history ORDER BY epoch').all());
}

/** The committed modes that the trail says nothing of. */
function untold(history: readonly ModeRow[], rows: readonly { readonly told: string }[]): ModeRow[] {
  const told = new Set(rows.map((row) => toldOf(row)).map(({ epoch, since }) => `${epoch} ${since}`));
  return history.filter(({ epoch, since }) => !told.has(`${epoch} ${since}`));
}

function unlikeHistory({ epoch, since }: ModeRow, id: number): AuditFinding {
  return {
    kind: 'unlike-history',
    id,
    ja: `epoch ${epoch} (${since}) の切り替えの記録がありません。末尾の行が削除されています。`,
    en: `Nothing tells of epoch ${epoch} (${since}), which the history has: rows at the end were removed.`,
  };
}

function reading<T>(file: string, work: (db: Database.Database) => T): T {
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    return work(db);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new NoAudit(file, error.message);
  } finally {
    db?.close();
  }
}

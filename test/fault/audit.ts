import { join } from 'node:path';
import Database from 'better-sqlite3';
import { verifyAudit } from '../../control/switch/verify.ts';

interface Row {
  readonly id: number;
  readonly outcome: string;
  readonly after: string | null;
}

/**
 * What the audit trail lacks, beside the gateway or after it: its own verdict, and, counted here, one row and only one
 * for each mode that the clinic has been in.
 */
export function auditBreaches(stateDir: string): string[] {
  const { findings, owed } = verifyAudit(stateDir);
  const db = new Database(join(stateDir, 'audit.db'), { readonly: true });
  const rows = db.prepare<[], Row>('SELECT id, outcome, after FROM audit ORDER BY id').all();
  db.close();
  const modes = new Database(join(stateDir, 'state.db'), { readonly: true });
  const epochs = modes.prepare<[], { epoch: number }>('SELECT epoch FROM mode_history ORDER BY epoch').all();
  modes.close();
  const told = rows.flatMap(({ after }): number[] => (after === null ? [] : [JSON.parse(after).epoch]));
  const found = findings.map(({ en }) => `the audit trail: ${en}`);
  if (owed > 0) found.push(`the audit trail still owes ${owed} rows`);
  if (rows.some(({ id }, n) => id !== n + 1)) found.push('the audit trail has a hole');
  for (const { epoch } of epochs) {
    const count = told.filter((one) => one === epoch).length;
    if (count !== 1) found.push(`the audit trail tells ${count} times of epoch ${epoch}`);
  }
  return found;
}

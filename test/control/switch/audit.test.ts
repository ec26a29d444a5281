import assert from 'node:assert/strict';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Audit } from '../../../control/switch/audit.ts';
import { examineChain } from '../../../control/switch/audit-chain.ts';
import { FROM_PROCESS } from '../../../control/switch/audit-row.ts';
import type { AuditEntry, AuditRow } from '../../../control/switch/audit-row.ts';
import { NoAudit, verifyAudit } from '../../../control/switch/verify.ts';
import { keepBallast } from '../../../state/ballast.ts';
import { folder, removeFolders } from '../../state/folder.ts';

function entry(subject: string, more: Partial<AuditEntry> = {}): AuditEntry {
  return { by: 'sato', whence: FROM_PROCESS, action: 'login', outcome: 'done', epoch: 1, subject, ...more };
}

/** A trail of five rows in a folder of its own, closed. */
function trail(rows = 5): string {
  const dir = folder();
  const audit = new Audit({ dir, ballast: keepBallast(dir), history: () => [] });
  for (let number = 1; number <= rows; number += 1) audit.append(entry(`row ${number}`));
  audit.close();
  return dir;
}

/** Changes the file as somebody with an SQLite shell would, who drops the triggers first. */
function tamper(dir: string, ...statements: string[]): void {
  const db = new Database(join(dir, 'audit.db'));
  for (const name of ['audit_grows', 'audit_no_update', 'audit_no_delete']) db.exec(`DROP TRIGGER ${name}`);
  db.pragma('foreign_keys = OFF');
  for (const sql of statements) db.exec(sql);
  db.close();
}

function found(dir: string): string[] {
  return verifyAudit(dir).findings.map(({ kind, id }) => `${kind} ${id}`);
}

describe('the audit trail', () => {
  afterEach(removeFolders);

  it('that nobody touched is sound, and its head is its newest row', () => {
    const dir = trail();
    const { rows, head, findings, owed } = verifyAudit(dir);
    assert.deepEqual({ rows, findings, owed }, { rows: 5, findings: [], owed: 0 });
    assert.equal(head?.id, 5);
    assert.match(head.hash, /^[0-9a-f]{64}$/);
  });

  it('takes no change and no removal through its own tables, and no row in the middle', () => {
    const dir = trail();
    const db = new Database(join(dir, 'audit.db'));
    assert.throws(() => db.exec("UPDATE audit SET by = 'nobody' WHERE id = 2"), /append-only/);
    assert.throws(() => db.exec('DELETE FROM audit WHERE id = 5'), /append-only/);
    const again =
      'SELECT 9, at, by, via, address, request, action, outcome, concludes, epoch, subject, reason, before, after';
    const insert = `INSERT INTO audit ${again}, overrides, detail, previous, hash || 'x' FROM audit WHERE id = 5`;
    assert.throws(() => db.exec(insert), /must follow the newest/);
    db.close();
  });

  for (const column of ['at', 'by', 'address', 'action', 'outcome', 'subject', 'reason', 'overrides', 'detail'])
    it(`tells which row had its ${column} changed`, () => {
      const dir = trail();
      tamper(dir, `UPDATE audit SET ${column} = 'else' WHERE id = 3`);
      assert.deepEqual(found(dir), ['changed 3']);
    });

  it('tells which rows were removed, at the beginning and in the middle', () => {
    const dir = trail();
    tamper(dir, 'DELETE FROM audit WHERE id IN (1, 3, 4)');
    const { findings } = verifyAudit(dir);
    assert.deepEqual(
      findings.map(({ kind, en }) => [kind, en]),
      [
        ['removed', 'Row 1 was removed.'],
        ['removed', 'Rows 3-4 were removed.'],
      ],
    );
  });

  it('tells that a row was removed although the others were numbered anew', () => {
    const dir = trail();
    tamper(dir, 'DELETE FROM audit WHERE id = 3', 'UPDATE audit SET id = id - 1 WHERE id > 3');
    assert.deepEqual(found(dir), ['broken-link 3']);
  });

  it('tells which row was inserted', () => {
    const dir = trail();
    const rest = 'outcome, concludes, epoch, subject, reason, before, after, overrides, detail, previous';
    tamper(
      dir,
      'UPDATE audit SET id = -id WHERE id > 2',
      'UPDATE audit SET id = 1 - id WHERE id < 0',
      `INSERT INTO audit SELECT 3, at, 'mallory', via, address, request, action, ${rest}, 'made up' FROM audit WHERE id = 2`,
    );
    assert.deepEqual(found(dir), ['inserted 3']);
  });

  it('tells where a row was written anew together with its hash', () => {
    const dir = trail();
    tamper(dir, "UPDATE audit SET hash = 'f' || substr(hash, 2) WHERE id = 2");
    assert.ok(found(dir).includes('broken-link 3'));
  });

  it('that lost its end is told by a head that was kept elsewhere', () => {
    const dir = trail();
    const { head } = verifyAudit(dir);
    tamper(dir, 'DELETE FROM audit WHERE id = 5');
    assert.deepEqual(found(dir), []);
    assert.deepEqual(
      verifyAudit(dir, head).findings.map(({ kind, id }) => `${kind} ${id}`),
      ['removed 5'],
    );
  });

  it('that was written anew from the beginning is told by a head that was kept elsewhere', () => {
    const { head } = verifyAudit(trail(5));
    const other = trail(6);
    assert.deepEqual(
      verifyAudit(other, head).findings.map(({ kind, id }) => `${kind} ${id}`),
      ['unlike-head 5'],
    );
  });

  it('is examined in one pass, a hundred rows as well as none', () => {
    const dir = trail(100);
    assert.deepEqual(verifyAudit(dir).findings, []);
    assert.deepEqual(examineChain([]), []);
  });

  it('that is not there is no sound one', () => {
    assert.throws(() => verifyAudit(folder()), NoAudit);
  });

  it('goes on where it stood after a restart', () => {
    const dir = trail(2);
    const audit = new Audit({ dir, ballast: keepBallast(dir), history: () => [] });
    assert.equal(audit.append(entry('after')).id, 3);
    const [newest]: AuditRow[] = audit.page(1);
    assert.equal(newest?.subject, 'after');
    audit.close();
    assert.deepEqual(found(dir), []);
  });

  it('keeps what happened while the disk was full, and writes it before anything else', () => {
    const dir = folder();
    const complaints: unknown[] = [];
    const parts = { dir, history: () => [], complain: (error: unknown) => void complaints.push(error) };
    const audit = new Audit({ ...parts, ballast: keepBallast(dir, 1024) });
    const lock = new Database(join(dir, 'audit.db'), { timeout: 0 });
    const intent = audit.intend(entry('before', { action: 'switch' }));
    lock.exec('BEGIN IMMEDIATE');
    audit.conclude(intent, entry('done', { action: 'switch', outcome: 'switched' }));
    assert.equal(complaints.length, 1);
    assert.equal(audit.head.id, intent);
    lock.exec('ROLLBACK');
    lock.close();
    audit.append(entry('later'));
    assert.deepEqual(
      audit.page(10).map(({ id, subject, concludes }) => [id, subject, concludes]),
      [
        [3, 'later', null],
        [2, 'done', 1],
        [1, 'before', null],
      ],
    );
    audit.close();
  });
});

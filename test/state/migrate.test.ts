import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { migrate, SchemaTooNew } from '../../state/migrate.ts';

const FIRST = 'CREATE TABLE a (x INTEGER)';
const SECOND = 'ALTER TABLE a ADD COLUMN y INTEGER';

describe('migrate', () => {
  it('runs each migration once, from where the database is', () => {
    const db = new Database(':memory:');
    migrate(db, [FIRST]);
    migrate(db, [FIRST]);
    migrate(db, [FIRST, SECOND]);
    db.exec('INSERT INTO a VALUES (1, 2)');
    assert.equal(db.pragma('user_version', { simple: true }), 2);
  });

  it('leaves nothing of a migration that fails', () => {
    const db = new Database(':memory:');
    assert.throws(() => migrate(db, [FIRST, 'CREATE TABLE b (x INTEGER); this is no SQL']));
    assert.equal(db.pragma('user_version', { simple: true }), 1);
    assert.equal(db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'b'").pluck().get(), 0);
  });

  it('refuses a database that a newer version wrote', () => {
    const db = new Database(':memory:');
    migrate(db, [FIRST, SECOND]);
    assert.throws(() => migrate(db, [FIRST]), SchemaTooNew);
  });
});

import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateLocked, StateUnusable } from '../../state/errors.ts';
import { openState } from '../../state/open.ts';
import { child } from './child.ts';
import { folder, removeFolders } from './folder.ts';

const HOLDER = new URL('holder.ts', import.meta.url);

describe('the state folder', () => {
  afterEach(removeFolders);

  it('is made, readable by its owner alone', () => {
    const dir = join(folder(), 'deep', '状態');
    openState(dir).close();
    assert.ok(existsSync(join(dir, 'state.db')));
    if (process.platform !== 'win32') assert.equal(statSync(dir).mode & 0o777, 0o700);
  });

  it('syncs every commit to the disk', () => {
    const state = openState(folder());
    assert.equal(state.db.pragma('journal_mode', { simple: true }), 'wal');
    assert.equal(state.db.pragma('synchronous', { simple: true }), 2);
    state.close();
  });

  it('keeps what was written', () => {
    const dir = folder();
    const first = openState(dir);
    first.db.exec("CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('kept')");
    first.close();
    const second = openState(dir);
    assert.deepEqual(second.db.prepare('SELECT text FROM note').all(), [{ text: 'kept' }]);
    second.close();
  });

  it('is held by one opener at a time, also within a process', () => {
    const dir = folder();
    const first = openState(dir);
    assert.throws(() => openState(dir), StateLocked);
    first.close();
    openState(dir).close();
  });

  it('refuses a second process, which hears the pid of the first and ends', async () => {
    const dir = folder();
    const first = child(HOLDER, dir);
    assert.equal(await first.line(), 'holding');
    const second = child(HOLDER, dir);
    assert.equal(await second.line(), 'STATE_LOCKED');
    assert.match((await second.line()) ?? '', new RegExp(`\\(pid ${first.pid} on `));
    assert.equal(await second.line(), null);
    await first.kill();
  });

  it('is free again the moment its process is killed', async () => {
    const dir = folder();
    const holder = child(HOLDER, dir);
    assert.equal(await holder.line(), 'holding');
    assert.throws(
      () => openState(dir),
      (error: StateLocked) => error.holder?.includes(`pid ${holder.pid}`) === true,
    );
    await holder.kill();
    openState(dir).close();
  });

  it('that cannot be made is said to be unusable, with what to check', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    assert.throws(() => openState(join(file, 'state')), StateUnusable);
  });

  it('whose database is damaged is said to be unusable, and is not left locked', () => {
    const dir = folder();
    writeFileSync(join(dir, 'state.db'), 'this is no database, and longer than a header of one would be'.repeat(4));
    assert.throws(() => openState(dir), StateUnusable);
    assert.throws(() => openState(dir), StateUnusable);
  });
});

import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, keepAlive, lastAlive } from '../../state/alive.ts';
import { openState } from '../../state/open.ts';
import { eventually } from './eventually.ts';
import { folder, removeFolders } from './folder.ts';

describe('the sign of life', () => {
  afterEach(removeFolders);

  it('is not there before the first note', () => {
    assert.equal(lastAlive(folder()), null);
  });

  it('is noted at once, and again as time goes on', async () => {
    const dir = folder();
    let now = 1000;
    const stop = keepAlive(
      dir,
      () => now,
      () => true,
      1,
    );
    await eventually(() => assert.equal(lastAlive(dir), 1000));
    now = 2000;
    await eventually(() => assert.equal(lastAlive(dir), 2000));
    stop();
  });

  it('that cannot be read counts as none', () => {
    const dir = folder();
    writeFileSync(join(dir, 'alive'), 'yesterday');
    assert.equal(lastAlive(dir), null);
  });
});

describe('the fingerprint', () => {
  afterEach(removeFolders);

  it('stays the same over restarts', () => {
    const dir = folder();
    openState(dir).close();
    const before = fingerprint(dir);
    openState(dir).close();
    assert.equal(fingerprint(dir), before);
  });

  it('tells a copied folder from the first', () => {
    const dir = folder();
    const copy = folder();
    openState(dir).close();
    cpSync(dir, copy, { recursive: true });
    assert.notEqual(fingerprint(copy), fingerprint(dir));
  });
});

import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BALLAST_BYTES, freeBytes, keepBallast, withRoom } from '../../state/ballast.ts';
import { smallDisk } from '../support/tmpfs.ts';
import type { SmallDisk } from '../support/tmpfs.ts';
import { folder, removeFolders } from './folder.ts';

describe('the ballast', () => {
  afterEach(removeFolders);

  it('is a file of 2 MiB that takes real room', () => {
    const dir = folder();
    assert.equal(keepBallast(dir).isThere, true);
    const { size, blocks, mode } = statSync(join(dir, 'ballast'));
    assert.equal(size, BALLAST_BYTES);
    assert.ok(blocks * 512 >= BALLAST_BYTES);
    assert.equal(mode & 0o777, 0o600);
  });

  it('is made anew where only a part of it is there', () => {
    const dir = folder();
    writeFileSync(join(dir, 'ballast'), 'half');
    assert.equal(keepBallast(dir).isThere, true);
  });

  it('is not touched by a failure of another kind', () => {
    const ballast = keepBallast(folder());
    assert.throws(() => withRoom(() => JSON.parse('{'), ballast), SyntaxError);
    assert.equal(ballast.isThere, true);
  });

  describe('on a small disk', () => {
    let disk: SmallDisk;
    beforeEach(() => {
      disk = smallDisk('6m');
    });
    afterEach(() => disk.unmount());

    it('lets one more piece of work be done when the disk is full, and comes back when there is room', () => {
      const ballast = keepBallast(disk.dir);
      disk.fill();
      assert.equal(freeBytes(disk.dir), 0);
      const file = join(disk.dir, 'mode');
      assert.throws(() => writeFileSync(file, Buffer.alloc(4096)), { code: 'ENOSPC' });
      withRoom(() => writeFileSync(file, Buffer.alloc(4096)), ballast);
      assert.equal(statSync(file).size, 4096);
      assert.equal(ballast.isThere, false);

      disk.fill();
      assert.throws(() => withRoom(() => writeFileSync(`${file}2`, Buffer.alloc(4096)), ballast), { code: 'ENOSPC' });
      ballast.restore();
      assert.equal(ballast.isThere, false, 'there is no room for it');
      disk.empty();
      ballast.restore();
      assert.equal(ballast.isThere, true);
    });

    it('is not made from the last bytes, and leaves no half of itself', () => {
      writeFileSync(join(disk.dir, 'big'), Buffer.alloc(3 * 1024 * 1024));
      assert.equal(keepBallast(disk.dir).isThere, false);
      assert.equal(existsSync(join(disk.dir, 'ballast.part')), false);
    });
  });
});

import assert from 'node:assert/strict';
import { onFullDisk } from './full-disk.ts';

describe('a switch while the disk is full', () => {
  it('fails cleanly without a ballast, partners go on, and with room again it succeeds', async function () {
    this.timeout(60_000);
    const report = await onFullDisk(3, [0, 1, 2]);
    if (report === null) return this.skip();
    assert.equal(report.hadBallast, false);
    assert.deepEqual(report.breaches, []);
    assert.ok(report.failed > 0, 'the disk was not full: the test shows nothing');
  });

  it('succeeds at once with the ballast', async function () {
    this.timeout(60_000);
    const report = await onFullDisk(16, [0]);
    if (report === null) return this.skip();
    assert.equal(report.hadBallast, true);
    assert.deepEqual(report.breaches, []);
    assert.deepEqual([report.succeeded, report.failed], [1, 0]);
  });
});

import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openBatch, type Batch, type BatchOptions } from '../../state/batch.ts';
import { COUNT, line, TABLE } from './batch-table.ts';
import { child } from './child.ts';
import { eventually } from './eventually.ts';
import { folder, removeFolders } from './folder.ts';

const WRITER = new URL('batch-writer.ts', import.meta.url);

describe('a batch', () => {
  let open: Batch[] = [];
  const batchIn = async (dir: string, options: Partial<BatchOptions> = {}): Promise<Batch> => {
    const batch = await openBatch({ dir, migrations: TABLE, ...options });
    open.push(batch);
    return batch;
  };
  afterEach(async () => {
    for (const batch of open) await batch.close();
    open = [];
    removeFolders();
  });

  it('has a line on the disk within 200 ms, without anybody waiting for it', async () => {
    const dir = folder();
    const batch = await batchIn(dir);
    const begun = performance.now();
    batch.write(line(1));
    assert.ok(performance.now() - begun < 20);
    const other = new Database(join(dir, 'journal.db'), { readonly: true });
    await eventually(() => assert.deepEqual(other.prepare(COUNT.sql).get(), { count: 1, last: 1 }));
    assert.ok(performance.now() - begun < 250, `${performance.now() - begun} ms`);
    other.close();
  });

  it('lets a reader see every line written before', async () => {
    const batch = await batchIn(folder());
    for (let number = 1; number <= 2500; number += 1) batch.write(line(number));
    assert.deepEqual(await batch.read(COUNT), [{ count: 2500, last: 2500 }]);
    batch.write(line(2501));
    assert.deepEqual(await batch.read(COUNT), [{ count: 2501, last: 2501 }]);
  });

  it('refuses the newest line where too many wait for the disk, and counts it', async () => {
    const batch = await batchIn(folder(), { capacity: 3 });
    assert.deepEqual(
      [1, 2, 3, 4].map((number) => batch.write(line(number))),
      [true, true, true, false],
    );
    assert.equal(batch.refused, 1);
    assert.equal(batch.pending, 3);
    await eventually(() => assert.equal(batch.pending, 0));
    assert.equal(batch.write(line(5)), true);
    assert.deepEqual(await batch.read(COUNT), [{ count: 4, last: 5 }]);
  });

  it('keeps the lines around one that no table takes', async () => {
    const batch = await batchIn(folder());
    batch.write(line(1));
    batch.write(line(2, null));
    batch.write(line(3));
    assert.deepEqual(await batch.read(COUNT), [{ count: 2, last: 3 }]);
    await eventually(() => assert.equal(batch.refused, 1));
    assert.match(batch.failure ?? '', /NOT NULL/);
  });

  it('keeps lines while the disk takes none, and writes them afterwards', async () => {
    const dir = folder();
    const batch = await batchIn(dir);
    const other = new Database(join(dir, 'journal.db'));
    other.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
    batch.write(line(1));
    await eventually(() => assert.match(batch.failure ?? '', /locked/), 10_000);
    assert.equal(batch.pending, 1);
    other.exec('COMMIT');
    other.close();
    await eventually(() => assert.equal(batch.pending, 0), 10_000);
    assert.deepEqual(await batch.read(COUNT), [{ count: 1, last: 1 }]);
    assert.equal(batch.failure, null);
  });

  it('writes what waits before it is closed', async () => {
    const dir = folder();
    const batch = await batchIn(dir);
    for (let number = 1; number <= 1500; number += 1) batch.write(line(number));
    await batch.close();
    assert.equal(batch.write(line(1501)), false);
    await assert.rejects(batch.read(COUNT), { code: 'BATCH_UNREADABLE' });
    const again = await batchIn(dir);
    assert.deepEqual(await again.read(COUNT), [{ count: 1500, last: 1500 }]);
  });

  it('says why a statement cannot be read', async () => {
    const batch = await batchIn(folder());
    await assert.rejects(batch.read({ sql: 'SELECT * FROM missing', params: {} }), /no such table/);
  });

  it('refuses a file that is no database, and moves it aside where it may', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'journal.db'), 'x'.repeat(8192));
    await assert.rejects(openBatch({ dir, migrations: TABLE }), { code: 'STATE_UNUSABLE' });
    const batch = await batchIn(dir, { mayBeginAnew: true });
    batch.write(line(1));
    assert.deepEqual(await batch.read(COUNT), [{ count: 1, last: 1 }]);
    assert.match(batch.movedAside ?? '', /journal\.db\.broken-\d+$/);
    assert.ok(readdirSync(dir).some((name) => name.startsWith('journal.db.broken-')));
  });

  it('loses no more than the last 200 ms where the process is killed', async () => {
    const dir = folder();
    const writer = child(WRITER, dir);
    const written: { number: number; atMs: number }[] = [];
    const note = (text: string): void => {
      const [number = 0, atMs = 0] = text.split(' ').map(Number);
      written.push({ number, atMs });
    };
    for (let lines = 0; lines < 600; lines += 1) note((await writer.line())!);
    const killed = Date.now();
    await writer.kill();
    for (let text = await writer.line(); text !== null; text = await writer.line()) note(text);
    const batch = await batchIn(dir);
    const [{ last = 0 } = {}] = await batch.read(COUNT);
    const lost = written.filter(({ number }) => number > Number(last));
    assert.ok(Number(last) > 0);
    assert.ok(
      lost.every(({ atMs }) => atMs >= killed - 200),
      `lost ${lost.length}, the oldest ${killed - (lost[0]?.atMs ?? killed)} ms before the kill`,
    );
  });
});

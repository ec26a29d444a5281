import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rotatingFile } from '../../log/rotate.ts';
import { folder, removeFolders } from '../state/folder.ts';

function fails(error: unknown): void {
  throw error;
}

const LIMITS = { maxBytes: 100, keep: 3 };

describe('a rotating file', () => {
  afterEach(removeFolders);

  it('never grows beyond its bound, and keeps no more than it should, the newest', async () => {
    const dir = folder();
    const file = join(dir, 'logs', 'access.log');
    for (let batch = 0; batch < 12; batch += 1) {
      const lines = rotatingFile(file, LIMITS, fails);
      for (let line = 0; line < 3; line += 1) lines.write(`${batch * 3 + line}`.padStart(29, '0'));
      await lines.close();
    }
    const names = readdirSync(join(dir, 'logs')).sort();
    assert.deepEqual(names, ['access.log', 'access.log.1', 'access.log.2', 'access.log.3']);
    for (const name of names) assert.ok(statSync(join(dir, 'logs', name)).size <= LIMITS.maxBytes);
    const kept = names.toReversed().flatMap((name) =>
      readFileSync(join(dir, 'logs', name), 'utf8')
        .trim()
        .split('\n'),
    );
    assert.deepEqual(
      kept.map(Number),
      Array.from({ length: 12 }, (_, at) => 24 + at),
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('begins a new file each day, also after a restart', async () => {
    const file = join(folder(), 'access.log');
    let now = new Date(2026, 3, 13, 23, 59);
    const lines = rotatingFile(file, { maxBytes: 1e6, keep: 3 }, fails, () => now);
    lines.write('monday');
    await settled(file, 'monday');
    now = new Date(2026, 3, 14, 0, 1);
    lines.write('tuesday');
    await lines.close();
    assert.equal(readFileSync(`${file}.1`, 'utf8'), 'monday\n');
    assert.equal(readFileSync(file, 'utf8'), 'tuesday\n');
    utimesSync(file, now, now);
    now = new Date(2026, 3, 15, 8, 0);
    const again = rotatingFile(file, { maxBytes: 1e6, keep: 3 }, fails, () => now);
    again.write('wednesday');
    await again.close();
    assert.equal(readFileSync(`${file}.1`, 'utf8'), 'tuesday\n');
  });

  it('complains once where it cannot write, goes on, and writes again when it can', async () => {
    const dir = folder();
    const file = join(dir, 'logs', 'access.log');
    writeFileSync(join(dir, 'logs'), 'a file where a folder should be');
    const complaints: unknown[] = [];
    const lines = rotatingFile(file, LIMITS, (error) => complaints.push(error));
    for (let times = 0; times < 3; times += 1) {
      lines.write('lost');
      while (complaints.length === 0) await new Promise(setImmediate);
    }
    rmSync(join(dir, 'logs'));
    mkdirSync(join(dir, 'logs'));
    while (!existsSync(file)) {
      lines.write('kept');
      await new Promise(setImmediate);
    }
    await lines.close();
    assert.equal(complaints.length, 1);
    assert.match(readFileSync(file, 'utf8'), /kept\n$/);
  });
});

async function settled(file: string, word: string): Promise<void> {
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes(word)) await new Promise(setImmediate);
}

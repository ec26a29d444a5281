import { equal, match, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { simulator, stopAll } from './client.ts';

const run = promisify(execFile);
const GUIDE = join(import.meta.dirname, '..', '..', 'docs', 'simulator.md');

describe('the guide for vendors', () => {
  afterEach(stopAll);

  it('has only examples that work as they stand', async () => {
    const operational = await simulator({ flavour: 'cloud' });
    const emergency = await simulator({ flavour: 'cloud', seed: 2 });
    const guide = await readFile(GUIDE, 'utf8');
    const commands = [...guide.matchAll(/(?:^ *|`)(curl [^`\n]+)/gm)].map(([, command = '']) => command);
    ok(commands.length >= 10);
    const folder = await mkdtemp(join(tmpdir(), 'guide-'));
    try {
      for (const command of commands) {
        match(command, /^curl -fsS /);
        const here = command.replaceAll(':18000', `:${operational.port}`).replaceAll(':18001', `:${emergency.port}`);
        await run('bash', ['-c', here], { cwd: folder });
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    equal(emergency.clinic.setting('seed'), '1');
    equal(emergency.conditions.hybridmode, 'emergency-fa');
    equal(operational.faults.list().length, 0);
  });
});

import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ended, PROGRAM } from './support/control-api.ts';
import type { Ended } from './support/control-api.ts';

let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'hybrid-bin-'));
});
after(() => rmSync(folder, { recursive: true }));

/** A copy of the program that asks for more than any Node there is. */
function demanding(name: string): string {
  const root = join(folder, name);
  mkdirSync(join(root, 'bin'), { recursive: true });
  cpSync(PROGRAM, join(root, 'bin', 'hybrid-gateway.js'));
  const described = { type: 'module', engines: { node: '>=999.1' } };
  writeFileSync(join(root, 'package.json'), JSON.stringify(described));
  return root;
}

function run(root: string, args: readonly string[]): Promise<Ended> {
  return ended(spawn(process.execPath, [join(root, 'bin', 'hybrid-gateway.js'), ...args]));
}

describe('the program under a Node that is too old', () => {
  it('says what to do where no other Node is installed', async () => {
    const { code, stderr } = await run(demanding('alone'), ['mode']);
    equal(code, 1);
    match(stderr, /^Node\.js >=999\.1 が必要です.*\nNode\.js >=999\.1 is needed, this is .*npm ci/);
  });

  it('does not start itself over and over with the Node it runs on', async () => {
    const root = demanding('circle');
    mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true });
    symlinkSync(process.execPath, join(root, 'node_modules', '.bin', 'node'));
    equal((await run(root, ['mode'])).code, 1);
  });

  it('goes on with the Node beside it: same arguments, same exit code', async function () {
    if (process.platform === 'win32') this.skip();
    const root = demanding('beside');
    const node = join(root, 'node_modules', '.bin', 'node');
    mkdirSync(dirname(node), { recursive: true });
    writeFileSync(node, '#!/bin/sh\nshift\necho "$@"\nexit 6\n');
    chmodSync(node, 0o755);
    deepEqual(await run(root, ['mode', '--json', 'two words']), {
      code: 6,
      stdout: 'mode --json two words\n',
      stderr: '',
    });
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Children, CORES, freePort } from './children.ts';
import { untilAnswering } from './contestants.ts';
import { sampleSwitch, type SwitchSample } from './switch-sample.ts';
import { startRows, type SwitchRow } from './switch-rows.ts';
import { switchTable } from './switch-table.ts';
import { find, TOOLS } from './tools.ts';

// two sides ──▶ gateway, nginx, haproxy in front of them ──▶ rounds: each row switches under the same load ──▶ medians
//
//   node test/bench/switch.ts [--rounds 9]

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const rounds = Number(values.rounds);
const missing = (['nginx', 'haproxy'] as const).filter((tool) => find(tool) === null);
if (missing.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  const tools = missing.map((tool) => `${tool} (package ${TOOLS[tool]})`).join(', ');
  console.error(missing.length > 0 ? `The benchmark needs: ${tools}.` : 'usage: switch.ts [--rounds NUMBER]');
  process.exit(missing.length > 0 ? 1 : 2);
}
const taskset = cpus().length > Math.max(...Object.values(CORES)) ? find('taskset') : null;
pinThisProcess();
const folder = mkdtempSync(join(tmpdir(), 'hybrid-gateway-switch-'));
const children = new Children(taskset);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end(130));

try {
  await main();
  await end(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await end(1);
}

async function end(code: number): Promise<never> {
  await children.stopAll();
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

function pinThisProcess(): void {
  if (taskset === null) return;
  try {
    execFileSync(taskset, ['-acp', String(CORES.load), String(process.pid)], { stdio: 'ignore' });
  } catch {
    // A thread of this process ended while all of them were being pinned; the others are.
  }
}

async function main(): Promise<void> {
  const sides = { oldPort: await freePort(), newPort: await freePort() };
  for (const [side, port] of [
    ['old', sides.oldPort],
    ['new', sides.newPort],
  ] as const) {
    const script = join(import.meta.dirname, 'switch-origin.ts');
    await untilAnswering(children.start('load', process.execPath, [script, String(port), side]), port);
  }
  const rows = await startRows(children, sides, folder);
  const samples = new Map<SwitchRow, SwitchSample[]>(rows.map((row) => [row, []]));
  // The first two rounds, there and back, are for warming up.
  for (let round = -2; round < rounds; round += 1) {
    process.stderr.write(round < 0 ? 'warming up\n' : `round ${round + 1} of ${rounds}\n`);
    const to = round % 2 === 0 ? 'new' : 'old';
    for (const row of rows) {
      const sample = await sampleSwitch(row, to, round + 3);
      if (round >= 0) samples.get(row)?.push(sample);
    }
  }
  const [load = 0] = loadavg();
  const pinned =
    taskset === null ? 'nothing is pinned' : `rows on core ${CORES.proxy}, load and sides on core ${CORES.load}`;
  console.log(
    `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Linux ${release()}, Node ${process.version}; ` +
      `${pinned}; load of the machine ${load.toFixed(2)}.\n${rounds} rounds in turn; median (least … most).\n`,
  );
  console.log(switchTable([...samples].map(([{ name }, taken]) => ({ name, samples: taken }))));
}

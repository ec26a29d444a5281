import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { TRANSFER_BYTES } from './calls.ts';
import { Children, CORES, freePort } from './children.ts';
import { BASE, contestants, untilAnswering, type Contestant, type Running } from './contestants.ts';
import { loads, type Load } from './loads.ts';
import { measureCalmly, type Measured, type Stage } from './measure.ts';
import { benchOptions, USAGE, type BenchOptions } from './options.ts';
import { summarise, table, type Result } from './report.ts';
import { find, TOOLS } from './tools.ts';

// tools ──▶ for each load: origin and rows, warm-up, rounds in turn, stop ──▶ medians ──▶ tables

const HERE = import.meta.dirname;

const options = readOptions();
const missing = toolsMissing();
if (missing.length > 0) {
  console.error(`The benchmark needs: ${missing.join(', ')} (on Debian: bash test/bench/tools.sh).`);
  process.exit(1);
}
const taskset = cpus().length > Math.max(...Object.values(CORES)) ? find('taskset') : null;
// This program itself belongs to the side of the load.
if (taskset !== null) execFileSync(taskset, ['-acp', String(CORES.load), String(process.pid)], { stdio: 'ignore' });
const folder = mkdtempSync(join(tmpdir(), 'hybrid-gateway-bench-'));
const children = new Children(taskset);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end(130));

let isEnding = false;
try {
  await main();
  await end(0);
} catch (error) {
  // What is stopped in the middle fails: that is no news.
  if (!isEnding) console.error(error instanceof Error ? error.message : error);
  await end(1);
}

async function end(code: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await children.stopAll();
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

function readOptions(): BenchOptions {
  try {
    const read = benchOptions(process.argv.slice(2));
    if (read !== null) return read;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

function toolsMissing(): string[] {
  const needed = ['wrk', 'nginx', 'haproxy', 'curl'] as const;
  return needed.filter((tool) => find(tool) === null).map((tool) => `${tool} (package ${TOOLS[tool]})`);
}

async function main(): Promise<void> {
  const wanted = loads(sparseFile()).filter(
    ({ name }) => options.loads?.some((start) => name.startsWith(start)) ?? true,
  );
  const rows = contestants({ copies: options.copies, profiles: options.profile }).filter(
    ({ name }) => name === BASE || (options.rows?.includes(name) ?? true),
  );
  const machine = describeMachine();
  console.log(`${machine}\n`);
  const results: Result[] = [];
  for (const load of wanted) {
    const result = await compare(load, rows);
    results.push(result);
    console.log(`${table(result)}\n`);
  }
  if (options.json === null) return;
  const { rounds, seconds } = options;
  const json = results.map((one) => ({
    ...one.load,
    rows: one.rows.map((row) => ({ ...row, summary: summarise(row, one.rows) })),
  }));
  writeFileSync(
    options.json,
    `${JSON.stringify({ at: new Date(), machine, rounds, seconds, loads: json }, null, 2)}\n`,
  );
}

/** One load over all rows: fresh processes, so that no row pays for the load before. */
async function compare(load: Load, rows: readonly Contestant[]): Promise<Result> {
  const originPort = await freePort();
  const origin = children.start('load', process.execPath, [join(HERE, 'origin.ts'), String(originPort)]);
  await untilAnswering(origin, originPort);
  const running: Running[] = [];
  for (const row of rows) running.push(await row.start(children, originPort, folder));
  const stage: Stage = { children, origin, running };
  const samples = new Map<string, Measured[]>(rows.map(({ name }) => [name, []]));
  const { rounds, warmUpSeconds } = options;
  if (warmUpSeconds > 0)
    for (const one of running) await load.run(children, one.port, warmUpSeconds).catch(blaming(one));
  for (let round = 0; round < rounds; round += 1) {
    process.stderr.write(`${load.name}: round ${round + 1} of ${rounds}\n`);
    // Each round begins with another row: none always comes behind the same neighbour.
    const order = running.map((_, i) => running[(i + round) % running.length]);
    for (const one of order) {
      if (one === undefined) continue;
      const measured = await measureCalmly(load, one, stage, options).catch(blaming(one));
      samples.get(one.name)?.push(measured);
    }
  }
  for (const one of running) await one.child?.stop();
  await origin.stop();
  return { load, rows: rows.map(({ name }) => ({ name, rounds: samples.get(name) ?? [] })) };
}

function blaming({ name, child }: Running): (error: unknown) => never {
  return (error) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${name}: ${why}\n${child?.stderr ?? ''}`.trimEnd(), { cause: error });
  };
}

/** As long as an upload, and taking no room on the disk. */
function sparseFile(): string {
  const file = join(folder, 'upload');
  const opened = openSync(file, 'w');
  ftruncateSync(opened, TRANSFER_BYTES);
  closeSync(opened);
  return file;
}

function describeMachine(): string {
  const [load = 0] = loadavg();
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  const pinned =
    taskset === null
      ? 'NOTHING IS PINNED: no taskset, or a single core; the figures are of little worth'
      : `proxy on core ${CORES.proxy}, load and origin on core ${CORES.load}`;
  const calm =
    load > 0.5 ? `\nThe machine is not idle (load ${load.toFixed(2)}): disturbed samples are taken again.` : '';
  return (
    `${cpus().length} × ${processor}, Linux ${release()}, Node ${process.version}; ${pinned}.\n` +
    `${options.rounds} rounds of ${options.seconds} s each, in turn; medians; × is against ${BASE} of the same round.${calm}`
  );
}

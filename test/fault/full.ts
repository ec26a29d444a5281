import { parseArgs } from 'node:util';
import { atCall, watchedSwitch } from './durability.ts';
import { onFullDisk } from './full-disk.ts';
import { killedInSwitches } from './kill.ts';
import { leaving } from './leaving.ts';
import { underLoad, type LoadOptions } from './load.ts';
import { awayFrom, FATES } from './old-side.ts';
import { contested } from './operators.ts';
import { say } from './pauses.ts';
import { CLOUD } from './places.ts';
import { onStand } from './stand.ts';
import { whyNoStrace } from './tracer.ts';

// Every scenario of the fault suite at its full length, one after the other; ends with 1 where anything was breached.
//
//   node test/fault/full.ts [--only load,old-side,kill,disk,operators,leaving] [--seed N]

/** What a scenario says of itself: lines for people, and what was breached. */
interface Told {
  readonly lines: readonly string[];
  readonly breaches: readonly string[];
}

const SCENARIOS: Readonly<Record<string, (seed: number) => AsyncGenerator<Told>>> = {
  load: loads,
  'old-side': oldSides,
  kill: kills,
  disk: disks,
  operators,
  leaving: leavings,
};

const { values } = parseArgs({ options: { only: { type: 'string' }, seed: { type: 'string', default: '1' } } });
const only = values.only?.split(',') ?? Object.keys(SCENARIOS);
let count = 0;
for (const name of only) {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}; there are ${Object.keys(SCENARIOS).join(', ')}`);
  for await (const { lines, breaches } of scenario(Number(values.seed))) {
    console.log(`${name}: ${lines.join('\n  ')}`);
    for (const breach of breaches.slice(0, 20)) console.log(`  BREACH ${breach}`);
    if (breaches.length > 20) console.log(`  and ${breaches.length - 20} breaches more`);
    count += breaches.length;
  }
}
console.log(count === 0 ? 'nothing was breached' : `${count} breaches`);
process.exitCode = count === 0 ? 0 : 1;

async function* loads(seed: number): AsyncGenerator<Told> {
  const crowd = { writers: 32, readers: 32, thinkMs: 25, seed };
  yield await load({ ...crowd, forMs: 20_000, everyMs: 2000, quietMs: 20_000 });
  // Slow writes are under way at every flip; many flips meet many moments.
  const slow = { writeMs: 40, slowOneIn: 5, seed: seed + 1 };
  yield await load({ ...crowd, ...slow, forMs: 20_000, everyMs: 200, quietMs: 20_000 });
}

function excess(more: number, less: number): string {
  return (more - less).toFixed(1);
}

async function load(options: LoadOptions): Promise<Told> {
  const report = await underLoad(options);
  const { readers, writers, withoutSwitches: before, switchMs } = report;
  return {
    lines: [
      `${options.writers} writers and ${options.readers} readers for ${options.forMs / 1000} s, a switch every ${options.everyMs} ms`,
      `${report.switches} switches: median ${switchMs.median.toFixed(1)}, longest ${switchMs.longest.toFixed(1)} ms`,
      `readers: ${say(readers)}; without switches ${say(before.readers)}`,
      `readers' excess: p99.9 ${excess(readers.p999, before.readers.p999)} ms, longest ${excess(readers.longest, before.readers.longest)} ms`,
      `writers: ${say(writers)}; without switches ${say(before.writers)}`,
      `answers other than 2xx: ${JSON.stringify(report.failures)}`,
    ],
    breaches: [
      ...report.breaches,
      ...report.notSwitched,
      ...Object.entries(report.failures).map(([what, times]) => `${times} × ${what}`),
      ...(report.leftOpen > 0 ? [`${report.leftOpen} writes are open in the journal`] : []),
    ],
  };
}

async function* oldSides(seed: number): AsyncGenerator<Told> {
  for (const fate of FATES)
    for (let i = 0; i < 3; i += 1) {
      const report = await awayFrom(fate, { writers: 32, readers: 32, thinkMs: 25, seed: seed + i });
      const { breaches, switchMs, allowedMs, outcomes, failures } = report;
      const took = `switched in ${switchMs.toFixed(1)} ms (allowed ${allowedMs})`;
      yield { lines: [`${fate}: ${took}, ${outcomes} unknown outcomes, ${JSON.stringify(failures)}`], breaches };
    }
}

async function* kills(seed: number): AsyncGenerator<Told> {
  const { breaches, found, answered, writes, processKilled } = await killedInSwitches({ times: 200, seed });
  yield {
    lines: [
      `200 kills: ${found.old} in the old mode, ${found.new} in the new one, ${answered} after the answer; ` +
        `${writes} writes, ${processKilled} unknown outcomes of killed processes`,
    ],
    breaches,
  };
  const why = whyNoStrace();
  if (why !== null) {
    yield { lines: [`left out: ${why}`], breaches: [] };
    return;
  }
  for (const file of ['state.db', 'audit.db'] as const) {
    const ways = [atCall(file, 'pwrite64', 1), atCall(file, 'pwrite64', 2), atCall(file, 'fsync', 1)];
    const report = await killedInSwitches({ times: 9, seed }, ways);
    const { old, new: fresh } = report.found;
    yield {
      lines: [`9 kills in the middle of a commit of ${file}: ${old} old, ${fresh} new`],
      breaches: report.breaches,
    };
  }
  const { status, written, syncs, unsynced } = await onStand({}, (stand) => watchedSwitch(stand, CLOUD));
  yield {
    lines: [`before a switch's answer (${status}): ${written} writes to the mode, ${syncs} syncs`],
    breaches: unsynced === 0 && syncs > 0 ? [] : [`${unsynced} writes were not synced before the answer`],
  };
}

async function* disks(): AsyncGenerator<Told> {
  for (const [mebibytes, left] of [
    [3, [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32]],
    [16, [0]],
  ] as const) {
    const report = await onFullDisk(mebibytes, left);
    if (report === null) {
      yield { lines: ['left out: this user may not mount a tmpfs'], breaches: [] };
      return;
    }
    const { hadBallast, failed, succeeded, breaches } = report;
    const ballast = hadBallast ? 'with the ballast' : 'without a ballast';
    yield {
      lines: [`a full disk, ${ballast}: ${failed} switches failed, ${succeeded} succeeded`],
      breaches: hadBallast && failed > 0 ? [...breaches, 'a switch failed in spite of the ballast'] : breaches,
    };
  }
}

async function* operators(seed: number): AsyncGenerator<Told> {
  const { breaches, contests, answers } = await contested({ times: 100, seed });
  yield { lines: [`${contests} times two at once: ${JSON.stringify(answers)}`], breaches };
}

async function* leavings(seed: number): AsyncGenerator<Told> {
  const { left, outcomes, inFlight, switchMs, breaches } = await leaving({ times: 2000, seed });
  yield {
    lines: [
      `${left} partners left: ${outcomes} unknown outcomes, ${inFlight} under way, switched in ${switchMs.toFixed(1)} ms`,
    ],
    breaches: inFlight === 0 ? breaches : [...breaches, `${inFlight} requests are under way for nobody`],
  };
}

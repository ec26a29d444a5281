import { readFileSync } from 'node:fs';
import { z } from 'zod';

// Where the time of a CPU profile went, without the time that the process slept: by room, by file and by function.
//
//   node test/bench/profile.ts FILE.cpuprofile [LINES]

const PROFILE = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

const [file, lines = '25'] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node test/bench/profile.ts FILE.cpuprofile [LINES]');
  process.exit(2);
}
const { nodes, samples, timeDeltas } = PROFILE.parse(JSON.parse(readFileSync(file, 'utf8')));
const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));

const byPart = new Map<string, number>();
const byFile = new Map<string, number>();
const byFunction = new Map<string, number>();
let total = 0;
samples.forEach((id, i) => {
  const frame = frames.get(id);
  const took = timeDeltas[i] ?? 0;
  if (frame === undefined || frame.functionName === '(idle)') return;
  const name = frame.functionName || '(anonymous)';
  const where = place(frame.url);
  total += took;
  add(byPart, part(where, name), took);
  add(byFile, where === '' ? name : where, took);
  add(byFunction, where === '' ? name : `${name} ${where}:${frame.lineNumber + 1}`, took);
});

for (const [title, sums] of Object.entries({ part: byPart, file: byFile, function: byFunction })) {
  console.log(`\n${(total / 1e6).toFixed(2)} s awake, by ${title}`);
  const sorted = [...sums].sort(([, a], [, b]) => b - a).slice(0, Number(lines));
  for (const [name, took] of sorted) console.log(`${((took / total) * 100).toFixed(1).padStart(6)} %  ${name}`);
}

function add(sums: Map<string, number>, name: string, took: number): void {
  sums.set(name, (sums.get(name) ?? 0) + took);
}

function place(url: string): string {
  const packaged = url.lastIndexOf('node_modules/');
  if (packaged >= 0) return url.slice(packaged + 13);
  return /(?:^|\/)([a-z]+\/[\w./-]+\.ts)$/.exec(url)?.[1] ?? url;
}

function part(where: string, name: string): string {
  if (where === '') return name;
  if (where.startsWith('node:')) return `node: ${where.replace(/^node:(internal\/)?/, '').split('/', 1)[0] ?? ''}`;
  return where.endsWith('.ts') ? `the gateway: ${where.split('/', 1)[0] ?? ''}` : (where.split('/', 1)[0] ?? where);
}

// node test/wire/fuzz.ts --requests N --seed S [--mode normal|emergency|switching] [--at INDEX] [--against URL …]
//
// Mangled cases against the gateway, by the same oracle: it lives, nothing is smuggled (every request at an environment is
// one that a strict reader finds in what the partner sent, once, with its own token), no socket is left. The same seed gives
// the same jobs; --at tries one of them. --against aims at a gateway that runs already and looks at its replies only.

import { parseArgs } from 'node:util';
import { Campaign, kindOf } from './fuzz/campaign.ts';
import { FuzzRecording, type Aim, type Failure } from './fuzz/fuzzer.ts';
import { jobOf } from './fuzz/job.ts';
import { MARK } from './fuzz/mutators.ts';
import { shrink } from './fuzz/shrink.ts';
import { readable } from './notation.ts';
import { Restless } from './suite.ts';
import { GATEWAY, World, type WireMode } from './world.ts';

const MODES: readonly WireMode[] = ['normal', 'emergency', 'switching'];

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    mode: { type: 'string', default: 'normal' },
    at: { type: 'string' },
    against: { type: 'string', multiple: true, default: [] },
    gateway: { type: 'string', default: GATEWAY },
  },
});
const seed = Number(values.seed);
const count = Number(values.requests);
const at = values.at === undefined ? null : Number(values.at);
const tell = (line: string): void => console.log(line);

async function fuzz(aim: Aim, world: World | null): Promise<number> {
  const campaign = new Campaign(aim, { seed, count }, world, tell);
  if (at === null) {
    await campaign.run();
  } else {
    const failure = await campaign.attempt(jobOf(seed, at));
    if (failure !== null) campaign.fail(failure);
  }
  for (const failure of campaign.failures) await report(failure, campaign, world);
  tell(campaign.failures.length === 0 ? `nothing failed, seed ${seed}` : `${campaign.failed} failed, seed ${seed}`);
  return campaign.failed;
}

async function report(failure: Failure, campaign: Campaign, world: World | null): Promise<void> {
  const { job, faults, evidence } = failure;
  tell(`\nFAILED --seed ${seed} --at ${job.index}\n${faults.join('\n')}\n${evidence}`);
  const kinds = new Set(faults.slice(0, 1).map(kindOf));
  const smallest = await shrink(
    job,
    async (smaller) => {
      if (world !== null && world.gateway.death !== null) await world.restart();
      const again = await campaign.attempt(smaller);
      return again !== null && again.faults.some((fault) => kinds.has(kindOf(fault)));
    },
    150,
  );
  tell(`smallest  ${readable((smallest.answer ?? smallest.text).replaceAll(MARK, '(token)'), 2000)}`);
}

async function fuzzOurOwn(mode: WireMode): Promise<number> {
  const recording = new FuzzRecording();
  const world = await World.start(mode, values.gateway, recording);
  const restless = mode === 'switching' ? new Restless(world, 300) : null;
  const { port } = world.gateway.place;
  const failed = await fuzz({ host: '127.0.0.1', port, hybridMode: world.hybridMode, recording }, world);
  await restless?.stop();
  if (restless !== null) {
    tell(`${restless.switched} switches, ${restless.refused.length} refused: ${restless.refused.at(-1) ?? 'none'}`);
  }
  await world.stop();
  return failed;
}

let failed = 0;
for (const text of values.against) {
  const url = new URL(text);
  tell(`against ${url.host}`);
  failed += await fuzz({ host: url.hostname, port: Number(url.port || 80), hybridMode: null, recording: null }, null);
}
if (values.against.length === 0) failed = await fuzzOurOwn(MODES.find((mode) => mode === values.mode) ?? 'normal');
process.exitCode = failed === 0 ? 0 : 1;

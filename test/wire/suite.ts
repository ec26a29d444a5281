import { ALL } from './cases/all.ts';
import type { Lane, WireCase } from './case.ts';
import { runCase, type Verdict } from './run.ts';
import { eventually } from './stage.ts';
import { World, type WireMode } from './world.ts';

/** How many cases run beside each other in one gateway. */
const WIDTH = 8;

export function laneOf(wireCase: WireCase): Lane {
  if ('procedure' in wireCase) return wireCase.lane;
  return wireCase.alone === true ? 'alone' : 'shared';
}

/** The cases that this mode has; `WIRE_ONLY` (ids, separated by commas) picks some of them. */
export function casesOf(mode: WireMode): readonly WireCase[] {
  const only = process.env['WIRE_ONLY']?.split(',');
  const chosen = only === undefined ? ALL : ALL.filter(({ id }) => only.includes(id));
  // What switches by itself, or waits for half a minute, shows nothing more while switches go on.
  return mode === 'switching' ? chosen.filter((wireCase) => ['shared', 'alone'].includes(laneOf(wireCase))) : chosen;
}

/**
 * Runs the cases of one mode: in one gateway side by side, then one at a time what needs the gateway for itself. Where
 * the gateway died or threw, everything that was under way then is run once more, alone, so that the one at fault is known.
 */
export class Suite {
  readonly mode: WireMode;
  readonly #script: string | undefined;
  readonly #verdicts = new Map<string, { promise: Promise<Verdict>; resolve: (verdict: Verdict) => void }>();
  #world: World | null = null;

  constructor(mode: WireMode, script?: string) {
    this.mode = mode;
    this.#script = script;
  }

  get world(): World {
    if (this.#world === null) throw new Error('the suite has not started');
    return this.#world;
  }

  async start(): Promise<void> {
    this.#world = await World.start(this.mode, this.#script);
  }

  async stop(): Promise<void> {
    await this.#world?.stop();
  }

  /** The verdict of one case, when there is one. */
  async verdict(id: string): Promise<Verdict> {
    return await this.#slot(id).promise;
  }

  /** Runs these cases to the end; the patient ones beside all others. */
  async run(cases: readonly WireCase[]): Promise<readonly Verdict[]> {
    const inLane = (lane: Lane): readonly WireCase[] => cases.filter((wireCase) => laneOf(wireCase) === lane);
    const patient = this.#runPatient(inLane('patient'));
    const suspects = await this.#runBeside(inLane('shared'));
    for (const wireCase of [...suspects, ...inLane('alone')]) await this.#runAlone(wireCase);
    for (const wireCase of inLane('own')) await this.#runInOwnWorld(wireCase);
    await patient;
    return await Promise.all(cases.map(({ id }) => this.verdict(id)));
  }

  async #runBeside(cases: readonly WireCase[]): Promise<readonly WireCase[]> {
    const { gateway } = this.world;
    const waiting = [...cases];
    const suspects: WireCase[] = [];
    const lane = async (): Promise<void> => {
      for (let wireCase = waiting.shift(); wireCase !== undefined; wireCase = waiting.shift()) {
        await this.#revive();
        const { generation, uncaught } = gateway;
        const verdict = await this.#attempt(this.world, wireCase);
        const isSound = gateway.death === null && gateway.generation === generation && gateway.uncaught === uncaught;
        if (isSound) this.#slot(wireCase.id).resolve(verdict);
        else suspects.push(wireCase);
      }
    };
    await Promise.all(Array.from({ length: WIDTH }, lane));
    return suspects;
  }

  async #runAlone(wireCase: WireCase): Promise<void> {
    await this.#revive();
    this.#slot(wireCase.id).resolve(await this.#attempt(this.world, wireCase));
  }

  async #runInOwnWorld(wireCase: WireCase): Promise<void> {
    const world = await World.start(this.mode, this.#script);
    this.#slot(wireCase.id).resolve(await this.#attempt(world, wireCase));
    await world.stop();
  }

  async #runPatient(cases: readonly WireCase[]): Promise<void> {
    if (cases.length === 0) return;
    const world = await World.start(this.mode, this.#script);
    await Promise.all(
      cases.map(async (wireCase) => this.#slot(wireCase.id).resolve(await this.#attempt(world, wireCase))),
    );
    await world.stop();
  }

  // A harness that cannot go on with a case has found a fault as well.
  async #attempt(world: World, wireCase: WireCase): Promise<Verdict> {
    try {
      return await Promise.race([runCase(world, wireCase), giveUp(wireCase)]);
    } catch (error) {
      // A process that has just thrown may still be on its way out.
      await eventually(() => world.gateway.death !== null, 500);
      return {
        id: wireCase.id,
        faults: [`the case could not be run: ${String(error)}`],
        evidence: world.gateway.errorOutput,
        again: () => [],
      };
    }
  }

  #reviving: Promise<void> | null = null;

  async #revive(): Promise<void> {
    if (this.world.gateway.death !== null) {
      this.#reviving ??= this.world.restart().finally(() => {
        this.#reviving = null;
      });
    }
    await this.#reviving;
  }

  #slot(id: string): { promise: Promise<Verdict>; resolve: (verdict: Verdict) => void } {
    const known = this.#verdicts.get(id);
    if (known !== undefined) return known;
    const slot = Promise.withResolvers<Verdict>();
    this.#verdicts.set(id, slot);
    return slot;
  }
}

// The longest case waits for 70 s.
async function giveUp({ id }: WireCase): Promise<Verdict> {
  await new Promise((resolve) => setTimeout(resolve, 90_000).unref());
  return { id, faults: ['the case did not come to an end'], evidence: '', again: () => [] };
}

/** Switches the gateway's mode all the time, around the ways that are open. */
export class Restless {
  switched = 0;
  readonly refused: string[] = [];
  readonly #stopped = new AbortController();
  readonly #done: Promise<void>;

  constructor(world: World, everyMs: number) {
    this.#done = this.#run(world, everyMs, this.#stopped.signal);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#done;
  }

  async #run(world: World, everyMs: number, stopped: AbortSignal): Promise<void> {
    const ways = [
      { to: 'emergency', target: 'cloudEmergency' },
      { to: 'emergency', target: 'localEmergency' },
      { to: 'normal' },
    ];
    for (let turn = 0; !stopped.aborted; turn++) {
      const next = new Promise((resolve) => setTimeout(resolve, everyMs));
      const way = ways[turn % ways.length];
      if (way !== undefined) await this.#switch(world, way);
      await next;
    }
  }

  async #switch(world: World, way: { to: string; target?: string }): Promise<void> {
    try {
      const { status, text } = await world.gateway.switchTo(way);
      if (status === 200) this.switched += 1;
      else this.refused.push(`${way.to} ${way.target ?? ''}: ${status} ${text.slice(0, 300)}`);
    } catch (error) {
      this.refused.push(`${way.to}: ${String(error)}`);
    }
  }
}

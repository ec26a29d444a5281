import { setTimeout as wait } from 'node:timers/promises';
import { DumpError } from '../clinic/archive.ts';
import type { Ground } from '../exchange.ts';
import { KeepingFailed } from '../keeper.ts';
import type { Dump } from './shelf.ts';
import { BadRequest } from './told.ts';

/** One バックアップから反映, as it is told. */
export interface Restore {
  readonly restore: string;
  readonly dump: string;
  state: 'running' | 'done' | 'failed';
  percent: number;
  rows: number;
  message: string;
}

const STEPS = [10, 30, 60, 90];

/** One at a time. */
export class Restores {
  readonly #all = new Map<string, Restore>();

  get(id: string): Restore | undefined {
    return this.#all.get(id);
  }

  begin(ground: Ground, dump: Dump | undefined): Restore {
    if (dump === undefined) throw new BadRequest('there is no such dump');
    if ([...this.#all.values()].some((each) => each.state === 'running')) throw new BadRequest('a restore is running');
    const id = String(this.#all.size + 1);
    const restore: Restore = { restore: id, dump: dump.id, state: 'running', percent: 0, rows: 0, message: '' };
    this.#all.set(id, restore);
    void run(ground, dump, restore);
    return restore;
  }
}

async function run({ keeper, conditions }: Ground, dump: Dump, restore: Restore): Promise<void> {
  try {
    for (const percent of STEPS) {
      await wait(conditions.restoreMs / STEPS.length, undefined, { ref: false });
      restore.percent = percent;
    }
    restore.rows = await keeper.restore(dump.bytes, conditions);
    Object.assign(restore, { state: 'done', percent: 100 });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    Object.assign(restore, { state: 'failed', message });
    const isExpected = error instanceof DumpError || error instanceof KeepingFailed;
    if (!isExpected) process.emitWarning(error instanceof Error ? error : message);
  }
}

import type { ModeState } from '../../mode/mode.ts';
import type { SwitchPlan } from './plan.ts';

/** What a switch does, in order of time. */
export const STEPS = ['fence', 'drain', 'settle', 'commit', 'flip', 'announce'] as const;
export type StepName = (typeof STEPS)[number];

/** Lifts the fence: held writes are admitted anew, to where the mode says by then. */
export type LiftFence = () => void | Promise<void>;

/** What the last pass left undone; with anything left, the switch is called off. */
export interface Settled {
  readonly left: number;
}

/** The steps that other rooms do. The commit is the orchestrator's own; the flip is its publication, and the fence's lifting. */
export interface SwitchSteps {
  /** Holds new writes from now on. */
  readonly fence: (plan: SwitchPlan) => LiftFence | Promise<LiftFence>;
  /** Lets writes already sent finish, and cuts what does not within `switch.drain`. */
  readonly drain: (plan: SwitchPlan) => void | Promise<void>;
  /** Recovery to normal: the last pass of what arrived, within `switch.settle`. */
  readonly settle: (plan: SwitchPlan) => Settled | Promise<Settled>;
  /** Tells the environments their mode. It is not waited for and undoes nothing. */
  readonly announce: (state: ModeState) => void | Promise<void>;
}

export const NO_FENCE: LiftFence = () => undefined;

export const NO_STEPS: SwitchSteps = {
  fence: () => NO_FENCE,
  drain: () => undefined,
  settle: () => ({ left: 0 }),
  announce: () => undefined,
};

export interface StepTime {
  readonly name: StepName;
  /** When it began: ISO 8601. */
  readonly at: string;
  readonly ms: number;
}

/** Notes what each step took, and which one is running. */
export class Course {
  readonly times: StepTime[] = [];
  running: StepName = 'fence';
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  async step<T>(name: StepName, work: () => T | Promise<T>): Promise<T> {
    this.running = name;
    const at = this.#now().toISOString();
    const begun = performance.now();
    const result = await work();
    this.times.push({ name, at, ms: Math.round((performance.now() - begun) * 1000) / 1000 });
    return result;
  }
}

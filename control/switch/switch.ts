import type { EmergencyName, Mode, ModeState } from '../../mode/mode.ts';
import { EpochConflict } from '../../mode/store.ts';
import { decideSwitch } from '../../mode/switches.ts';
import { FROM_PROCESS } from './audit-row.ts';
import type { Whence } from './audit-row.ts';
import { commitMode } from './commit.ts';
import type { SwitchDeps } from './deps.ts';
import { failed, NotSettled } from './outcome.ts';
import type { SwitchOutcome } from './outcome.ts';
import type { SwitchPlan } from './plan.ts';
import { blocking } from './preflight.ts';
import { concludedSwitch, intended } from './record.ts';
import { Course, NO_FENCE } from './steps.ts';
import type { StepName } from './steps.ts';

// request ──▶ epoch ──▶ rule ──▶ preflight ──▶ intent ──▶ fence ──▶ drain ──▶ settle ──▶ commit ──▶ flip ──▶ audit
//            conflict  refused    blocked      └────────── failed: nothing changed ────────┘   └ cannot fail any more

export interface SwitchRequest {
  readonly to: Mode;
  /** Absent means the current target. */
  readonly target?: EmergencyName | undefined;
  readonly expectedEpoch: number;
  readonly reason: string;
  readonly by: string;
  /** How they came in; absent: the process itself asks. */
  readonly whence?: Whence | undefined;
  /** Names of checks that may block in vain; `*` for all that can be overridden. */
  readonly override?: readonly string[] | undefined;
}

/** The state that the plan was made from is not the state any more: plan anew. */
interface Outdated {
  readonly kind: 'outdated';
}

/** The attempt that is under way, over its repetitions. */
interface Trace {
  from: ModeState;
  /** The row that told of it before it began; null where it has not come so far. */
  intent: number | null;
}

/**
 * Takes the clinic from one mode to another, or says why not; either is in the audit trail before this resolves. Never
 * rejects; one at a time, the others wait.
 */
export function switchMode(request: SwitchRequest, deps: SwitchDeps): Promise<SwitchOutcome> {
  return deps.turn(async () => {
    const trace: Trace = { from: deps.store.current, intent: null };
    for (;;) {
      const outcome = await attempt(request, deps, trace);
      // Ends: within an epoch only `wrote` can change, and it grows once per emergency environment at most.
      if (outcome.kind === 'outdated') continue;
      deps.audit.conclude(trace.intent, concludedSwitch({ request, from: trace.from, outcome }));
      return outcome;
    }
  });
}

async function attempt(request: SwitchRequest, deps: SwitchDeps, trace: Trace): Promise<SwitchOutcome | Outdated> {
  const from = deps.store.current;
  trace.from = from;
  // Before the rules: who decided on an old state must hear that, not that the wish makes no sense any more.
  if (request.expectedEpoch !== from.epoch) return { kind: 'conflict', current: from };
  const decision = decideSwitch(from, request);
  if (decision.kind === 'refused') return decision;
  const plan: SwitchPlan = { kind: 'switch', from, next: decision.next };
  const reports = await deps.preflight.run(plan, request.override);
  const blocks = blocking(reports);
  if (blocks.length > 0) return { kind: 'blocked', checks: blocks };
  const overridden = reports.filter((report) => report.overridden).map((report) => report.name);
  return carryOut(plan, request, overridden, deps, trace);
}

async function carryOut(
  plan: SwitchPlan,
  request: SwitchRequest,
  overridden: readonly string[],
  deps: SwitchDeps,
  trace: Trace,
): Promise<SwitchOutcome | Outdated> {
  const { steps, store } = deps;
  const course = new Course(deps.now);
  let lift = NO_FENCE;
  let state: ModeState;
  const { expectedEpoch, by, reason, whence = FROM_PROCESS } = request;
  try {
    trace.intent ??= deps.audit.intend(intended(plan, { by, reason, whence, overridden }));
  } catch (error) {
    return failed('commit', error);
  }
  try {
    lift = await course.step('fence', () => steps.fence(plan));
    await course.step('drain', () => steps.drain(plan));
    const { left } = await course.step('settle', () => steps.settle(plan));
    if (left > 0) throw new NotSettled(left);
    if (isOutdated(plan, store.current)) {
      await afterwards('flip', lift, deps);
      return { kind: 'outdated' };
    }
    state = await course.step('commit', () => commitMode({ expectedEpoch, ...plan.next, by, reason }, deps));
  } catch (error) {
    await afterwards('flip', lift, deps);
    return error instanceof EpochConflict
      ? { kind: 'conflict', current: store.current }
      : failed(course.running, error);
  }
  await course.step('flip', () => afterwards('flip', lift, deps));
  // Not waited for: the switch is done, and an environment that is down would hold back the answer.
  void afterwards('announce', () => steps.announce(state), deps);
  return { kind: 'switched', state, steps: course.times, overridden };
}

// A write that was let through after preflight is in `wrote` now, and normal mode would forget it.
function isOutdated(plan: SwitchPlan, current: ModeState): boolean {
  return plan.next.mode === 'normal' && current.wrote.length > plan.from.wrote.length;
}

async function afterwards(step: StepName, work: () => void | Promise<void>, deps: SwitchDeps): Promise<void> {
  try {
    await work();
  } catch (error) {
    deps.complain(step, error);
  }
}

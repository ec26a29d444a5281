import type { EmergencyName, Mode, ModeState } from '../../mode/mode.ts';
import { failed } from './outcome.ts';
import type { ConfirmOutcome } from './outcome.ts';
import { FROM_PROCESS } from './audit-row.ts';
import type { Whence } from './audit-row.ts';
import type { SwitchPlan } from './plan.ts';
import { blocking } from './preflight.ts';
import { commitMode } from './commit.ts';
import type { SwitchDeps } from './deps.ts';
import { concludedConfirm, intended } from './record.ts';

export interface ConfirmRequest {
  /** Absent means: what the state says. */
  readonly mode?: Mode | undefined;
  readonly target?: EmergencyName | undefined;
  readonly expectedEpoch: number;
  readonly reason: string;
  readonly by: string;
  /** How they came in; absent: the process itself asks. */
  readonly whence?: Whence | undefined;
  readonly override?: readonly string[] | undefined;
}

/**
 * After a start that asks for it: an operator says which mode the clinic is in, and writes flow again. Any mode may be
 * named, for the state may be wrong; but normal is not reached past work that was not copied back.
 */
export function confirmMode(request: ConfirmRequest, deps: SwitchDeps): Promise<ConfirmOutcome> {
  return deps.turn(async () => {
    const { from, intent, outcome } = await attempt(request, deps);
    deps.audit.conclude(intent, concludedConfirm({ request, from, outcome }));
    return outcome;
  });
}

interface Attempted {
  readonly from: ModeState;
  readonly intent: number | null;
  readonly outcome: ConfirmOutcome;
}

async function attempt(request: ConfirmRequest, deps: SwitchDeps): Promise<Attempted> {
  const from = deps.store.current;
  const without = (outcome: ConfirmOutcome): Attempted => ({ from, intent: null, outcome });
  if (request.expectedEpoch !== from.epoch) return without({ kind: 'conflict', current: from });
  if (deps.store.awaitsConfirmation === null) return without(NOTHING_AWAITS);
  const next = { mode: request.mode ?? from.mode, target: request.target ?? from.target };
  const plan: SwitchPlan = { kind: 'confirm', from, next };
  const reports = await deps.preflight.run(plan, request.override);
  if (blocking(reports).length > 0) return without({ kind: 'blocked', checks: blocking(reports) });
  const overridden = reports.filter((report) => report.overridden).map((report) => report.name);
  const { expectedEpoch, by, reason, whence = FROM_PROCESS } = request;
  let intent: number | null = null;
  try {
    intent = deps.audit.intend(intended(plan, { by, reason, whence, overridden }));
    const state = commitMode({ expectedEpoch, ...next, by, reason }, deps);
    return { from, intent, outcome: { kind: 'confirmed', state, overridden } };
  } catch (error) {
    return { from, intent, outcome: failed('commit', error) };
  }
}

const NOTHING_AWAITS: ConfirmOutcome = {
  kind: 'refused',
  rule: 'nothing-awaits',
  ja: 'モードはすでに確認されています。モードを変えるときは、切り替えを行ってください。',
  en: 'The mode is confirmed already. To change it, switch.',
};

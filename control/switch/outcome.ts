import type { ModeState } from '../../mode/mode.ts';
import type { SwitchRule } from '../../mode/switches.ts';
import type { CheckReport } from './preflight.ts';
import type { StepName, StepTime } from './steps.ts';

export interface Refused<Rule extends string> {
  readonly kind: 'refused';
  readonly rule: Rule;
  readonly ja: string;
  readonly en: string;
}

/** Somebody else switched in between. */
export interface Conflict {
  readonly kind: 'conflict';
  readonly current: ModeState;
}

export interface Blocked {
  readonly kind: 'blocked';
  readonly checks: readonly CheckReport[];
}

/** Nothing changed: the mode is what it was, the fence is lifted. */
export interface Failed {
  readonly kind: 'failed';
  readonly step: StepName;
  readonly cause: unknown;
  readonly ja: string;
  readonly en: string;
}

export interface Switched {
  readonly kind: 'switched';
  readonly state: ModeState;
  readonly steps: readonly StepTime[];
  readonly overridden: readonly string[];
}

export interface Confirmed {
  readonly kind: 'confirmed';
  readonly state: ModeState;
  readonly overridden: readonly string[];
}

export type SwitchOutcome = Switched | Refused<SwitchRule> | Conflict | Blocked | Failed;
export type ConfirmOutcome = Confirmed | Refused<'nothing-awaits'> | Conflict | Blocked | Failed;

/** The last pass did not finish in time; the clinic stays where it is. */
export class NotSettled extends Error {
  readonly code = 'NOT_SETTLED';
  readonly left: number;
  constructor(left: number) {
    super(`${left} records are not copied yet. Copy them, then switch again.`);
    this.left = left;
  }
}

export function failed(step: StepName, cause: unknown): Failed {
  if (cause instanceof NotSettled) {
    const ja = `まだ切り替えられません。運用環境へ反映していない差分が ${cause.left} 件あります。反映してから、もう一度お試しください。`;
    return { kind: 'failed', step, cause, ja, en: cause.message };
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  const ja =
    step === 'commit'
      ? 'モードを記録できなかったため、切り替えていません。ディスクの空き容量と書き込み権限を確認してください。'
      : `切り替えの途中 (${step}) で失敗したため、切り替えていません。もう一度お試しください。`;
  return { kind: 'failed', step, cause, ja, en: `Nothing was switched: ${step} failed (${why}).` };
}

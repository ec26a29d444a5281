import type { EmergencyName, Mode, ModeState } from '../../mode/mode.ts';

/** What is about to be committed: the same value for preflight, for every step, and for a dry run. */
export interface SwitchPlan {
  /** `confirm`: an operator says which mode the clinic is in, after a start that asks for it; nothing is moved. */
  readonly kind: 'switch' | 'confirm';
  readonly from: ModeState;
  readonly next: { readonly mode: Mode; readonly target: EmergencyName };
}

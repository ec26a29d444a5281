import type { EnvironmentName } from '../../mode/mode.ts';
import type { ModeStore } from '../../mode/store.ts';
import type { Ballast } from '../../state/ballast.ts';
import type { Audit } from './audit.ts';
import { dwellCheck, targetConfiguredCheck, wroteCheck } from './checks.ts';
import type { SwitchOptions } from './options.ts';
import { Preflight } from './preflight.ts';
import { NO_STEPS } from './steps.ts';
import type { StepName, SwitchSteps } from './steps.ts';
import { createTurn } from './turn.ts';
import type { Turn } from './turn.ts';

/** What a switch works with; the rooms' checks and steps are handed in. */
export interface SwitchDeps {
  readonly store: ModeStore;
  readonly audit: Audit;
  readonly ballast: Ballast;
  readonly preflight: Preflight;
  readonly steps: SwitchSteps;
  /** Shared by everything that commits a mode. */
  readonly turn: Turn;
  readonly now: () => Date;
  /** Told what went wrong beside or after a commit, when the outcome no longer depends on it. */
  readonly complain: (step: StepName, error: unknown) => void;
}

export interface SwitchParts {
  readonly store: ModeStore;
  readonly audit: Audit;
  readonly ballast: Ballast;
  readonly options: Pick<SwitchOptions, 'dwellMs'>;
  readonly configured: readonly EnvironmentName[];
  readonly steps?: Partial<SwitchSteps> | undefined;
  readonly now?: (() => Date) | undefined;
  readonly complain?: SwitchDeps['complain'] | undefined;
}

/** The dependencies of a switch, with the checks registered that need nothing but the mode. */
export function createSwitch(parts: SwitchParts): SwitchDeps {
  const { store, audit, ballast, options, configured, steps } = parts;
  const { now = () => new Date(), complain = () => undefined } = parts;
  const preflight = new Preflight();
  preflight.register(dwellCheck(options.dwellMs, now));
  preflight.register(wroteCheck());
  preflight.register(targetConfiguredCheck(configured));
  return { store, audit, ballast, preflight, steps: { ...NO_STEPS, ...steps }, turn: createTurn(), now, complain };
}

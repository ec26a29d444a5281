/** The state of the clinic: one at a time (通常, 応急措置モード, 復旧措置モード). */
export const MODES = ['normal', 'emergency', 'recovery'] as const;
export type Mode = (typeof MODES)[number];

/** The emergency environments (クラウド応急措置環境, ローカル応急措置環境). */
export const EMERGENCY_ENVIRONMENTS = ['cloudEmergency', 'localEmergency'] as const;
export type EmergencyName = (typeof EMERGENCY_ENVIRONMENTS)[number];

/** One WebORCA each; `operational` is the 運用環境. */
export const ENVIRONMENTS = ['operational', ...EMERGENCY_ENVIRONMENTS] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

export interface ModeState {
  readonly mode: Mode;
  /** Which emergency environment an emergency uses (使用する応急措置環境). */
  readonly target: EmergencyName;
  /** Grows by one at every committed switch, never falls. */
  readonly epoch: number;
  /** When this mode began: ISO 8601 with offset. */
  readonly since: string;
  readonly by: string;
  readonly reason: string;
  /** The emergency environments that took a partner's write since the emergency began. */
  readonly wrote: readonly EmergencyName[];
}

/** Values of `X-Hybridmode`: the mode, with `-fa` where an emergency environment answers. */
export type HybridMode = Mode | `${Mode}-fa`;

/** The environment that partners' reads and writes belong to in this state. */
export function routedEnvironment(state: Pick<ModeState, 'mode' | 'target'>): EnvironmentName {
  return state.mode === 'normal' ? 'operational' : state.target;
}

/** The whole `X-Hybridmode` table: (mode, environment) → value. */
export function hybridMode(mode: Mode, environment: EnvironmentName): HybridMode {
  return environment === 'operational' ? mode : `${mode}-fa`;
}

export function isEmergencyName(name: string): name is EmergencyName {
  return EMERGENCY_ENVIRONMENTS.some((known) => known === name);
}

export function isMode(name: string): name is Mode {
  return MODES.some((known) => known === name);
}

import type { EnvironmentName, ModeState } from '../mode/mode.ts';
import { routedEnvironment } from '../mode/mode.ts';
import type { Effect } from '../orca/effect.ts';

export type RecoveryPolicy = 'emergency' | 'refuse-writes' | 'operational';

export type Route =
  | { readonly kind: 'forward'; readonly to: EnvironmentName }
  | { readonly kind: 'refuse'; readonly code: 'recovery-refuses-writes' };

/** Which environment answers: the one place where a mode becomes an environment. */
export function route(state: Pick<ModeState, 'mode' | 'target'>, effect: Effect, recovery: RecoveryPolicy): Route {
  const to = routedEnvironment(state);
  if (state.mode !== 'recovery') return { kind: 'forward', to };
  switch (recovery) {
    case 'emergency':
      return { kind: 'forward', to };
    case 'operational':
      return { kind: 'forward', to: 'operational' };
    case 'refuse-writes':
      return effect === 'read' ? { kind: 'forward', to } : { kind: 'refuse', code: 'recovery-refuses-writes' };
  }
}

/** The environment that reads go to: what replies speak of where no environment was chosen. */
export function readEnvironment(state: Pick<ModeState, 'mode' | 'target'>, recovery: RecoveryPolicy): EnvironmentName {
  const decision = route(state, 'read', recovery);
  return decision.kind === 'forward' ? decision.to : routedEnvironment(state);
}

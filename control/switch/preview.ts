import type { SwitchRule, SwitchWish } from '../../mode/switches.ts';
import { decideSwitch } from '../../mode/switches.ts';
import type { SwitchDeps } from './deps.ts';
import type { Refused } from './outcome.ts';
import type { SwitchPlan } from './plan.ts';
import { blocking } from './preflight.ts';
import type { CheckReport } from './preflight.ts';

export interface Preview {
  readonly kind: 'preview';
  readonly next: SwitchPlan['next'];
  /** Nothing blocks: the switch would go on without an override. */
  readonly allowed: boolean;
  readonly checks: readonly CheckReport[];
}

/** What a switch would meet, with the very checks that it would run. Changes nothing, waits for nobody. */
export async function previewSwitch(
  wish: SwitchWish,
  deps: Pick<SwitchDeps, 'store' | 'preflight'>,
): Promise<Preview | Refused<SwitchRule>> {
  const from = deps.store.current;
  const decision = decideSwitch(from, wish);
  if (decision.kind === 'refused') return decision;
  const checks = await deps.preflight.run({ kind: 'switch', from, next: decision.next });
  return { kind: 'preview', next: decision.next, allowed: blocking(checks).length === 0, checks };
}

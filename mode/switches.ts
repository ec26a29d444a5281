import type { EmergencyName, Mode, ModeState } from './mode.ts';
import { MODES } from './mode.ts';

export interface SwitchWish {
  readonly to: Mode;
  /** Only for `emergency`; absent means the current target. */
  readonly target?: EmergencyName | undefined;
}

export type SwitchRule = 'already-there' | 'emergency-first' | 'recovery-first' | 'target-is-set-in-emergency';

export type SwitchDecision =
  | { readonly kind: 'allowed'; readonly next: Pick<ModeState, 'mode' | 'target'> }
  | { readonly kind: 'refused'; readonly rule: SwitchRule; readonly ja: string; readonly en: string };

type Step = 'allowed' | 'target-change' | SwitchRule;

// from → to. `target-change` is emergency(cloud) ↔ emergency(local): allowed where the target differs.
const SWITCHES: Readonly<Record<Mode, Readonly<Record<Mode, Step>>>> = {
  normal: { normal: 'already-there', emergency: 'allowed', recovery: 'emergency-first' },
  emergency: { normal: 'allowed', emergency: 'target-change', recovery: 'allowed' },
  recovery: { normal: 'allowed', emergency: 'allowed', recovery: 'already-there' },
};

/** Whether the clinic may go from `state` where `wish` says; a refusal names its rule and what to do instead. */
export function decideSwitch(state: Pick<ModeState, 'mode' | 'target'>, wish: SwitchWish): SwitchDecision {
  if (wish.target !== undefined && wish.to !== 'emergency' && wish.target !== state.target) {
    return refused('target-is-set-in-emergency');
  }
  const target = wish.target ?? state.target;
  const step = SWITCHES[state.mode][wish.to];
  switch (step) {
    case 'allowed':
      // Recovery copies from the target that took the work: going back to emergency may not change it in passing.
      if (state.mode === 'recovery' && wish.to === 'emergency' && target !== state.target)
        return refused('recovery-first');
      return { kind: 'allowed', next: { mode: wish.to, target } };
    case 'target-change':
      return target === state.target
        ? refused('already-there')
        : { kind: 'allowed', next: { mode: 'emergency', target } };
    default:
      return refused(step);
  }
}

/** The modes that may follow `state`, for pages and messages. */
export function nextModes(state: Pick<ModeState, 'mode' | 'target'>): Mode[] {
  return MODES.filter((to) => decideSwitch(state, { to }).kind === 'allowed');
}

const BECAUSE: Readonly<Record<SwitchRule, { ja: string; en: string }>> = {
  'already-there': {
    ja: 'すでにそのモードです。切り替える必要はありません。',
    en: 'The clinic is in that mode already; there is nothing to switch.',
  },
  'emergency-first': {
    ja: '通常モードから復旧措置モードへは切り替えられません。先に応急措置モードへ切り替えてください。',
    en: 'Recovery follows an emergency. Switch to emergency first.',
  },
  'recovery-first': {
    ja: '復旧措置モードから戻るときは、使用中の応急措置環境を変えられません。先に応急措置モードへ戻り、そのあとで環境を選択してください。',
    en: 'From recovery, go back to emergency with the same target first, then choose another one.',
  },
  'target-is-set-in-emergency': {
    ja: '使用する応急措置環境は、応急措置モードへの切り替えのときにだけ選択できます。target を外してください。',
    en: 'A target can only be chosen together with emergency. Leave target out.',
  },
};

function refused(rule: SwitchRule): SwitchDecision {
  return { kind: 'refused', rule, ...BECAUSE[rule] };
}

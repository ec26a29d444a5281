import type { EnvironmentName, ModeState } from '../../mode/mode.ts';

/** What is about to be committed, as far as these checks look at it. */
export interface Plan {
  /** `confirm`: an operator says which mode the clinic is in; nothing is moved. */
  readonly kind: 'switch' | 'confirm';
  readonly from: ModeState;
  readonly next: Pick<ModeState, 'mode' | 'target'>;
}

/** What one check found; sentences for operators. */
export interface Finding {
  readonly state: 'ok' | 'warn' | 'block';
  readonly ja: string;
  readonly en: string;
  /** What to do about it, in Japanese; null where there is nothing to do. */
  readonly remedy: string | null;
}

/** One check before a switch. */
export interface GatewayCheck {
  /** What an operator names to override it. */
  readonly name: string;
  readonly isOverridable: boolean;
  readonly run: (plan: Plan, signal: AbortSignal) => Finding | Promise<Finding>;
}

export const JA: Readonly<Record<EnvironmentName, string>> = {
  operational: '運用環境',
  cloudEmergency: 'クラウド応急措置環境',
  localEmergency: 'ローカル応急措置環境',
};

/** Ends before the five seconds that all checks have together, so that what was found can still be said. */
export const WITHIN_MS = 4000;

export function ok(ja: string, en: string): Finding {
  return { state: 'ok', ja, en, remedy: null };
}

export function warn(ja: string, en: string, remedy: string | null = null): Finding {
  return { state: 'warn', ja, en, remedy };
}

/** Blocks a switch. Whoever confirms a mode moves nothing, and may have to do so while an environment is down. */
export function block({ kind }: Pick<Plan, 'kind'>, ja: string, en: string, remedy: string): Finding {
  return { state: kind === 'confirm' ? 'warn' : 'block', ja, en, remedy };
}

/** `work`, or `late` after `withinMs`. */
export async function within<T>(work: Promise<T>, late: T, withinMs = WITHIN_MS): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(late), withinMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

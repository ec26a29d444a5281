import type { Mode } from './mode.ts';

/** Why an operator has to confirm the mode before writes go anywhere. */
export type ConfirmReason = 'empty' | 'copied' | 'stale' | 'announced' | 'never-confirmed';

export type StartDecision = { readonly kind: 'run' } | { readonly kind: 'confirm'; readonly because: ConfirmReason };

export interface StartFacts {
  /** What the state on disk says; null where it is empty. */
  readonly persisted: { readonly isConfirmed: boolean; readonly fingerprint: string } | null;
  readonly initial: Mode | null;
  readonly fingerprint: string;
  readonly nowMs: number;
  readonly lastAliveMs: number | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** A new PC, a copied folder or one that stood still for a day must never bring an old mode with it. */
export function decideStart(facts: StartFacts): StartDecision {
  const { persisted } = facts;
  if (persisted === null) return facts.initial === null ? { kind: 'confirm', because: 'empty' } : { kind: 'run' };
  if (!persisted.isConfirmed) return { kind: 'confirm', because: 'never-confirmed' };
  if (persisted.fingerprint !== facts.fingerprint) return { kind: 'confirm', because: 'copied' };
  if (facts.lastAliveMs === null || facts.nowMs - facts.lastAliveMs > DAY_MS)
    return { kind: 'confirm', because: 'stale' };
  return { kind: 'run' };
}

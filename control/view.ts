import type { EnvironmentStatus, GatewayStatus, Proposal } from '../gateway/status.ts';
import { hybridMode, routedEnvironment } from '../mode/mode.ts';
import type { EnvironmentName, HybridMode, Mode, ModeState } from '../mode/mode.ts';
import type { ConfirmReason } from '../mode/start.ts';
import type { ModeStore } from '../mode/store.ts';
import { nextModes } from '../mode/switches.ts';

/** The mode as the API tells it. */
export interface ModeView {
  readonly state: ModeState;
  readonly confirmed: boolean;
  readonly awaits: ConfirmReason | null;
  readonly fenced: string | null;
  readonly routed: EnvironmentName;
  /** The `X-Hybridmode` that each configured environment's answers carry in this mode. */
  readonly header: Partial<Record<EnvironmentName, HybridMode>>;
  readonly next: readonly Mode[];
  /** What the gateway suggests to people now. */
  readonly proposal: Proposal | null;
}

export interface Mismatch {
  /** It answers as an operational environment and is an emergency one, or the other way round. */
  readonly facet: 'role' | 'phase' | 'unknown';
  readonly expected: HybridMode;
}

export interface EnvironmentView extends EnvironmentStatus {
  /** Partners' requests go here now. */
  readonly routed: boolean;
  readonly header: HybridMode;
  /** Where what it announces is not what it should; null where that agrees, is not known or does not count. */
  readonly mismatch: Mismatch | null;
}

export function modeView(
  store: Pick<ModeStore, 'current' | 'awaitsConfirmation'>,
  gateway: Pick<GatewayStatus, 'fencedBecause' | 'proposal'>,
  configured: readonly EnvironmentName[],
): ModeView {
  const state = store.current;
  const awaits = store.awaitsConfirmation;
  return {
    state,
    confirmed: awaits === null,
    awaits,
    fenced: gateway.fencedBecause,
    routed: routedEnvironment(state),
    header: Object.fromEntries(configured.map((name) => [name, hybridMode(state.mode, name)])),
    next: nextModes(state),
    proposal: gateway.proposal,
  };
}

/** @param announcing whose announcements count: a stand-alone WebORCA says `normal` whatever the mode */
export function environmentView(
  status: EnvironmentStatus,
  state: ModeState,
  announcing: readonly EnvironmentName[],
): EnvironmentView {
  const expected = hybridMode(state.mode, status.name);
  return {
    ...status,
    routed: routedEnvironment(state) === status.name,
    header: expected,
    mismatch: announcing.includes(status.name) ? mismatch(expected, status.announced) : null,
  };
}

function mismatch(expected: HybridMode, announced: string | null): Mismatch | null {
  if (announced === null || announced === expected) return null;
  const match = /^(normal|emergency|recovery)(-fa)?$/.exec(announced);
  if (match === null) return { facet: 'unknown', expected };
  return { facet: announced.endsWith('-fa') === expected.endsWith('-fa') ? 'phase' : 'role', expected };
}

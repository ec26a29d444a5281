import type { EmergencyName, EnvironmentName, ModeState } from '../mode/mode.ts';
import { EMERGENCY_ENVIRONMENTS, isEmergencyName, isMode } from '../mode/mode.ts';
import { readEnvironment, type RecoveryPolicy } from './route.ts';
import type { EnvironmentStatus, HealthCause, Proposal } from './status.ts';

/** What is wrong at our side of the line (a certificate, a password) is no outage: another environment would not help. */
const OUTAGES: ReadonlySet<HealthCause> = new Set(['dns', 'connect', 'tls', 'timeout', 'http']);

const JA: Readonly<Record<EnvironmentName, string>> = {
  operational: '運用環境',
  cloudEmergency: 'クラウド応急措置環境',
  localEmergency: 'ローカル応急措置環境',
};

/** Should somebody think about a switch? By what the environments show and say of themselves. */
export function proposalOf(
  state: Pick<ModeState, 'mode' | 'target'>,
  statuses: readonly EnvironmentStatus[],
  announcing: readonly EnvironmentName[],
  recovery: RecoveryPolicy,
): Proposal | null {
  const serving = readEnvironment(state, recovery);
  const status = statuses.find(({ name }) => name === serving);
  if (status?.health === 'down' && status.cause !== null && OUTAGES.has(status.cause)) {
    return unreachable(state, status, statuses);
  }
  return announced(state, statuses, announcing);
}

function unreachable(
  { mode, target }: Pick<ModeState, 'mode' | 'target'>,
  { name, cause, since }: EnvironmentStatus,
  statuses: readonly EnvironmentStatus[],
): Proposal | null {
  const isUsable = (one: EmergencyName): boolean =>
    statuses.some((each) => each.name === one && each.health !== 'down');
  const why = { why: 'unreachable', cause, since } as const;
  if (name === 'operational') {
    const to = [target, ...EMERGENCY_ENVIRONMENTS].find(isUsable);
    if (to === undefined) return null;
    return {
      ...why,
      to: 'emergency',
      target: to,
      ja: '運用環境に接続できません。応急措置モードへの切り替えを検討してください。',
      en: `The operational environment cannot be reached. Consider emergency mode (${to}).`,
    };
  }
  const other = EMERGENCY_ENVIRONMENTS.find((one) => one !== name && isUsable(one));
  if (mode !== 'emergency' || other === undefined) return null;
  return {
    ...why,
    to: 'emergency',
    target: other,
    ja: `${JA[name]}に接続できません。${JA[other]}への切り替えを検討してください。`,
    en: `${name} cannot be reached. Consider ${other}.`,
  };
}

// ORCA's own client may have switched: the environments then say another phase than we do.
function announced(
  { mode, target }: Pick<ModeState, 'mode' | 'target'>,
  statuses: readonly EnvironmentStatus[],
  announcing: readonly EnvironmentName[],
): Proposal | null {
  for (const { name, announced: value, since } of statuses) {
    if (value === null || !announcing.includes(name)) continue;
    const phase = value.replace(/-fa$/, '');
    if (!isMode(phase) || phase === mode) continue;
    return {
      to: phase,
      target: phase === 'emergency' ? (isEmergencyName(name) ? name : target) : null,
      why: 'announced',
      cause: null,
      since,
      ja: `${JA[name]}は「${value}」を名乗っています。ほかの画面で切り替えられた可能性があります。モードを確認してください。`,
      en: `${name} announces "${value}"; the clinic may have been switched elsewhere. Check the mode.`,
    };
  }
  return null;
}

import type { ModeState } from '../../mode/mode.ts';
import type { ModeStore } from '../../mode/store.ts';
import { modeFacts } from './audit-repair.ts';
import { FROM_PROCESS } from './audit-row.ts';
import type { AuditEntry, Whence } from './audit-row.ts';
import type { ConfirmOutcome, SwitchOutcome } from './outcome.ts';
import type { SwitchPlan } from './plan.ts';

// What a wish to change the mode leaves in the audit trail.

interface Asked {
  readonly by: string;
  readonly reason: string;
  readonly whence?: Whence | undefined;
  readonly override?: readonly string[] | undefined;
}

interface Concluded<Request, Outcome> {
  readonly request: Request;
  readonly from: ModeState;
  readonly outcome: Outcome;
}

/** Before anything is done. */
export function intended(
  plan: SwitchPlan,
  who: {
    readonly by: string;
    readonly reason: string;
    readonly whence: Whence;
    readonly overridden: readonly string[];
  },
): Omit<AuditEntry, 'outcome'> {
  return {
    by: who.by,
    whence: who.whence,
    action: plan.kind,
    epoch: plan.from.epoch,
    subject: `${plan.next.mode} ${plan.next.target}`,
    reason: who.reason,
    before: modeFacts(plan.from),
    overrides: who.overridden,
  };
}

/** What became of a switch, also where nothing did. */
export function concludedSwitch({
  request,
  from,
  outcome,
}: Concluded<Asked & { readonly to: string; readonly target?: string | undefined }, SwitchOutcome>): AuditEntry {
  const subject = [request.to, ...(request.target === undefined ? [] : [request.target])].join(' ');
  return { ...asked('switch', request, from), subject, ...told(outcome, from) };
}

/** What became of a confirmation. */
export function concludedConfirm({
  request,
  from,
  outcome,
}: Concluded<
  Asked & { readonly mode?: string | undefined; readonly target?: string | undefined },
  ConfirmOutcome
>): AuditEntry {
  const subject = `${request.mode ?? from.mode} ${request.target ?? from.target}`;
  return { ...asked('confirm', request, from), subject, ...told(outcome, from) };
}

/** The beginning or the end of the process. */
export function ofProcess(
  action: 'start' | 'stop',
  store: Pick<ModeStore, 'current' | 'awaitsConfirmation'>,
  detail: Readonly<Record<string, unknown>>,
): AuditEntry {
  const { current, awaitsConfirmation } = store;
  const { mode, target, epoch } = current;
  const facts = { mode, target, awaits: awaitsConfirmation, wrote: current.wrote, ...detail };
  return { by: 'process', whence: FROM_PROCESS, action, outcome: 'done', epoch, detail: facts };
}

function asked(action: 'switch' | 'confirm', { by, reason, whence = FROM_PROCESS }: Asked, from: ModeState) {
  return { by, whence, action, reason, before: { ...modeFacts(from), wrote: from.wrote } };
}

function told(
  outcome: SwitchOutcome | ConfirmOutcome,
  from: ModeState,
): Pick<AuditEntry, 'outcome' | 'epoch' | 'after' | 'overrides' | 'detail'> {
  const unchanged = { outcome: outcome.kind, epoch: from.epoch };
  switch (outcome.kind) {
    case 'switched': {
      const { state, steps, overridden } = outcome;
      const took = Object.fromEntries(steps.map(({ name, ms }) => [name, ms]));
      return { ...changed(outcome.kind, state, overridden), detail: { ms: took } };
    }
    case 'confirmed':
      return changed(outcome.kind, outcome.state, outcome.overridden);
    case 'refused':
      return { ...unchanged, detail: { rule: outcome.rule } };
    case 'conflict':
      return { ...unchanged, detail: { current: outcome.current.epoch } };
    case 'blocked':
      return { ...unchanged, detail: { checks: outcome.checks.map(({ name }) => name) } };
    case 'failed':
      return { ...unchanged, detail: { step: outcome.step, why: outcome.en } };
  }
}

function changed(outcome: string, state: ModeState, overrides: readonly string[]) {
  return { outcome, epoch: state.epoch, after: modeFacts(state), overrides };
}

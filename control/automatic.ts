import type { Proposal } from '../gateway/status.ts';
import type { ModeState } from '../mode/mode.ts';
import type { ControlLog } from './log.ts';
import type { SwitchDeps } from './switch/deps.ts';
import { switchMode } from './switch/switch.ts';

/**
 * Is this proposal one that may be followed without a person? Only away from an operational environment that does not
 * answer; never back, and never because of what somebody else announces.
 */
export function isFollowed(proposal: Proposal | null, { mode }: Pick<ModeState, 'mode'>): proposal is Proposal {
  return proposal?.why === 'unreachable' && proposal.to === 'emergency' && mode === 'normal';
}

/** Follows proposals where `switch.automatic` allows it, with every check and in the audit trail as anybody's switch. */
export function automaticSwitch(switching: SwitchDeps, log: ControlLog): (proposal: Proposal | null) => Promise<void> {
  let isUnderWay = false;
  return async (proposal) => {
    const { current } = switching.store;
    if (isUnderWay || !isFollowed(proposal, current)) return;
    isUnderWay = true;
    const outcome = await switchMode(
      {
        to: proposal.to,
        target: proposal.target ?? undefined,
        expectedEpoch: current.epoch,
        reason: `自動切り替え: ${proposal.ja}`,
        by: 'switch.automatic',
      },
      switching,
    );
    isUnderWay = false;
    const fields = {
      outcome: outcome.kind,
      cause: proposal.cause,
      since: proposal.since,
      epoch: switching.store.current.epoch,
    };
    if (outcome.kind === 'switched') log.warn(fields, 'switched automatically');
    else log.error(fields, 'the automatic switch was not possible: somebody has to decide');
  };
}

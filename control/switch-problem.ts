import { Problem } from './problem.ts';
import type { AuditHead } from './switch/audit-row.ts';
import type { Blocked, Conflict, Failed, Refused } from './switch/outcome.ts';

/** Why the mode was not changed, as an answer: 409, 412, 422 or 503; with the newest row of the audit trail. */
export function switchProblem(outcome: Refused<string> | Conflict | Blocked | Failed, audit: AuditHead): Problem {
  switch (outcome.kind) {
    case 'refused': {
      const { rule, ja, en } = outcome;
      return new Problem('SWITCH_REFUSED', { ja, en }, { members: { rule, audit } });
    }
    case 'conflict': {
      const { current } = outcome;
      const say = {
        ja: `別の操作でモードが変わっています (${current.by}、${current.since})。今のモードを確認してから、もう一度お試しください。`,
        en: `The epoch is ${current.epoch}, set by ${current.by} at ${current.since}. Read the mode again and decide anew.`,
      };
      return new Problem('EPOCH_CONFLICT', say, { members: { current, audit } });
    }
    case 'blocked': {
      const { checks } = outcome;
      const names = checks.map((check) => check.name).join(', ');
      const overridable = checks.filter((check) => check.overridable).map((check) => `"${check.name}"`);
      const hint = overridable.length === 0 ? '' : ` To go on nevertheless: "override": [${overridable.join(', ')}].`;
      const say = {
        ja: `確認項目が切り替えを止めています: ${checks.map((check) => check.ja).join(' ')}`,
        en: `Blocked by ${names}: ${checks.map((check) => check.en).join(' ')}${hint}`,
      };
      return new Problem('SWITCH_BLOCKED', say, { members: { blocked: checks, audit } });
    }
    case 'failed': {
      const { step, ja, en } = outcome;
      return new Problem('SWITCH_FAILED', { ja, en }, { members: { step, audit } });
    }
  }
}

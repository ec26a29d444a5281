import type { EnvironmentName } from '../../mode/mode.ts';
import type { Outcome } from '../journal/journal.ts';
import type { Conversation } from '../pins.ts';
import { block, JA, ok, warn } from './check.ts';
import type { GatewayCheck, Plan } from './check.ts';

export interface ConversationsDeps {
  readonly conversations: () => readonly Conversation[];
  /** The environment that partners' requests go to before and after. */
  readonly between: (plan: Plan) => readonly [EnvironmentName, EnvironmentName];
}

const SHOWN = 5;

/** HAORI conversations that end with the switch: whoever is in one has to begin anew at the other side. */
export function conversationsCheck({ conversations, between }: ConversationsDeps): GatewayCheck {
  return {
    name: 'conversations',
    isOverridable: true,
    run(plan) {
      const [from, to] = between(plan);
      const open = from === to ? [] : conversations().filter(({ environment }) => environment === from);
      if (open.length === 0)
        return ok('入力中の診療行為 (API の対話) はありません。', 'No conversation (HAORI) is open.');
      const who = open.slice(0, SHOWN).map(({ partner, since }) => ({ partner, since }));
      const more = open.length - who.length;
      const ja = who.map(({ partner, since }) => `${partner} (${since} から)`).join('、');
      const en = who.map(({ partner, since }) => `${partner} since ${since}`).join(', ');
      return warn(
        `入力中の診療行為 (API の対話) が ${open.length} 件あります: ${ja}${more > 0 ? ` ほか ${more} 件` : ''}。`,
        `${open.length} conversations (HAORI) are open: ${en}${more > 0 ? ` and ${more} more` : ''}.`,
        '急がない切り替えでは、入力を登録または中断してもらってから切り替えてください。',
      );
    },
  };
}

/** Writes of which nobody knows whether they are in an emergency environment: what is copied back may lack them. */
export function outcomesCheck(outcomes: () => readonly Outcome[]): GatewayCheck {
  return {
    name: 'outcomes',
    isOverridable: true,
    run(plan) {
      const open = outcomes();
      if (open.length === 0) return ok('結果不明の書き込みはありません。', 'There is no unknown outcome.');
      const count = (name: EnvironmentName): number => open.filter(({ environment }) => environment === name).length;
      const names = (['operational', 'cloudEmergency', 'localEmergency'] as const).filter((name) => count(name) > 0);
      const ja = names.map((name) => `${JA[name]} ${count(name)} 件`).join('、');
      const en = names.map((name) => `${count(name)} in ${name}`).join(', ');
      const matters = plan.next.mode === 'normal' && open.some(({ environment }) => environment !== 'operational');
      const remedy = '結果不明の一覧 (hybrid-gateway outcomes) の書き込みを WebORCA で確認し、確認済みにしてください。';
      if (matters) return block(plan, `結果不明の書き込みがあります: ${ja}。`, `Unknown outcomes: ${en}.`, remedy);
      return ok(`結果不明の書き込み: ${ja}。`, `Unknown outcomes, of no matter to this switch: ${en}.`);
    },
  };
}

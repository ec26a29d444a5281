import { hybridMode } from '../../mode/mode.ts';
import type { EmergencyName, EnvironmentName } from '../../mode/mode.ts';
import type { Check, CheckResult } from './preflight.ts';

const JA: Readonly<Record<EnvironmentName, string>> = {
  operational: '運用環境',
  cloudEmergency: 'クラウド応急措置環境',
  localEmergency: 'ローカル応急措置環境',
};

/** The least time between two switches: a nervous double click must not move the clinic twice. */
export function dwellCheck(dwellMs: number, now: () => Date): Check {
  return {
    name: 'dwell',
    isOverridable: true,
    run({ kind, from }) {
      // Epoch 1 is the first start, not a switch. A clock that was set back must not close the door for hours.
      const elapsedMs = now().getTime() - Date.parse(from.since);
      const leftMs = kind === 'confirm' || from.epoch === 1 || elapsedMs < 0 ? 0 : dwellMs - elapsedMs;
      if (leftMs <= 0) return ok('前回の切り替えから十分な時間が経っています。', 'The last switch is long enough ago.');
      const seconds = Math.ceil(leftMs / 1000);
      return {
        state: 'block',
        ja: `前回の切り替えから間もないため、あと ${seconds} 秒は切り替えられません。`,
        en: `The last switch was a moment ago; the next one is possible in ${seconds} s.`,
        remedy: `${seconds} 秒待ってから、もう一度お試しください。`,
      };
    },
  };
}

/**
 * Normal mode ends the emergency: what its environments took must have been copied, or be given up by name. Another
 * target does not have what the one before it took.
 */
export function wroteCheck(): Check {
  return {
    name: 'wrote',
    isOverridable: true,
    run({ from, next }) {
      const left = from.wrote.filter((name) => name !== next.target);
      if (from.wrote.length === 0 || (next.mode !== 'normal' && left.length === 0))
        return ok(
          '書き戻していない診療データはありません。',
          'No emergency environment holds work that has to be copied first.',
        );
      if (next.mode !== 'normal')
        return {
          state: 'warn',
          ja: `${list(left)}に登録された診療データは、${JA[next.target]}では見えません。`,
          en: `What was written to ${left.join(', ')} cannot be seen in ${next.target}.`,
          remedy: '入力済みの患者を控えてから切り替えてください。復旧のときは、両方の環境から反映します。',
        };
      return {
        state: 'block',
        ja: `${list(from.wrote)}に登録された診療データが、まだ運用環境へ反映されていません。`,
        en: `${from.wrote.join(', ')} took writes that are not copied to the operational environment yet.`,
        remedy:
          from.mode === 'recovery'
            ? '差分を運用環境へコピーしてから、通常モードへ切り替えてください。'
            : '復旧措置モードへ切り替え、差分を運用環境へコピーしてから、通常モードへ切り替えてください。',
      };
    },
  };
}

/** Never overridable: there is nowhere to send anything. */
export function targetConfiguredCheck(configured: readonly EnvironmentName[]): Check {
  return {
    name: 'target-configured',
    isOverridable: false,
    run({ next }) {
      const routed = next.mode === 'normal' ? 'operational' : next.target;
      if (configured.includes(routed)) {
        const value = hybridMode(next.mode, routed);
        return ok(`${JA[routed]}は設定されています (${value})。`, `${routed} is configured (${value}).`);
      }
      return {
        state: 'block',
        ja: `${JA[routed]}が設定されていません。`,
        en: `${routed} is not configured.`,
        remedy: `設定ファイルの environments.${routed} に接続先を書いて再起動するか、別の応急措置環境を選択してください。`,
      };
    },
  };
}

function ok(ja: string, en: string): CheckResult {
  return { state: 'ok', ja, en, remedy: null };
}

function list(names: readonly EmergencyName[]): string {
  return names.map((name) => JA[name]).join('と');
}

import type { ControlApi } from './api.ts';
import type { ConfirmCommand, SwitchCommand } from './arguments.ts';
import { CommandFailed, EXIT } from './exit.ts';
import { stateWords } from './mode.ts';
import { plain } from './output.ts';
import type { Output } from './output.ts';
import { environmentJa, modeAnswer, modeJa, switchAnswer } from './words.ts';
import type { ModeState } from './words.ts';

// current epoch ──▶ one sentence ──▶ y/N on a terminal ──▶ POST ──▶ what became of it

/** `switch`: takes the clinic to another mode. */
export async function switchMode(command: SwitchCommand, api: ControlApi, out: Output): Promise<void> {
  const { to, target, reason, override, expectedEpoch, yes } = command;
  const state = yes && expectedEpoch !== undefined ? null : (await api.get('/api/mode', modeAnswer)).value.state;
  if (state) await agreed(yes, switchSentence(state, to, target ?? state.target), out);
  const body = { to, target, expectedEpoch: expectedEpoch ?? state?.epoch, reason, override };
  const answer = await api.post('/api/mode', body, switchAnswer);
  if (command.json) return out.line(JSON.stringify(answer.json));
  out.line(out.styled('green', `切り替えました。 / Switched: ${stateWords(answer.value.state)}`));
  const { audit } = answer.value;
  if (audit !== undefined) out.line(`監査記録 / audit head: ${audit.id}:${plain(audit.hash)}`);
}

/** `confirm`: vouches for the mode after a start that asks for it. */
export async function confirmMode(command: ConfirmCommand, api: ControlApi, out: Output): Promise<void> {
  const { mode, target, reason, override, expectedEpoch, yes } = command;
  const state = yes && expectedEpoch !== undefined ? null : (await api.get('/api/mode', modeAnswer)).value.state;
  if (state) await agreed(yes, confirmSentence(mode ?? state.mode, target ?? state.target), out);
  const body = { mode, target, expectedEpoch: expectedEpoch ?? state?.epoch, reason, override };
  const answer = await api.post('/api/mode/confirm', body, switchAnswer);
  if (command.json) return out.line(JSON.stringify(answer.json));
  out.line(out.styled('green', `モードを確認しました。 / Confirmed: ${stateWords(answer.value.state)}`));
}

async function agreed(yes: boolean, sentence: readonly [string, string], out: Output): Promise<void> {
  for (const line of sentence) out.note(line);
  if (yes || out.ask === null || (await out.ask('よろしいですか / Go on? [y/N] '))) return;
  throw new CommandFailed(EXIT.unexpected, '何も変更していません。 / Nothing was changed.');
}

function switchSentence(from: ModeState, to: string, target: string): readonly [string, string] {
  const now = `${modeJa(from.mode)} (epoch ${from.epoch})`;
  const environment = to === 'normal' ? 'operational' : target;
  return [
    `${now} から ${modeJa(to)} へ切り替え、連携システムの接続先を ${environmentJa(environment)} にします。`,
    `This switches from ${from.mode} (epoch ${from.epoch}) to ${to}; partners' requests go to ${environment}.`,
  ];
}

function confirmSentence(mode: string, target: string): readonly [string, string] {
  const environment = mode === 'normal' ? 'operational' : target;
  return [
    `現在のモードは ${modeJa(mode)} であると確認し、${environmentJa(environment)} への書き込みを始めます。`,
    `This confirms that the clinic is in mode ${mode}; writes to ${environment} begin.`,
  ];
}

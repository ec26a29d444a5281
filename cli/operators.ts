import type { ControlApi } from './api.ts';
import { CommandFailed, EXIT, usage } from './exit.ts';
import { plain, table } from './output.ts';
import type { Output } from './output.ts';
import type { OperatorsCommand } from './record-arguments.ts';
import { operatorsAnswer } from './words.ts';

/** Reads a secret without showing it; where there is no terminal, the first line of the input. */
export type AskSecret = (question: string) => Promise<string>;

const SHORTEST = 10;

/** `operators list|add|remove|password`: the people who may log in. */
export async function operators(
  command: OperatorsCommand,
  api: ControlApi,
  out: Output,
  askSecret: AskSecret,
): Promise<void> {
  const answer = await act(command, api, askSecret, out);
  if (command.json) return out.line(JSON.stringify(answer.json));
  if (command.command === 'operators list') {
    const rows = answer.value.operators.map(({ name, role, created, changed }) =>
      [name, role, created, changed].map(plain),
    );
    const head = ['操作者 name', '役割 role', '登録 created', 'パスワード password set'];
    return table([head, ...rows]).forEach((line) => out.line(line));
  }
  out.line(out.styled('green', `${DONE[command.command]} / Done: ${plain(command.name)}`));
}

const DONE = {
  'operators add': '操作者を登録しました。',
  'operators remove': '操作者を削除しました。',
  'operators password': 'パスワードを変更しました。',
} as const;

async function act(command: OperatorsCommand, api: ControlApi, askSecret: AskSecret, out: Output) {
  switch (command.command) {
    case 'operators list':
      return api.get('/api/operators', operatorsAnswer);
    case 'operators add': {
      const { name, role } = command;
      return api.post('/api/operators', { name, role, password: await newPassword(askSecret, out) }, operatorsAnswer);
    }
    case 'operators remove':
      return api.delete(`/api/operators/${encodeURIComponent(command.name)}`, operatorsAnswer);
    case 'operators password': {
      const path = `/api/operators/${encodeURIComponent(command.name)}/password`;
      return api.post(path, { password: await newPassword(askSecret, out) }, operatorsAnswer);
    }
  }
}

async function newPassword(askSecret: AskSecret, out: Output): Promise<string> {
  const password = await askSecret(`パスワード (${SHORTEST} 文字以上) / Password (at least ${SHORTEST} characters): `);
  if (password.length < SHORTEST)
    throw usage(`パスワードは ${SHORTEST} 文字以上です。`, `A password has at least ${SHORTEST} characters.`);
  // Nobody sees what they type; a script types nothing twice.
  if (out.ask === null || password === (await askSecret('もう一度 / Once more: '))) return password;
  throw new CommandFailed(EXIT.usage, '2 回の入力が一致しません。 / The two are not the same.');
}

import type { ControlApi } from './api.ts';
import { plain, table } from './output.ts';
import type { Output } from './output.ts';
import type { OutcomesCommand } from './record-arguments.ts';
import { environmentJa, outcomesAnswer, tickAnswer } from './words.ts';
import type { OutcomeEntry } from './words.ts';

/** `outcomes`: the writes of which nobody knows whether they are in their environment, and ticking one off. */
export async function outcomes(command: OutcomesCommand, api: ControlApi, out: Output): Promise<void> {
  if (command.command === 'outcomes tick') return tick(command, api, out);
  const answer = await api.get('/api/outcomes', outcomesAnswer);
  if (command.json) return out.line(JSON.stringify(answer.json));
  const entries = answer.value.outcomes;
  if (entries.length === 0) return out.line('結果不明の書き込みはありません。 / There is no unknown outcome.');
  const head = [
    '番号 id',
    '日時 at',
    '連携システム partner',
    '環境 environment',
    '患者番号 patient',
    'API',
    '原因 cause',
  ];
  for (const line of table([head, ...entries.map(row)])) out.line(line);
  out.note(
    'WebORCA で登録の有無を確認してください。 / Look in WebORCA, then: hybrid-gateway outcomes tick ID --note "…"',
  );
}

async function tick(
  { id, note, json }: Extract<OutcomesCommand, { command: 'outcomes tick' }>,
  api: ControlApi,
  out: Output,
): Promise<void> {
  const answer = await api.post(`/api/outcomes/${encodeURIComponent(id)}`, { note }, tickAnswer);
  if (json) return out.line(JSON.stringify(answer.json));
  const { open } = answer.value;
  out.line(out.styled('green', `確認済みにしました (残り ${open} 件)。 / Ticked off; ${open} left.`));
}

function row({ id, at, partner, environment, patient, call, path, cause }: OutcomeEntry): readonly string[] {
  const where = `${environmentJa(environment)} ${environment}`;
  return [id, at, partner, where, patient ?? '-', call ?? path, cause].map(plain);
}

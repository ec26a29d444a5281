import type { ControlApi } from './api.ts';
import { plain, table } from './output.ts';
import type { Output } from './output.ts';
import { environmentJa, historyAnswer, modeAnswer, modeJa } from './words.ts';
import type { HistoryEntry, ModeAnswer, ModeState } from './words.ts';

/** `mode`: where the clinic is. */
export async function showMode(api: ControlApi, out: Output, json: boolean): Promise<void> {
  const answer = await api.get('/api/mode', modeAnswer);
  if (json) return out.line(JSON.stringify(answer.json));
  for (const line of modeLines(answer.value, out)) out.line(line);
}

/** `history`: the switches, the newest first. */
export async function showHistory(api: ControlApi, out: Output, json: boolean, limit: number): Promise<void> {
  const answer = await api.get(`/api/mode/history?limit=${limit}`, historyAnswer);
  if (json) return out.line(JSON.stringify(answer.json));
  const head = ['epoch', '日時 since', 'モード mode', '環境 target', '操作者 by', '理由 reason'];
  for (const line of table([head, ...answer.value.history.map(historyRow)])) out.line(line);
}

/** A state in one sentence's worth of words. */
export function stateWords({ mode, target, epoch }: ModeState): string {
  const aim = mode === 'normal' ? '' : `, ${environmentJa(target)} ${plain(target)}`;
  return `${modeJa(mode)} ${plain(mode)}${aim} (epoch ${epoch})`;
}

function modeLines({ state, confirmed, fenced, header, routed }: ModeAnswer, out: Output): readonly string[] {
  const { mode, target, epoch, since, by, reason, wrote } = state;
  const rows = [
    ['モード mode', out.styled(mode === 'normal' ? 'green' : 'yellow', `${modeJa(mode)} ${plain(mode)}`)],
    ['接続先 routed to', named(routed)],
    ['応急措置環境 target', named(target)],
    ['epoch', String(epoch)],
    ['日時 since', plain(since)],
    ['操作者 by', plain(by)],
    ['理由 reason', plain(reason)],
    ...(wrote.length > 0 ? [['未反映 wrote', wrote.map(named).join(', ')]] : []),
    ...Object.entries(header).map(([environment, value]) => [`X-Hybridmode`, `${named(environment)}: ${plain(value)}`]),
  ];
  return [...table(rows), ...warnings(confirmed, fenced).map((line) => out.styled('red', line))];
}

function warnings(confirmed: boolean, fenced: string | null): readonly string[] {
  const held = fenced === null ? [] : [`書き込みは止められています。 / Writes are fenced: ${plain(fenced)}`];
  if (confirmed) return held;
  const next = 'モードを確認してください。 / Confirm the mode: hybrid-gateway confirm --reason "…"';
  return [...held, next];
}

function historyRow({ epoch, since, mode, target, by, reason, from }: HistoryEntry): readonly string[] {
  const change = from === null || from === mode ? mode : `${from} → ${mode}`;
  return [String(epoch), since, change, mode === 'normal' ? '-' : target, by, reason].map(plain);
}

function named(environment: string): string {
  return `${environmentJa(environment)} ${plain(environment)}`;
}

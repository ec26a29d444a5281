import { resolve } from 'node:path';
import { loadControlAccess } from '../config/access.ts';
import type { ControlApi } from './api.ts';
import { CommandFailed, EXIT } from './exit.ts';
import { plain, table } from './output.ts';
import type { Output } from './output.ts';
import type { AuditCommand } from './record-arguments.ts';
import { auditAnswer } from './words.ts';
import type { AuditRow } from './words.ts';

/** `audit`: who did what, the newest first. */
export async function showAudit(
  { limit, before, json }: Extract<AuditCommand, { command: 'audit' }>,
  api: ControlApi,
  out: Output,
): Promise<void> {
  const page = before === undefined ? '' : `&before=${before}`;
  const answer = await api.get(`/api/audit?limit=${limit}${page}`, auditAnswer);
  if (json) return out.line(JSON.stringify(answer.json));
  const { rows, head } = answer.value;
  const names = [
    '行 id',
    '日時 at',
    '操作者 by',
    '接続元 from',
    '操作 action',
    '結果 outcome',
    'epoch',
    '対象 subject',
    '理由 reason',
  ];
  for (const line of table([names, ...rows.map(row)])) out.line(line);
  out.note(`head ${head.id}:${head.hash}`);
}

/** `audit verify`: holds the trail on the disk against itself; the gateway need not run. */
export async function verifyAudit(
  { access, head, json }: Extract<AuditCommand, { command: 'audit verify' }>,
  out: Output,
): Promise<void> {
  const config = access.config === undefined ? null : await loadControlAccess(access.config);
  const dir = resolve(access.state ?? config?.stateDir ?? './data');
  const { verifyAudit: verify } = await import('../main.ts');
  const verdict = verify(dir, head);
  const isSound = verdict.findings.length === 0;
  if (json && isSound) out.line(JSON.stringify(verdict));
  if (!isSound) throw tampered(verdict.findings, verdict);
  if (json) return;
  const { rows, owed } = verdict;
  out.line(
    out.styled(
      'green',
      `${rows} 行を確認しました。改ざんはありません。 / ${rows} rows, none was changed, removed or inserted.`,
    ),
  );
  if (verdict.head !== null) out.line(`head ${verdict.head.id}:${verdict.head.hash}`);
  if (owed > 0)
    out.note(
      `途中で終了した操作が ${owed} 件あります。次の起動時に補われます。 / ${owed} left by a killed process; the next start adds them.`,
    );
}

function tampered(findings: readonly { readonly ja: string; readonly en: string }[], answer: object): CommandFailed {
  const lines = findings.flatMap(({ ja, en }) => [ja, `  ${en}`]);
  const close = '監査記録が改ざんされています。 / The audit trail was tampered with.';
  return new CommandFailed(EXIT.tampered, [...lines, close].join('\n'), { answer });
}

function row({ id, at, by, address, action, outcome, epoch, subject, reason }: AuditRow): readonly string[] {
  return [String(id), at, by, address ?? '-', action, outcome, String(epoch), subject ?? '', reason ?? ''].map(plain);
}

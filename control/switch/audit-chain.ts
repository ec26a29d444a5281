import { hashOf, NO_HASH } from './audit-row.ts';
import type { AuditHead, AuditRow } from './audit-row.ts';

/** Something that an honest trail never shows. `id`: the row; for `removed` the first one that is missing. */
export interface AuditFinding {
  readonly kind: 'changed' | 'removed' | 'inserted' | 'broken-link' | 'unlike-head' | 'unlike-history';
  readonly id: number;
  readonly ja: string;
  readonly en: string;
}

/** What is wrong with a chain; `rows` in the order of their ids, `pinned` from a copy kept elsewhere. */
export function examineChain(rows: Iterable<AuditRow>, pinned: AuditHead | null = null): AuditFinding[] {
  const findings: AuditFinding[] = [];
  const seen = new Map<string, number>([[NO_HASH, 0]]);
  let last: AuditHead = { id: 0, hash: NO_HASH };
  for (const row of rows) {
    const { id } = row;
    const isGap = id > last.id + 1;
    if (isGap) findings.push(removed(last.id + 1, id - 1));
    const ancestor = seen.get(row.previous);
    if (row.previous !== last.hash && !isGap) {
      if (ancestor === undefined) findings.push(brokenLink(id, last.id));
      else {
        // It follows an earlier row: what stands between the two was never part of the chain.
        forget(findings, ancestor);
        for (let between = ancestor + 1; between <= last.id; between += 1) findings.push(inserted(between));
      }
    }
    if (hashOf(row) !== row.hash) findings.push(changed(id));
    if (pinned?.id === id && pinned.hash !== row.hash) findings.push(unlikeHead(pinned));
    seen.set(row.hash, id);
    last = { id, hash: row.hash };
  }
  if (pinned !== null && pinned.id > last.id) findings.push(removed(last.id + 1, pinned.id));
  return findings;
}

function forget(findings: AuditFinding[], after: number): void {
  for (let at = findings.length - 1; at >= 0; at -= 1) if ((findings[at]?.id ?? 0) > after) findings.splice(at, 1);
}

function changed(id: number): AuditFinding {
  return {
    kind: 'changed',
    id,
    ja: `${id} 行目の内容が書き換えられています。`,
    en: `Row ${id} was changed after it was written.`,
  };
}

function removed(from: number, to: number): AuditFinding {
  const rows = from === to ? `${from}` : `${from}-${to}`;
  return {
    kind: 'removed',
    id: from,
    ja: `${rows} 行目が削除されています。`,
    en: from === to ? `Row ${rows} was removed.` : `Rows ${rows} were removed.`,
  };
}

function inserted(id: number): AuditFinding {
  return {
    kind: 'inserted',
    id,
    ja: `${id} 行目はあとから挿入されています。`,
    en: `Row ${id} was inserted: the row behind it follows the one before it.`,
  };
}

function brokenLink(id: number, before: number): AuditFinding {
  return {
    kind: 'broken-link',
    id,
    ja: `${id} 行目が ${before} 行目につながっていません。${before} 行目が書き換えられたか、間の行が削除されています。`,
    en: `Row ${id} does not follow row ${before}: row ${before} was written anew, or rows between them were removed.`,
  };
}

function unlikeHead({ id }: AuditHead): AuditFinding {
  return {
    kind: 'unlike-head',
    id,
    ja: `${id} 行目のハッシュが控えと違います。${id} 行目までのどこかが書き換えられています。`,
    en: `The hash of row ${id} is not the one given: the trail up to there was written anew.`,
  };
}

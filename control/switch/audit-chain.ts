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
export function examineChain(rows: readonly AuditRow[], pinned: AuditHead | null = null): AuditFinding[] {
  const findings = brokenLinks(rows);
  const foreign = new Set(findings.filter(({ kind }) => kind === 'inserted').map(({ id }) => id));
  for (const row of rows) if (hashOf(row) !== row.hash && !foreign.has(row.id)) findings.push(changed(row.id));
  const last = rows.at(-1)?.id ?? 0;
  if (pinned !== null && pinned.id > last) findings.push(removed(last + 1, pinned.id));
  else if (pinned !== null && rows.find(({ id }) => id === pinned.id)?.hash !== pinned.hash)
    findings.push(unlikeHead(pinned));
  return findings.toSorted((one, other) => one.id - other.id);
}

// From the newest row back, by the hash that each one names: what this way passes over was never part of the chain.
function brokenLinks(rows: readonly AuditRow[]): AuditFinding[] {
  const findings: AuditFinding[] = [];
  const places = new Map(rows.map(({ hash }, place) => [hash, place]));
  for (let place = rows.length - 1; place >= 0;) {
    const { id = 0, previous = NO_HASH } = rows[place] ?? {};
    const before = previous === NO_HASH ? -1 : (places.get(previous) ?? Number.NaN);
    if (before < place) {
      const between = rows.slice(before + 1, place);
      findings.push(...between.map((row) => inserted(row.id)));
      const follows = (rows[before]?.id ?? 0) + between.length + 1;
      if (id !== follows) findings.push(renumbered(id, follows));
      place = before;
    } else {
      const beside = rows[place - 1]?.id ?? 0;
      findings.push(id > beside + 1 ? removed(beside + 1, id - 1) : brokenLink(id, beside));
      place -= 1;
    }
  }
  return findings;
}

function renumbered(id: number, follows: number): AuditFinding {
  return {
    kind: 'changed',
    id,
    ja: `${id} 行目の番号が書き換えられています (元は ${follows})。`,
    en: `Row ${id} was numbered anew; it was row ${follows}.`,
  };
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

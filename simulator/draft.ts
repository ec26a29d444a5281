import type { OrcaRecord, OrcaValue } from '../orca/xml2.ts';

/** A record on its way out: what is empty may still stand in it. */
export interface Draft {
  readonly [name: string]: DraftValue;
}
export type DraftValue = string | Draft | readonly Draft[] | undefined;

function filledValue(value: DraftValue): OrcaValue | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (isList(value)) {
    const items = value.map(filled).filter((item) => Object.keys(item).length > 0);
    return items.length > 0 ? items : undefined;
  }
  const record = filled(value);
  return Object.keys(record).length > 0 ? record : undefined;
}

function isList(value: Draft | readonly Draft[]): value is readonly Draft[] {
  return Array.isArray(value);
}

/** WebORCA leaves empty elements out of its answers, in XML2 and in JSON. */
export function filled(draft: Draft): OrcaRecord {
  const record: Record<string, OrcaValue> = {};
  for (const [name, value] of Object.entries(draft)) {
    const kept = filledValue(value);
    if (kept !== undefined) record[name] = kept;
  }
  return record;
}

/** The text of a member, without outer blanks; empty where it is missing or not a text. */
export function textOf(record: OrcaRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** The record under a name; an empty one where there is none. */
export function recordOf(record: OrcaRecord, name: string): OrcaRecord {
  const value = record[name];
  return isRecord(value) ? value : {};
}

/** The records of an array; padding ({}) of old clients is left out. */
export function recordsOf(record: OrcaRecord, name: string): readonly OrcaRecord[] {
  const value = record[name];
  const items: readonly (OrcaValue | undefined)[] = Array.isArray(value) ? value : [value];
  return items.filter(isRecord).filter((item) => Object.keys(item).length > 0);
}

/** The named texts of a record, in the order of the names. */
export function pick(record: OrcaRecord, names: readonly string[]): Draft {
  return Object.fromEntries(names.map((name) => [name, textOf(record, name)]));
}

function isRecord(value: OrcaValue | undefined): value is OrcaRecord {
  return typeof value === 'object' && !Array.isArray(value);
}

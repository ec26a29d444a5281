import type { OrcaRecord, OrcaValue } from '../orca/xml2.ts';

/** A record on its way out: what is empty may still stand in it. */
export interface Draft {
  readonly [name: string]: DraftValue;
}
export type DraftValue = string | Draft | readonly Draft[] | undefined;

// A day's list of visits has ten thousand members: one pass, and what is empty is never begun.
function filledValue(value: DraftValue): OrcaValue | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string') return value;
  return isList(value) ? filledList(value) : filledRecord(value);
}

function filledList(list: readonly Draft[]): readonly OrcaRecord[] | undefined {
  const items: OrcaRecord[] = [];
  for (const each of list) {
    const item = filledRecord(each);
    if (item !== undefined) items.push(item);
  }
  return items.length > 0 ? items : undefined;
}

function filledRecord(draft: Draft): OrcaRecord | undefined {
  let record: Record<string, OrcaValue> | undefined;
  for (const name in draft) {
    const kept = filledValue(draft[name]);
    if (kept !== undefined) (record ??= {})[name] = kept;
  }
  return record;
}

function isList(value: Draft | readonly Draft[]): value is readonly Draft[] {
  return Array.isArray(value);
}

/** WebORCA leaves empty elements out of its answers, in XML2 and in JSON. */
export function filled(draft: Draft): OrcaRecord {
  return filledRecord(draft) ?? {};
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

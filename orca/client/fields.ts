import { isList, isRecord, type OrcaRecord, type OrcaValue } from '../message.ts';

/** An answer of the application that does not hold what its call promises. Says the field, never what stands in it. */
export class AnswerUnreadable extends Error {
  override readonly name = 'AnswerUnreadable';
  readonly code = 'ANSWER_UNREADABLE';
  constructor(field: string, expected: string) {
    super(`${field}: expected ${expected}`);
  }
}

/** Own names of fields → WebORCA's, for fields that are plain text in both directions. */
export type Names<Own extends string = string> = Readonly<Record<Own, string>>;
/** What is read by such a table: every field, empty text where the answer has none. */
export type Texts<Table extends Names> = Readonly<Record<keyof Table, string>>;
/** What is written by such a table: what is left out is not sent. */
export type GivenTexts<Table extends Names> = { readonly [Own in keyof Table]?: string | undefined };

/** The text of a field without the blanks that pad it; empty where there is none. A full-width space is no padding. */
export function text(record: OrcaRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, '') : '';
}

/** @throws AnswerUnreadable where the field is missing or empty */
export function required(record: OrcaRecord, name: string): string {
  const value = text(record, name);
  if (value === '') throw new AnswerUnreadable(name, 'text');
  return value;
}

/** A count, an amount or points: `0004`, `     0`, `-120`, `12.5`. 0 where there is none. @throws AnswerUnreadable */
export function amount(record: OrcaRecord, name: string): number {
  const value = text(record, name);
  if (value === '') return 0;
  if (!/^-?\d{1,15}(?:\.\d{1,6})?$/.test(value)) throw new AnswerUnreadable(name, 'a number');
  return Number(value);
}

/** `True`, `true` and `1` are true, all else is not. */
export function isTrue(record: OrcaRecord, name: string): boolean {
  return /^(?:true|1)$/i.test(text(record, name));
}

/** The record under a name; an empty one where there is none. */
export function child(record: OrcaRecord, name: string): OrcaRecord {
  const value = record[name];
  return value !== undefined && isRecord(value) ? value : {};
}

/** The records of an array, without the `{}` with which old servers fill it. A single record counts as an array of one. */
export function children<T>(record: OrcaRecord, name: string, read: (item: OrcaRecord) => T): readonly T[] {
  const value: OrcaValue = record[name] ?? [];
  const items = isList(value) ? value : [value];
  return items.filter(isFilledRecord).map((item) => read(item));
}

/** Reads all the fields of a table. */
export function texts<Own extends string>(record: OrcaRecord, names: Names<Own>): Readonly<Record<Own, string>> {
  const read: Record<string, string> = {};
  for (const own in names) read[own] = text(record, names[own]);
  if (!hasAll(read, names)) throw new AnswerUnreadable('record', 'its fields');
  return read;
}

/** Writes all the fields of a table; what was not given becomes empty, which is not sent. */
export function fields<Own extends string>(
  names: Names<Own>,
  given: { readonly [Name in NoInfer<Own>]?: string | undefined } | undefined,
): Record<string, string> {
  const written: Record<string, string> = {};
  for (const own in names) written[names[own]] = given?.[own] ?? '';
  return written;
}

function hasAll<Own extends string>(
  read: Readonly<Record<string, string>>,
  names: Names<Own>,
): read is Readonly<Record<Own, string>> {
  return Object.keys(names).every((own) => own in read);
}

function isFilledRecord(value: OrcaValue): value is OrcaRecord {
  return isRecord(value) && Object.keys(value).length > 0;
}

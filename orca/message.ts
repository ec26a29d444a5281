/** A value on WebORCA's wire. All scalars are strings there: amounts, counts and flags too. */
export type OrcaValue = string | OrcaRecord | readonly OrcaValue[];

export interface OrcaRecord {
  readonly [name: string]: OrcaValue;
}

/** One request or answer: the root record's name (`patientmodreq`, `acceptres`, …) and what is in it. */
export interface OrcaMessage {
  readonly root: string;
  readonly record: OrcaRecord;
}

/** The text is not a message of WebORCA, or the message cannot be written as one. */
export class OrcaSyntaxError extends Error {
  override readonly name = 'OrcaSyntaxError';
  readonly code = 'ORCA_SYNTAX';
}

// The deepest known record (patientgetv2) nests eight levels and the largest known answer (insprogetv2, 2,500 rows) is
// about 3 MB in 45,000 elements. The bounds leave room and still keep a hostile body from costing the process its stack or its memory.
export const MAX_DEPTH = 32;
export const MAX_CHARACTERS = 16 * 1024 * 1024;
export const MAX_FIELDS = 250_000;

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;

/** Gives the name back, if it can be an element's name in XML2. Throws OrcaSyntaxError. */
export function checkedName(name: string): string {
  if (!NAME.test(name)) throw new OrcaSyntaxError(`not a name of a field: ${JSON.stringify(name.slice(0, 40))}`);
  return name;
}

/** Throws OrcaSyntaxError where the text or a nesting is beyond what is read. */
export function checkSize(text: string): void {
  if (text.length > MAX_CHARACTERS) throw new OrcaSyntaxError(`longer than ${MAX_CHARACTERS} characters`);
}

export function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new OrcaSyntaxError(`nested deeper than ${MAX_DEPTH} levels`);
}

export function isRecord(value: OrcaValue): value is OrcaRecord {
  return typeof value !== 'string' && !isList(value);
}

export function isList(value: OrcaValue): value is readonly OrcaValue[] {
  return Array.isArray(value);
}

/** Whether nothing is left of the value once empty elements are omitted, as WebORCA does. */
export function isEmpty(value: OrcaValue): boolean {
  if (typeof value === 'string') return value === '';
  return isList(value) ? value.every(isEmpty) : Object.values(value).every(isEmpty);
}

import {
  checkDepth,
  checkedName,
  checkSize,
  isEmpty,
  isList,
  type OrcaMessage,
  type OrcaRecord,
  OrcaSyntaxError,
  type OrcaValue,
} from './message.ts';

/**
 * Reads WebORCA's JSON form (`?format=json`): `{"<root>":{…}}`.
 *
 * The `{}` items with which old servers fill arrays up to their bound are dropped. `null` counts as absent, and a whole
 * number as its digits, because clients send both; other scalars than strings are refused. Throws OrcaSyntaxError.
 */
export function parseJson(text: string): OrcaMessage {
  checkSize(text);
  const roots = entriesOf(parsed(text));
  const [root] = roots;
  if (root === undefined || roots.length !== 1) throw new OrcaSyntaxError('expected one root record');
  return { root: checkedName(root[0]), record: toRecord(root[1], 0) };
}

/**
 * Writes WebORCA's JSON form: compact, empty values omitted, one newline at the end.
 *
 * `padding` gives the bound up to which an array is filled with `{}`, as old servers do; it is asked by the dotted names
 * below the root (`Patient_Information.HealthInsurance_Information`), 0 for none. Throws OrcaSyntaxError.
 */
export function formatJson(message: OrcaMessage, padding: (path: string) => number = () => 0): string {
  const record = toJson(message.record, '', padding, 0);
  return `${JSON.stringify(Object.fromEntries([[checkedName(message.root), record]]))}\n`;
}

type Json = string | Json[] | { [name: string]: Json };

function toJson(value: OrcaValue, path: string, padding: (path: string) => number, depth: number): Json {
  checkDepth(depth);
  if (typeof value === 'string') return value;
  if (isList(value)) {
    const items = value.filter((item) => !isEmpty(item)).map((item) => toJson(item, path, padding, depth + 1));
    const missing = Math.max(0, padding(path) - items.length);
    return items.concat(Array.from({ length: missing }, () => ({})));
  }
  const fields = Object.entries(value).filter(([name, field]) => isWritten(field, joined(path, name), padding));
  return Object.fromEntries(
    fields.map(([name, field]) => [checkedName(name), toJson(field, joined(path, name), padding, depth + 1)]),
  );
}

function isWritten(field: OrcaValue, path: string, padding: (path: string) => number): boolean {
  return !isEmpty(field) || (isList(field) && padding(path) > 0);
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OrcaSyntaxError('not JSON', { cause: error });
  }
}

function entriesOf(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new OrcaSyntaxError('expected a record');
  }
  return Object.entries(value);
}

function toRecord(value: unknown, depth: number): OrcaRecord {
  checkDepth(depth);
  const present = entriesOf(value).filter(([, field]) => field !== null);
  return Object.fromEntries(present.map(([name, field]) => [checkedName(name), toValue(field, depth + 1)]));
}

function toValue(value: unknown, depth: number): OrcaValue {
  checkDepth(depth);
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return digits(value);
  if (Array.isArray(value)) {
    return value.filter((item: unknown) => item !== null && !isPadding(item)).map((item) => toValue(item, depth + 1));
  }
  if (typeof value === 'object') return toRecord(value, depth);
  throw new OrcaSyntaxError(`expected a string, got ${typeof value}`);
}

function isPadding(item: unknown): boolean {
  return typeof item === 'object' && item !== null && !Array.isArray(item) && Object.keys(item).length === 0;
}

// 1.50 or 1e3 would not come back as they were written, and the wire means strings: better refused than changed.
function digits(value: number): string {
  if (!Number.isSafeInteger(value)) throw new OrcaSyntaxError('expected a string, got a number that is not whole');
  return String(value);
}

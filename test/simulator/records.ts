import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrcaMessage, OrcaRecord, OrcaValue } from '../../orca/xml2.ts';

/** varchar(n), a record, or an array with its bound, as the reference writes them. */
type Shape = string | { readonly record: Fields } | { readonly array: number; readonly of: Fields | string };
type Fields = { readonly [name: string]: Shape };

/** Fields that WebORCA has got since the version whose records are at hand. */
const ADDED = new Set([
  'HealthInsuredPerson_Branch_Number',
  'Display_Order',
  'Request_Number',
  'CreateDate',
  'UpdateDate',
  'UpdateTime',
  'Group_Invoice_Number',
  'Medical_Info',
  'Claim_Infometion',
  'Patient_Memo_Information',
  'Certificate_GetDate',
]);

export function recordsOf(folder: string): Readonly<Record<string, { root: string; schema: { record: Fields } }>> {
  const records: Record<string, { root: string; schema: { record: Fields } }> = JSON.parse(
    readFileSync(join(folder, 'records-v5.1.json'), 'utf8'),
  );
  return records;
}

/** What of an answer the record does not allow: unknown names, another order, texts too wide, rows beyond the bound. */
export function departures(message: OrcaMessage, fields: Fields): readonly string[] {
  return inRecord(message.record, fields, message.root);
}

function inRecord(record: OrcaRecord, fields: Fields, path: string): readonly string[] {
  const names = Object.keys(fields);
  const found: string[] = [];
  let last = -1;
  for (const [name, value] of Object.entries(record)) {
    const shape = fields[name];
    const here = `${path}.${name}`;
    if (shape === undefined) {
      if (!ADDED.has(name)) found.push(`${here}: unknown`);
      continue;
    }
    const place = names.indexOf(name);
    if (place < last && !ADDED.has(name)) found.push(`${here}: out of order`);
    last = Math.max(last, place);
    found.push(...inValue(value, shape, here));
  }
  return found;
}

function inValue(value: OrcaValue, shape: Shape, path: string): readonly string[] {
  if (typeof shape === 'string') {
    if (typeof value !== 'string') return [`${path}: expected a text`];
    const width = Number(/\d+/.exec(shape)?.[0] ?? Infinity);
    return value.length > width ? [`${path}: "${value}" is wider than ${width}`] : [];
  }
  if (typeof value === 'string') return [`${path}: a text where a record or an array belongs`];
  if ('record' in shape) {
    return isList(value) ? [`${path}: an array where a record belongs`] : inRecord(value, shape.record, path);
  }
  if (!isList(value)) return [`${path}: a record where an array belongs`];
  const { of } = shape;
  const rows = value.length > shape.array ? [`${path}: ${value.length} rows, bound ${shape.array}`] : [];
  return [...rows, ...value.flatMap((item) => (typeof of === 'string' ? [] : inValue(item, { record: of }, path)))];
}

function isList(value: OrcaRecord | readonly OrcaValue[]): value is readonly OrcaValue[] {
  return Array.isArray(value);
}

/** The names of a captured answer, with what they stand in, each once and in order. */
export function namesIn(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item: unknown) => namesIn(item, path)))];
  if (typeof value !== 'object' || value === null) return [];
  return [
    ...new Set(
      Object.entries(value).flatMap(([name, inner]) => [`${path}.${name}`, ...namesIn(inner, `${path}.${name}`)]),
    ),
  ];
}

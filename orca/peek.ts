import { scan, type Window, windowOf } from './body.ts';

export type PeekName =
  | 'Patient_ID'
  | 'Request_Number'
  | 'Orca_Uid'
  | 'Acceptance_Id'
  | 'Invoice_Number'
  | 'Medical_Uid'
  | 'Api_Result'
  | 'Data_Id';

const MAX_VALUE_BYTES = 256;

/**
 * The first non-empty value of a field in the first 64 KiB of a request or an answer, XML2 or JSON, at any depth; null
 * where there is none, or the body is neither. The body may be cut short. For journals, pins and labels: what a request
 * does is decided by classify, which does not take the first value for the only one.
 */
export function peekField(body: Buffer, name: PeekName): string | null {
  const window = windowOf(body);
  if (window === null) return null;
  let found: string | null = null;
  scan(window, (field, _depth, from, to) => {
    if (field !== name && !(name === 'Request_Number' && field === 'Reqest_Number')) return true;
    if (from === -1 || to - from > MAX_VALUE_BYTES) return true;
    found = decoded(window, body.toString('utf8', window.offset + from, window.offset + to));
    return found === null || found === '';
  });
  return found === '' ? null : found;
}

function decoded({ form }: Window, raw: string): string | null {
  if (form === 'xml')
    return raw.replaceAll(/&(#x?[0-9a-f]{1,6}|[a-z]{2,4});/gi, (whole, entity: string) => character(entity) ?? whole);
  if (!raw.includes('\\')) return raw;
  try {
    const value: unknown = JSON.parse(`"${raw}"`);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function character(entity: string): string | undefined {
  if (!entity.startsWith('#')) return ENTITIES[entity];
  const isHex = entity[1] === 'x';
  const code = Number.parseInt(entity.slice(isHex ? 2 : 1), isHex ? 16 : 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

// A second reading of the same bytes, as careless servers do it. It shares no code with the strict one: where the two
// differ, a request could be hidden from one of them.

/** One way of being careless. */
export interface Carelessness {
  readonly name: string;
  readonly lineEnd: RegExp;
  readonly lengthTaken: 'first' | 'last' | 'smallest';
  readonly codingIsChunked: (value: string) => boolean;
  readonly codingBeatsLength: boolean;
  readonly number: (text: string, base: 10 | 16) => number;
}

const digitsInFront = (text: string, base: 10 | 16): number => {
  const match = (base === 10 ? /^[\s+"]*([0-9]+)/ : /^[\s+]*(?:0x)?([0-9a-f]+)/i).exec(text);
  return match?.[1] === undefined ? 0 : Number.parseInt(match[1], base);
};
const withoutJunk = (text: string, base: 10 | 16): number =>
  Number.parseInt(text.replaceAll('_', '').replace(base === 10 ? /[^0-9]/g : /[;].*|[^0-9a-f]/gi, '') || '0', base);

export const CARELESS: readonly Carelessness[] = [
  {
    name: 'LF ends a line, the first length counts',
    lineEnd: /\r?\n/g,
    lengthTaken: 'first',
    codingIsChunked: (value) => /chunked/i.test(value),
    codingBeatsLength: true,
    number: digitsInFront,
  },
  {
    name: 'LF ends a line, the last length counts, and before a coding',
    lineEnd: /\r*\n/g,
    lengthTaken: 'last',
    codingIsChunked: (value) => /chunked["'\s]*$/i.test(value),
    codingBeatsLength: false,
    number: withoutJunk,
  },
  {
    name: 'CR ends a line',
    lineEnd: /\r\n|\r|\n/g,
    lengthTaken: 'smallest',
    codingIsChunked: (value) => /^\W*chunk/i.test(value),
    codingBeatsLength: true,
    number: digitsInFront,
  },
];

export interface CarelessRequest {
  readonly method: string;
  readonly target: string;
  /** Where it ends in the text; null while more is awaited. */
  readonly end: number | null;
  readonly bodyBytes: number;
}

// Servers of the CGI kind hand `_` on as `-`, others cut white space and control bytes off a name.
function nameOf(raw: string): string {
  return raw
    .replace(/^[^!-~]+|[^!-~]+$/g, '')
    .replaceAll('_', '-')
    .toLowerCase();
}

function nextLine(text: string, from: number, lineEnd: RegExp): { line: string; next: number } | null {
  const end = new RegExp(lineEnd, 'g');
  end.lastIndex = from;
  const match = end.exec(text);
  return match === null ? null : { line: text.slice(from, match.index), next: match.index + match[0].length };
}

function chunkedEnd(text: string, from: number, how: Carelessness): { end: number; bodyBytes: number } | null {
  let at = from;
  let bodyBytes = 0;
  for (;;) {
    const size = nextLine(text, at, how.lineEnd);
    if (size === null) return null;
    const length = how.number(size.line, 16);
    at = size.next;
    if (length === 0) break;
    bodyBytes += length;
    const behind = nextLine(text, at + length, how.lineEnd);
    if (behind === null) return null;
    at = behind.line === '' ? behind.next : at + length;
  }
  for (;;) {
    const trailer = nextLine(text, at, how.lineEnd);
    if (trailer === null) return null;
    at = trailer.next;
    if (trailer.line === '') return { end: at, bodyBytes };
  }
}

/** The request that begins at `from`, as a careless server would read it; null where there is no whole head. */
export function readCarelessly(text: string, from: number, how: Carelessness): CarelessRequest | null {
  let at = from;
  let first: string | null = null;
  const lengths: number[] = [];
  let chunked = false;
  for (;;) {
    const read = nextLine(text, at, how.lineEnd);
    if (read === null) return null;
    at = read.next;
    if (first === null) {
      if (read.line !== '') first = read.line;
      continue;
    }
    if (read.line === '') break;
    const colon = read.line.indexOf(':');
    if (colon < 0) continue;
    const name = nameOf(read.line.slice(0, colon));
    const value = read.line.slice(colon + 1);
    if (name === 'content-length') lengths.push(...value.split(',').map((part) => how.number(part, 10)));
    if (name === 'transfer-encoding' && how.codingIsChunked(value)) chunked = true;
  }
  const [method = '', target = ''] = first.split(/[ \t]+/);
  if (chunked && (how.codingBeatsLength || lengths.length === 0)) {
    const body = chunkedEnd(text, at, how);
    return { method, target, end: body?.end ?? null, bodyBytes: body?.bodyBytes ?? 0 };
  }
  const length = lengthOf(lengths, how);
  const end = at + length <= text.length ? at + length : null;
  return { method, target, end, bodyBytes: length };
}

function lengthOf(lengths: readonly number[], how: Carelessness): number {
  if (how.lengthTaken === 'smallest') return lengths.length === 0 ? 0 : Math.min(...lengths);
  return (how.lengthTaken === 'first' ? lengths[0] : lengths.at(-1)) ?? 0;
}

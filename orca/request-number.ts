import { scan, windowOf } from './body.ts';

/** A body, and what its sender says about its bytes. */
export interface RequestBody {
  readonly bytes: Buffer;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
}

/** `null`: the field is not there. `undefined`: it cannot be told what the server would read. */
export interface RequestNumber {
  readonly number: string | null | undefined;
  readonly qualifier: string | null | undefined;
}

const UNCLEAR: RequestNumber = { number: undefined, qualifier: undefined };

/**
 * The `Request_Number` that WebORCA would find in the body, and a second field beside it.
 *
 * It is only told where there is no second reading: the whole body was seen, it is XML or JSON in UTF-8, it has one root
 * record, and wherever the name stands, in whatever case, prefix, depth or known misspelling, the value is the same.
 */
export function requestNumberOf(body: RequestBody, qualifierName: string | null): RequestNumber {
  if (!isPlain(body.contentEncoding) || !isUtf8(body.contentType)) return UNCLEAR;
  const window = windowOf(body.bytes);
  if (window === null || window.isCut || !isDeclaredUtf8(window.text)) return UNCLEAR;
  const number = new Sightings('request_number');
  const qualifier = new Sightings(qualifierName?.toLowerCase() ?? '');
  let roots = 0;
  const end = scan(window, (name, depth, from, to) => {
    if (depth === 1) roots += 1;
    if (!LAST_LETTERS.has(name.charCodeAt(name.length - 1))) return true;
    const value = from === -1 ? undefined : window.text.slice(from, to);
    const bare = name.slice(name.lastIndexOf(':') + 1).toLowerCase();
    // patientlst6v2 spells it so; a server that was corrected, or not, may read either.
    number.see(bare === 'reqest_number' ? 'request_number' : bare, depth === 2 && name === 'Request_Number', value);
    qualifier.see(bare, depth === 2 && name === qualifierName, value);
    return true;
  });
  if (end !== 'whole' || roots !== 1) return UNCLEAR;
  return { number: number.agreed(), qualifier: qualifier.agreed() };
}

// …_Number and …_Mode: spares all other fields of a long body the closer look.
const LAST_LETTERS = new Set(['r', 'R', 'e', 'E'].map((letter) => letter.charCodeAt(0)));

class Sightings {
  readonly #name: string;
  #value: string | undefined;
  #count = 0;
  #isInPlace = false;
  #isUnclear = false;

  constructor(name: string) {
    this.#name = name;
  }

  see(bareName: string, isInPlace: boolean, value: string | undefined): void {
    if (bareName !== this.#name) return;
    if (this.#count > 0 && value !== this.#value) this.#isUnclear = true;
    this.#value = value;
    this.#count += 1;
    this.#isInPlace ||= isInPlace;
  }

  agreed(): string | null | undefined {
    if (this.#count === 0) return null;
    return this.#isUnclear || !this.#isInPlace ? undefined : this.#value;
  }
}

function isPlain(contentEncoding: string | undefined): boolean {
  return contentEncoding === undefined || /^\s*(?:identity)?\s*$/i.test(contentEncoding);
}

function isUtf8(contentType: string | undefined): boolean {
  const charsets = contentType?.toLowerCase().split('charset').slice(1) ?? [];
  return charsets.every((rest) => /^\s*=\s*"?(?:utf-?8|us-ascii)"?\s*(?:;|$)/.test(rest));
}

function isDeclaredUtf8(text: string): boolean {
  if (!text.trimStart().startsWith('<?xml')) return true;
  const declaration = text.slice(0, text.indexOf('?>'));
  return !/encoding/i.test(declaration) || /\sencoding\s*=\s*(?:"utf-8"|'utf-8')\s*(?:standalone|$)/i.test(declaration);
}

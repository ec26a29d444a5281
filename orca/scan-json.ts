import { MAX_DEPTH } from './message.ts';
import type { ScanEnd, Visit } from './scan.ts';

/** One pass over a JSON text, the counterpart of scanXml: no tree, no backtracking, the same numbering of depths. */
export function scanJson(text: string, visit: Visit): ScanEnd {
  return new JsonScanner(text, visit).run();
}

class JsonScanner {
  readonly #text: string;
  readonly #visit: Visit;
  #at = 0;
  #from = -1;
  #to = -1;
  #end: ScanEnd = 'broken';

  constructor(text: string, visit: Visit) {
    this.#text = text;
    this.#visit = visit;
  }

  run(): ScanEnd {
    this.#skipSpace();
    if (!this.#isAt(OPEN_BRACE) && !this.#isAt(OPEN_BRACKET)) return 'broken';
    if (!this.#value(1)) return this.#end;
    this.#skipSpace();
    return this.#at === this.#text.length ? 'whole' : 'broken';
  }

  #value(depth: number): boolean {
    if (depth > MAX_DEPTH) return false;
    if (this.#isAt(QUOTE)) return this.#string();
    if (this.#isAt(OPEN_BRACE)) return this.#items(CLOSE_BRACE, () => this.#member(depth));
    if (this.#isAt(OPEN_BRACKET)) return this.#items(CLOSE_BRACKET, () => this.#value(depth + 1));
    const from = this.#at;
    while (isLiteral(this.#text.charCodeAt(this.#at))) this.#at += 1;
    this.#from = -1;
    return this.#at > from;
  }

  #items(closing: number, item: () => boolean): boolean {
    this.#at += 1;
    this.#skipSpace();
    if (!this.#isAt(closing)) {
      for (;;) {
        this.#skipSpace();
        if (!item()) return false;
        this.#skipSpace();
        if (!this.#isAt(COMMA)) break;
        this.#at += 1;
      }
      if (!this.#isAt(closing)) return false;
    }
    this.#at += 1;
    this.#from = -1;
    return true;
  }

  #member(depth: number): boolean {
    if (!this.#isAt(QUOTE) || !this.#string()) return false;
    const name = this.#text.slice(this.#from, this.#to);
    // No client escapes a field's name: one that does hides it.
    if (name.includes('\\')) return false;
    this.#skipSpace();
    if (!this.#isAt(COLON)) return false;
    this.#at += 1;
    this.#skipSpace();
    if (!this.#value(depth + 1)) return false;
    if (this.#visit(name, depth, this.#from, this.#to)) return true;
    this.#end = 'stopped';
    return false;
  }

  #string(): boolean {
    const text = this.#text;
    for (let at = this.#at + 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) at += 1;
      else if (code < SPACE) return false;
      else if (code === QUOTE) {
        this.#from = this.#at + 1;
        this.#to = at;
        this.#at = at + 1;
        return true;
      }
    }
    return false;
  }

  #isAt(code: number): boolean {
    return this.#text.charCodeAt(this.#at) === code;
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }
}

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

function isSpace(code: number): boolean {
  return code === SPACE || code === 0x0a || code === 0x0d || code === 0x09;
}

// Numbers, true, false, null: never a value that anything is decided on, so their grammar is left to the server.
function isLiteral(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x2b ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x45
  );
}

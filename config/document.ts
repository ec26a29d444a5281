import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, ErrorCode, Node, Pair } from 'yaml';

// text ──▶ YAML nodes ──▶ plain values, and where each of them stands in the text

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

export type Path = readonly (string | number)[];

/** One thing wrong with the file; `path` is the dotted name of the option, empty for the file as a whole. */
export interface Problem extends Place {
  readonly path: string;
  readonly message: string;
}

/** What the text says, and where. */
export interface SettingsText {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Where a value stands; for one that is not there, where its mapping begins. */
  place(path: Path): Place;
  /** Where an option's name stands. */
  namePlace(path: Path): Place;
  /** Whether something stands at this path. */
  has(path: Path): boolean;
  /** Whether the option's name stands there, without a value. */
  isEmpty(path: Path): boolean;
}

const START: Place = { line: 1, column: 1 };
const LONGEST = 256 * 1024;
const DEEPEST = 24;
const MOST_NODES = 10_000;

// The parser's own sentences quote the text, which may hold a password.
const SENTENCES = {
  DUPLICATE_KEY: 'expected each option once, got it a second time',
  MULTIPLE_DOCS: 'expected one YAML document, got a second one (---)',
  TAB_AS_INDENT: 'expected spaces at the beginning of the line, got a tab',
  BAD_INDENT: 'expected this line to be indented like its neighbours',
  BAD_SCALAR_START: 'expected a value in quotes, got one that begins with a special character',
  BAD_ALIAS: 'expected a value in quotes, got one that begins with * (an alias that is not defined)',
  TAG_RESOLVE_FAILED: 'expected a value in quotes, got one that begins with ! (a YAML tag)',
  BAD_DQ_ESCAPE:
    'expected a valid escape in the double quotes, got another; write \\\\ for a backslash, or use single quotes',
  MISSING_CHAR: 'expected a closing quote, bracket, comma or colon, got something else',
  BLOCK_AS_IMPLICIT_KEY: 'expected one "name: value" on a line, got a second colon; put the value in quotes',
  MULTILINE_IMPLICIT_KEY: 'expected "name: value", got a name that spans lines; a colon or a closing quote is missing',
  NON_STRING_KEY: 'expected a name before the colon, got something else',
} as const satisfies Partial<Record<ErrorCode, string>>;
// How deep an option's name is told: behind a stray colon or quote, what looks like a name may be a piece of a secret.
const DEPTHS: Partial<Record<ErrorCode, number>> = { DUPLICATE_KEY: DEEPEST, MULTIPLE_DOCS: 0 };
const sentences = new Map<string, string>(Object.entries(SENTENCES));
const UNREADABLE = 'expected YAML ("name: value"), got something that is none; are there quotes missing?';

/** Reads YAML; never throws: what cannot be read is among the problems. */
export function readSettings(text: string): SettingsText {
  if (text.length > LONGEST) return unreadable('expected at most 256 KiB of text, got more; is this the right file?');
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, logLevel: 'error' });
  } catch {
    return unreadable('expected YAML, got text that cannot be read at all');
  }
  return new Reader(document, lines).settings();
}

/** The dotted name of an option: `partners[0].basic.user`. */
export function dotted(path: Path): string {
  return path.reduce<string>(
    (name, step) => (typeof step === 'number' ? `${name}[${step}]` : name ? `${name}.${step}` : step),
    '',
  );
}

/** Whether a name looks like an option's; behind a missing quote or colon, any text can turn into a name. */
export function isSpeakable(step: string | number): boolean {
  return typeof step === 'number' || /^[A-Za-z][\w.-]{0,39}$/.test(step);
}

function unreadable(message: string): SettingsText {
  const problems = [{ path: '', message, ...START }];
  return { value: undefined, problems, place: atStart, namePlace: atStart, has: isNowhere, isEmpty: isNowhere };
}

function atStart(): Place {
  return START;
}

function isNowhere(): boolean {
  return false;
}

class Reader {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #values = new Map<string, Place>();
  readonly #names = new Map<string, Place>();
  readonly #empty = new Set<string>();
  readonly #problems: Problem[] = [];
  #nodes = 0;

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  settings(): SettingsText {
    for (const { code, pos } of [...this.#document.errors, ...this.#document.warnings]) {
      const message = sentences.get(code) ?? UNREADABLE;
      this.#problems.push({ path: dotted(this.#pathAt(pos[0], DEPTHS[code] ?? 2)), message, ...this.#at(pos[0]) });
    }
    // An option given twice can still be read, so that the file's other problems are told in the same breath.
    const isReadable = this.#document.errors.every(({ code }) => code === 'DUPLICATE_KEY');
    const value = isReadable ? this.#read(this.#document.contents, []) : undefined;
    return {
      value,
      problems: this.#problems,
      place: (path) => this.#nearest(path, this.#values),
      namePlace: (path) => this.#names.get(key(path)) ?? this.#nearest(path, this.#values),
      has: (path) => this.#values.has(key(path)),
      isEmpty: (path) => this.#empty.has(key(path)),
    };
  }

  #read(node: Node | null, path: Path): unknown {
    this.#nodes += 1;
    if (this.#nodes > MOST_NODES || path.length > DEEPEST)
      return this.#refuse(
        node,
        path.slice(0, 3),
        'expected a few hundred values, got far too many, or one inside itself',
      );
    if (isAlias(node)) {
      const meant = node.resolve(this.#document);
      return meant ? this.#read(meant, path) : this.#refuse(node, path, SENTENCES.BAD_ALIAS);
    }
    if (node?.range) this.#values.set(key(path), this.#at(node.range[0]));
    if (isMap<Node, Node | null>(node))
      return Object.fromEntries(node.items.flatMap((pair) => this.#option(pair, path)));
    if (isSeq<Node | null>(node)) return node.items.map((item, at) => this.#read(item, [...path, at]));
    return isScalar(node) ? node.value : null;
  }

  #option({ key: name, value }: Pair<Node, Node | null>, path: Path): [string, unknown][] {
    if (!isScalar(name) || typeof name.value !== 'string' || name.value === '__proto__') {
      this.#refuse(name, path, 'expected a name before the colon, got something else');
      return [];
    }
    const here = [...path, name.value];
    if (name.range) this.#names.set(key(here), this.#at(name.range[0]));
    const read = this.#read(value, here);
    if (read === null) this.#empty.add(key(here));
    return [[name.value, read]];
  }

  #refuse(node: Node | null, path: Path, message: string): null {
    if (this.#problems.length > 0) return null;
    this.#problems.push({ path: dotted(path), message, ...(node?.range ? this.#at(node.range[0]) : START) });
    return null;
  }

  #nearest(path: Path, places: ReadonlyMap<string, Place>): Place {
    for (let length = path.length; length > 0; length -= 1) {
      const outer = path.slice(0, length);
      const place = this.#names.get(key(outer)) ?? places.get(key(outer));
      const found = length === path.length ? places.get(key(outer)) : place;
      if (found) return found;
    }
    return START;
  }

  #at(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** The option that the parser was in when it stumbled. */
  #pathAt(offset: number, deepest: number): Path {
    const path: (string | number)[] = [];
    let node: unknown = this.#document.contents;
    while (path.length < deepest) {
      const inside = entries(node).findLast(({ from }) => from?.range && from.range[0] <= offset);
      if (!inside || isNothing(inside.value) || !isSpeakable(inside.step)) return path;
      path.push(inside.step);
      node = inside.value;
    }
    return path;
  }
}

interface Entry {
  readonly step: string | number;
  readonly from: Node | null;
  readonly value: Node | null;
}

function entries(node: unknown): readonly Entry[] {
  if (isSeq<Node | null>(node)) return node.items.map((item, step) => ({ step, from: item, value: item }));
  if (!isMap<Node, Node | null>(node)) return [];
  return node.items.flatMap(({ key: name, value }) =>
    isScalar(name) && typeof name.value === 'string' ? [{ step: name.value, from: name, value }] : [],
  );
}

function isNothing(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function key(path: Path): string {
  return JSON.stringify(path);
}

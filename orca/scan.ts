import { MAX_DEPTH } from './message.ts';

/** Only `whole` says that the text was seen to its end and that nothing in it was out of shape. */
export type ScanEnd = 'whole' | 'stopped' | 'broken';

/**
 * Told of each field once: its name, its depth (the envelope or the outer braces are 0, the root record 1, its fields 2),
 * and where its text begins and ends, still escaped; `from` is -1 for what is not plain text (records, arrays, numbers,
 * text with a comment in it). False ends the scan.
 */
export type Visit = (name: string, depth: number, from: number, to: number) => boolean;

/** One pass over the tags of an XML text, no tree, no backtracking; nothing is looked for behind the first odd byte. */
export function scanXml(text: string, visit: Visit): ScanEnd {
  const tags = new TagScanner(text);
  const open: string[] = [];
  let leafFrom = -1;
  while (tags.next()) {
    if (tags.kind === 'start') {
      if (open.length > MAX_DEPTH + 1 || (open.length === 0 && tags.hasRoot)) return 'broken';
      tags.hasRoot = true;
      open.push(tags.name);
      leafFrom = tags.to;
      continue;
    }
    if (tags.kind === 'end' && open.pop() !== tags.name) return 'broken';
    const from = tags.kind === 'empty' ? tags.to : leafFrom;
    const isPlain = from !== -1 && !tags.hasSkipped;
    leafFrom = -1;
    if (!visit(tags.name, open.length, isPlain ? from : -1, Math.max(from, tags.from))) return 'stopped';
  }
  return tags.kind === 'none' && tags.hasRoot && open.length === 0 ? 'whole' : 'broken';
}

type TagKind = 'start' | 'end' | 'empty' | 'none' | 'declaration' | 'broken';

class TagScanner {
  kind: TagKind = 'none';
  name = '';
  from = 0;
  to = 0;
  hasRoot = false;
  /** Whether a comment, a CDATA section or an instruction stood before the tag. */
  hasSkipped = false;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Moves to the next start, end or empty tag. False at the end, or at what no reader should go past. */
  next(): boolean {
    const text = this.#text;
    this.hasSkipped = false;
    for (;;) {
      this.from = text.indexOf('<', this.to);
      if (this.from === -1) return this.#stop('none');
      const first = text.charCodeAt(this.from + 1);
      if (first === EXCLAMATION || first === QUESTION) {
        if (!this.#skipMarkup()) return false;
        this.hasSkipped = true;
        continue;
      }
      return first === SLASH ? this.#endTag() : this.#startTag();
    }
  }

  #stop(kind: 'none' | 'declaration' | 'broken'): false {
    this.kind = kind;
    return false;
  }

  #skipMarkup(): boolean {
    const markup = MARKUP.find(([opening]) => this.#text.startsWith(opening, this.from));
    if (markup === undefined) return this.#stop('declaration');
    const [opening, closing] = markup;
    const end = this.#text.indexOf(closing, this.from + opening.length);
    if (end === -1) return this.#stop('broken');
    this.to = end + closing.length;
    return true;
  }

  #endTag(): boolean {
    const end = this.#text.indexOf('>', this.from);
    if (end === -1) return this.#stop('broken');
    this.name = this.#text.slice(this.from + 2, end).trimEnd();
    this.kind = 'end';
    this.to = end + 1;
    return true;
  }

  #startTag(): boolean {
    const text = this.#text;
    let at = this.from + 1;
    while (at < text.length && !endsName(text.charCodeAt(at))) at += 1;
    this.name = text.slice(this.from + 1, at);
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === GREATER) {
        this.kind = text.charCodeAt(at - 1) === SLASH ? 'empty' : 'start';
        this.to = at + 1;
        return this.name === '' ? this.#stop('broken') : true;
      }
      if (code === LESS) break;
      if (code !== DOUBLE_QUOTE && code !== SINGLE_QUOTE) continue;
      at = text.indexOf(code === DOUBLE_QUOTE ? '"' : "'", at + 1);
      if (at === -1) break;
    }
    return this.#stop('broken');
  }
}

const EXCLAMATION = 0x21;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUESTION = 0x3f;
const MARKUP = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

function endsName(code: number): boolean {
  return code <= 0x20 || code === GREATER || code === SLASH || code === LESS;
}

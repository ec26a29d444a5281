import type { Random } from './random.ts';

// A text here is a case in which every token is the one character `MARK`, so that no mutation tears a token apart.
export const MARK = '\ue000';

export interface Mutator {
  readonly name: string;
  readonly apply: (text: string, random: Random, others: readonly string[]) => string;
}

const ODD_BYTES = [
  '\0',
  '\r',
  '\n',
  '\t',
  '\v',
  '\f',
  ' ',
  '\x7f',
  '\x80',
  '\x85',
  '\xa0',
  '\xad',
  '\xff',
  ':',
  ',',
  ';',
  '_',
  '0',
];
const ODD_LINES = [
  'Content-Length: 0',
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
  'Transfer_Encoding: chunked',
  'Connection: close',
  'Connection: keep-alive, Transfer-Encoding, Content-Length, Host, Authorization',
  'Expect: 100-continue',
  'Upgrade: websocket',
  'Host: evil.test',
  'X-Hybridmode: recovery',
  'Trailer: X-T',
];

function splitAt(text: string, random: Random): [string, string] {
  const at = random.below(text.length + 1);
  return [text.slice(0, at), text.slice(at)];
}

/** Where lines begin. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\r\n'); at >= 0; at = text.indexOf('\r\n', at + 2)) starts.push(at + 2);
  return starts;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\r\n', start);
  return text.slice(start, end < 0 ? text.length : end + 2);
}

function anyLine(text: string, random: Random): { start: number; line: string } {
  const start = random.pick(lineStarts(text));
  return { start, line: lineAt(text, start) };
}

function replaceLine(text: string, random: Random, change: (line: string) => string): string {
  const { start, line } = anyLine(text, random);
  return text.slice(0, start) + change(line) + text.slice(start + line.length);
}

/** The bytes of one match of many are changed. */
function replaceOne(text: string, random: Random, pattern: RegExp, change: (match: string) => string): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const match = random.pick(matches);
  return text.slice(0, match.index) + change(match[0]) + text.slice(match.index + match[0].length);
}

export const MUTATORS: readonly Mutator[] = [
  {
    name: 'flip a bit',
    apply: (text, random) => {
      const at = random.below(text.length);
      const code = text.charCodeAt(at);
      if (code > 255) return text;
      return text.slice(0, at) + String.fromCharCode(code ^ (1 << random.below(8))) + text.slice(at + 1);
    },
  },
  {
    name: 'insert an odd byte',
    apply: (text, random) => splitAt(text, random).join(random.pick(ODD_BYTES)),
  },
  {
    name: 'remove a byte',
    apply: (text, random) => {
      const at = random.below(text.length);
      return text.slice(0, at) + text.slice(at + 1);
    },
  },
  { name: 'double a line', apply: (text, random) => replaceLine(text, random, (line) => line + line) },
  { name: 'remove a line', apply: (text, random) => replaceLine(text, random, () => '') },
  {
    name: 'move a line',
    apply: (text, random) => {
      const { start, line } = anyLine(text, random);
      const rest = text.slice(0, start) + text.slice(start + line.length);
      const to = random.pick(lineStarts(rest));
      return rest.slice(0, to) + line + rest.slice(to);
    },
  },
  {
    name: 'insert a line',
    apply: (text, random, others) => {
      const { line } = anyLine(random.pick(others), random);
      return replaceLine(text, random, (old) => (random.chance(0.5) ? `${random.pick(ODD_LINES)}\r\n` : line) + old);
    },
  },
  {
    name: 'splice with another case',
    apply: (text, random, others) => {
      const other = random.pick(others);
      if (random.chance(0.3)) return splitAt(text, random)[0] + splitAt(other, random)[1];
      return text.slice(0, random.pick(lineStarts(text))) + other.slice(random.pick(lineStarts(other)));
    },
  },
  { name: 'append another case', apply: (text, random, others) => text + random.pick(others) },
  {
    name: 'change a chunk size',
    apply: (text, random) =>
      replaceOne(text, random, /(?<=\r\n)[0-9a-f]{1,8}(?=\r\n)/g, (size) => chunkSize(size, random)),
  },
  {
    name: 'change a length',
    apply: (text, random) =>
      replaceOne(text, random, /(?<=Content-Length: )[0-9]+/gi, (length) =>
        random.pick([
          String(Number(length) + random.below(5) - 2),
          `0${length}`,
          `${length}, ${length}`,
          '0',
          `+${length}`,
        ]),
      ),
  },
  { name: 'LF for one CRLF', apply: (text, random) => replaceOne(text, random, /\r\n/g, () => '\n') },
  { name: 'CR for one CRLF', apply: (text, random) => replaceOne(text, random, /\r\n/g, () => '\r') },
  { name: 'LF for every CRLF', apply: (text) => text.replaceAll('\r\n', '\n') },
  {
    name: 'change the case of a line',
    apply: (text, random) =>
      replaceLine(text, random, (line) => (random.chance(0.5) ? line.toUpperCase() : line.toLowerCase())),
  },
  { name: '_ for -', apply: (text, random) => replaceOne(text, random, /-/g, () => '_') },
  {
    name: 'white space before a colon',
    apply: (text, random) => replaceOne(text, random, /:/g, () => random.pick([' :', '\t:', '\r\n :'])),
  },
  { name: 'fold a line', apply: (text, random) => replaceOne(text, random, /: /g, () => ':\r\n ') },
  {
    name: 'change the method',
    apply: (text, random) =>
      text.replace(/^[A-Z]+/, random.pick(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE'])),
  },
  {
    name: 'change the version',
    apply: (text, random) =>
      replaceOne(text, random, /HTTP\/1\.1/g, () =>
        random.pick(['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.2', 'HTTP/1.10']),
      ),
  },
];

function chunkSize(size: string, random: Random): string {
  const value = Number.parseInt(size, 16);
  return random.pick([
    Math.max(0, value + random.below(7) - 3).toString(16),
    `0${size}`,
    `${size};x=y`,
    `${size} `,
    `0x${size}`,
    size.toUpperCase(),
    'ffffffff',
    `${size}_`,
  ]);
}

import { checkDepth, checkedName, isList, type OrcaMessage, OrcaSyntaxError, type OrcaValue } from './message.ts';

/**
 * Writes WebORCA's XML2 line form: one element per line, LF, no indentation, empty elements omitted, type attributes,
 * a newline at the end. Throws OrcaSyntaxError where XML 1.0 cannot hold a value.
 */
export function formatXml2(envelope: 'data' | 'xmlio2', message: OrcaMessage): string {
  const writer: Writer = { lines: ['<?xml version="1.0" encoding="UTF-8"?>', `<${envelope}>`], tags: new Map() };
  const root = checkedName(message.root);
  writer.lines.push(`<${root} type="record">`);
  for (const [name, field] of Object.entries(message.record)) writeElement(writer, name, field, 1);
  writer.lines.push(`</${root}>`, `</${envelope}>`, '');
  return writer.lines.join('\n');
}

interface Tags {
  readonly string: string;
  readonly record: string;
  readonly array: string;
  readonly end: string;
  readonly child: string;
}

interface Writer {
  readonly lines: string[];
  /** By name: a list of visits says the same thirty names five hundred times. */
  readonly tags: Map<string, Tags>;
}

function tagsOf({ tags }: Writer, name: string): Tags {
  const known = tags.get(name);
  if (known !== undefined) return known;
  const start = `<${checkedName(name)} type=`;
  const made = {
    string: `${start}"string">`,
    record: `${start}"record">`,
    array: `${start}"array">`,
    end: `</${name}>`,
    child: `${name}_child`,
  };
  tags.set(name, made);
  return made;
}

// A record or an array is begun before it is known whether anything is in it: looking first, at every level, would read each
// value as often as it is deep.
function writeElement(writer: Writer, name: string, value: OrcaValue, depth: number): void {
  checkDepth(depth);
  const { lines } = writer;
  const tags = tagsOf(writer, name);
  if (typeof value === 'string') {
    if (value !== '') lines.push(tags.string + escaped(value) + tags.end);
    return;
  }
  const isArray = isList(value);
  const begun = lines.push(isArray ? tags.array : tags.record);
  if (isArray) for (const item of value) writeElement(writer, tags.child, item, depth + 1);
  else for (const field in value) writeElement(writer, field, value[field] ?? '', depth + 1);
  if (lines.length === begun) lines.pop();
  else lines.push(tags.end);
}

// XML 1.0 2.2: no reference can stand for these either. A raw CR would come back as LF (2.11).
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNWRITABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
// oxlint-disable-next-line no-control-regex -- as above; whatever needs a second look, and hardly any text does
const NOT_PLAIN = /[\u0000-\u001F&<>\uD800-\uDFFF\uFFFE\uFFFF]/;
const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };

function escaped(value: string): string {
  if (!NOT_PLAIN.test(value)) return value;
  if (UNWRITABLE.test(value) || !value.isWellFormed()) throw new OrcaSyntaxError('a character that XML cannot hold');
  return value.replaceAll(/[&<>\r]/g, (character) => ESCAPES[character] ?? character);
}

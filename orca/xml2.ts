import { parseXml, XmlElement, XmlError, XmlText } from '@rgrove/parse-xml';
import {
  checkedName,
  checkSize,
  isRecord,
  MAX_DEPTH,
  MAX_FIELDS,
  type OrcaMessage,
  OrcaSyntaxError,
  type OrcaValue,
} from './message.ts';
import { scanXml } from './scan.ts';

export { formatJson, parseJson } from './json.ts';
export { OrcaSyntaxError } from './message.ts';
export { formatXml2 } from './xml2-format.ts';
export type { OrcaMessage, OrcaRecord, OrcaValue } from './message.ts';

/**
 * Reads WebORCA's XML2 form: `<data><root …>` (requests) or `<xmlio2><root …>` (answers), `X type="array"` with `X_child`
 * items as arrays. Missing type attributes are tolerated, as WebORCA does. DTDs, and with them entities of one's own, are
 * refused. Throws OrcaSyntaxError.
 */
export function parseXml2(text: string): OrcaMessage {
  checkSize(text);
  checkShape(text);
  const envelope = parsedElement(text);
  if (envelope.name !== 'data' && envelope.name !== 'xmlio2') {
    throw new OrcaSyntaxError(`expected <data> or <xmlio2>, got <${envelope.name}>`);
  }
  const roots = childElements(envelope);
  const [root] = roots;
  if (root === undefined || roots.length !== 1) throw new OrcaSyntaxError('expected one root record');
  const record = root.attributes['type'] === undefined && isLeaf(root) ? {} : valueOf(root);
  if (!isRecord(record)) throw new OrcaSyntaxError(`expected <${root.name}> to be a record`);
  return { root: checkedName(root.name), record };
}

function valueOf(element: XmlElement): OrcaValue {
  const { name } = element;
  const type = element.attributes['type'];
  const children = childElements(element);
  if (children.length === 0) return emptyOrText(element, type);
  if (type === 'string') throw new OrcaSyntaxError(`expected text in <${name}>`);
  const isArray = type === 'array' || (type !== 'record' && children.every((child) => child.name === `${name}_child`));
  if (isArray) return children.map(valueOf);
  const fields = children.map((child): [string, OrcaValue] => [checkedName(child.name), valueOf(child)]);
  const record = Object.fromEntries(fields);
  // Which of two same fields WebORCA would take is not known, so neither is guessed.
  if (Object.keys(record).length !== fields.length) throw new OrcaSyntaxError(`a field twice in <${name}>`);
  return record;
}

function emptyOrText(element: XmlElement, type: string | undefined): OrcaValue {
  if (type !== 'record' && type !== 'array') return element.text;
  if (!isBlank(element.text)) throw new OrcaSyntaxError(`text in <${element.name}>, which is of type ${type}`);
  return type === 'record' ? {} : [];
}

function childElements(element: XmlElement): XmlElement[] {
  const children: XmlElement[] = [];
  const texts: string[] = [];
  for (const child of element.children) {
    if (child instanceof XmlElement) children.push(child);
    else if (child instanceof XmlText) texts.push(child.text);
  }
  if (children.length > 0 && !texts.every(isBlank)) {
    throw new OrcaSyntaxError(`text between the elements of <${element.name}>`);
  }
  return children;
}

function isLeaf(element: XmlElement): boolean {
  return childElements(element).length === 0 && isBlank(element.text);
}

// Only XML's own white space: a full-width space is a character of a name.
function isBlank(text: string): boolean {
  return !/[^ \t\r\n]/.test(text);
}

function parsedElement(text: string): XmlElement {
  try {
    const { root } = parseXml(text);
    if (root !== null) return root;
  } catch (error) {
    if (error instanceof XmlError) throw new OrcaSyntaxError('not XML', { cause: error });
    throw error;
  }
  throw new OrcaSyntaxError('not XML');
}

// The parser recurses per level, takes 700 bytes per element and reads over a DTD in silence: all three are settled in one
// pass over the tags before it.
function checkShape(text: string): void {
  let fields = 0;
  const end = scanXml(text, () => {
    fields += 1;
    return fields <= MAX_FIELDS;
  });
  if (end === 'stopped') throw new OrcaSyntaxError(`more than ${MAX_FIELDS} elements`);
  if (end === 'whole') return;
  throw new OrcaSyntaxError(`not XML, or with a document type declaration, or nested deeper than ${MAX_DEPTH} levels`);
}

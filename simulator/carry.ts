import {
  formatJson,
  formatXml2,
  OrcaSyntaxError,
  parseJson,
  parseXml2,
  type OrcaMessage,
  type OrcaRecord,
} from '../orca/xml2.ts';
import { head, type Api, type Call } from './api/call.ts';
import { filled, type Draft } from './draft.ts';
import { paddingOf } from './padding.ts';

export type Form = 'xml' | 'json';

/** The bytes of a request, and what its line and header say about them. */
export interface Sent {
  readonly body: Buffer;
  readonly query: URLSearchParams;
  readonly contentType: string;
}
export interface Carried {
  readonly form: Form;
  readonly text: string;
  readonly apiResult: string | null;
}

type Read =
  | { readonly kind: 'record'; readonly record: OrcaRecord }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'wrong-root' };

/** JSON where the query or the type of the body says so. */
export function formOf({ query, contentType }: Sent): Form {
  return query.get('format') === 'json' || /^application\/json\b/i.test(contentType) ? 'json' : 'xml';
}

function read(text: string, form: Form, root: string): Read {
  if (text.trim() === '') return { kind: 'record', record: {} };
  // A body in Shift_JIS is read as if its members were missing.
  if (text.includes('\ufffd')) return { kind: 'record', record: {} };
  try {
    const message = form === 'json' ? parseJson(text) : parseXml2(text);
    return message.root === root ? { kind: 'record', record: message.record } : { kind: 'wrong-root' };
  } catch (error) {
    if (error instanceof OrcaSyntaxError) return { kind: 'unreadable' };
    throw error;
  }
}

const PREFIX = { 2: '', 3: 'E', 4: '00' } as const;

/**
 * Carries a call out, from the bytes of its body to the text of its answer.
 * Null where WebORCA drops the connection instead of answering: JSON that it cannot make sense of.
 */
export function carryOut(
  api: Api,
  sent: Sent,
  call: Omit<Call, 'record' | 'query'>,
  isPadded: boolean,
): Carried | null {
  const form = formOf(sent);
  const found: Read =
    api.method === 'GET' ? { kind: 'record', record: {} } : read(sent.body.toString('utf8'), form, api.requestRoot);
  if (found.kind !== 'record') {
    if (form === 'json') return null;
    const [code, message] =
      found.kind === 'unreadable' ? ['98', '送信内容の読込ができませんでした'] : ['97', '送信内容に誤りがあります。'];
    return written(form, api.answerRoot, head(call, `${PREFIX[api.width]}${code}`, message), false);
  }
  const full: Call = { ...call, record: found.record, query: sent.query };
  const answer = call.clinic.transact(() => api.answer(full));
  if ('json' in answer)
    return { form: 'json', text: `${JSON.stringify(answer.json)}\n`, apiResult: answer.code ?? null };
  return written(form, answer.root, answer.record, isPadded);
}

function written(form: Form, root: string, draft: Draft, isPadded: boolean): Carried {
  const message = { root, record: filled(draft) };
  const apiResult = typeof draft['Api_Result'] === 'string' ? draft['Api_Result'] : null;
  const text =
    form === 'json'
      ? jsonText(message, isPadded)
      : // WebORCA's XML ends without a newline, its JSON with one: 446 bytes were counted.
        formatXml2('xmlio2', message).trimEnd();
  return { form, text, apiResult };
}

function jsonText(message: OrcaMessage, isPadded: boolean): string {
  // What is filled() needs no second look; a day's list of visits is large enough for that to count.
  if (!isPadded) return `${JSON.stringify({ [message.root]: message.record })}\n`;
  return formatJson(message, (path) => paddingOf(message.root, path));
}

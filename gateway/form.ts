import { formatJson, formatXml2 } from '../orca/xml2.ts';
import type { Refusal, RefusalCode } from './refusal.ts';

/** In which words a client expects an error: the form that it used itself. */
export type Form = 'xml2' | 'json' | 'problem';

export interface Asked {
  readonly path: string;
  readonly query: string;
  readonly contentType: string | undefined;
  /** The first bytes of the request's body, where they were received. */
  readonly body: Buffer | null;
}

export interface WrittenRefusal {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** WebORCA chooses by `format=json`; a call in neither form, or no WebORCA call at all, gets RFC 9457. */
export function formOf(asked: Asked): Form {
  if (/[?&]format=json(?:&|$)/.test(asked.query)) return 'json';
  const type = asked.contentType?.toLowerCase() ?? '';
  if (type.startsWith('application/json')) return 'json';
  if (type.includes('xml')) return 'xml2';
  return /^\/(?:api\/)?(?:api\d\d|orca\d)/.test(asked.path) ? 'xml2' : 'problem';
}

/** WebORCA's own 401, byte for byte. */
export const UNAUTHORIZED_BODY = Buffer.from('{"Code":401,"Message":"code=401, message=Unauthorized"}\n');

/** A refusal in the words that the client understands: HTTP's status and an error body. */
export function writeRefusal(code: RefusalCode, refusal: Refusal, asked: Asked): WrittenRefusal {
  const { status } = refusal;
  if (code === 'unknown-partner') return { status, contentType: 'application/json', body: UNAUTHORIZED_BODY };
  switch (formOf(asked)) {
    case 'xml2':
      return { status, contentType: 'application/xml; charset=UTF-8', body: Buffer.from(asXml2(code, refusal, asked)) };
    case 'json': {
      const message = `code=${status}, error=${code}, message=${refusal.ja} / ${refusal.en}`;
      return { status, contentType: 'application/json; charset=UTF-8', body: json({ Code: status, Message: message }) };
    }
    case 'problem':
      return {
        status,
        contentType: 'application/problem+json; charset=UTF-8',
        body: json({ type: 'about:blank', status, title: refusal.en, detail: refusal.ja, code }),
      };
  }
}

/** The same as HTTP 200 with an `Api_Result`, for clients that read nothing else. */
export function writeApiResult(code: RefusalCode, refusal: Refusal, asked: Asked): WrittenRefusal {
  const message = { root: answerRoot(asked), record: record(code, refusal, asked) };
  return formOf(asked) === 'json'
    ? { status: 200, contentType: 'application/json; charset=UTF-8', body: Buffer.from(formatJson(message)) }
    : { status: 200, contentType: 'application/xml; charset=UTF-8', body: Buffer.from(formatXml2('xmlio2', message)) };
}

function asXml2(code: RefusalCode, refusal: Refusal, asked: Asked): string {
  return formatXml2('xmlio2', { root: answerRoot(asked), record: record(code, refusal, asked) });
}

function record(code: RefusalCode, refusal: Refusal, asked: Asked) {
  return {
    Api_Result: apiResult(refusal, asked.path),
    Api_Result_Message: `${refusal.ja}（${code}）`,
    Api_Result_Message_English: refusal.en,
  };
}

/**
 * WebORCA's own codes, so that clients act rightly: 90 他端末使用中 is repeated by every client and means that nothing
 * was written; 89 ends the call, and a person looks. Width and letter follow the call.
 */
function apiResult(refusal: Refusal, path: string): string {
  const digits = refusal.outcome === 'not-sent' && refusal.retryAfterSeconds !== null ? '90' : '89';
  return /v3\d?$/.test(path)
    ? `E${digits}`
    : /\/(?:incomeinfv2|systeminfv2|manageusersv2)$/.test(path)
      ? `00${digits}`
      : digits;
}

/** The answer's root is named after the request's: acceptreq → acceptres, medicalv3req1 → medicalv3res1. */
function answerRoot(asked: Asked): string {
  const head = asked.body?.subarray(0, 300).toString('latin1') ?? '';
  const root = /<(?!data\b|\?)([A-Za-z]\w*req\d*)[\s>/]/.exec(head)?.[1] ?? /^\s*\{\s*"(\w+req\d*)"/.exec(head)?.[1];
  if (root !== undefined) return root.replace(/req(\d*)$/, 'res$1');
  return asked.path.endsWith('/patientgetv2') ? 'patientinfores' : 'private_objects';
}

function json(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

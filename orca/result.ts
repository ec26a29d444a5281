import { isList, type OrcaRecord, type OrcaValue } from './message.ts';

/**
 * What an `Api_Result` says. `warning`: done, with remarks. `question`: not done, an answer is asked for. `locked`: another
 * terminal has the patient, nothing was done, it may be tried again. `refused`: not done, for a reason in the data.
 * `broken`: the call itself was not understood or could not begin, or the code is none of WebORCA's.
 */
export const RESULT_KINDS = ['ok', 'warning', 'question', 'locked', 'refused', 'broken'] as const;
export type ResultKind = (typeof RESULT_KINDS)[number];

export interface CallResult {
  readonly kind: ResultKind;
  /** As on the wire; empty where the answer has none. */
  readonly code: string;
  /** There is more than the answer holds: what is there is right, what is missing is not known to be absent. */
  readonly isIncomplete: boolean;
  /** Refused as a whole, yet a part was stored. */
  readonly isPartlyDone: boolean;
}

/** Reads the outcome of a call from its answer's root record. Messages are never looked at. */
export function resultOf(call: string, answer: OrcaRecord): CallResult {
  const code = textOf(answer['Api_Result']);
  const kind = resultKind(code, call);
  const isTruncation = TRUNCATIONS.get(call)?.includes(code) ?? false;
  return {
    // The rows up to the bound are there: taken for a refusal, they would be taken for none.
    kind: isTruncation && kind === 'refused' ? 'warning' : kind,
    code,
    isIncomplete: isTruncation || hasOverflow(answer),
    isPartlyDone: PARTLY_DONE.get(call)?.includes(code) ?? false,
  };
}

/** The kind of a code of any width (2 to 5). The call matters only for the few codes that mean another thing elsewhere. */
export function resultKind(code: string, call?: string): ResultKind {
  if (/^0{2,5}$/.test(code)) return 'ok';
  if (/^[KW][0-9A-Z]{1,4}$/.test(code)) return 'warning';
  if (/^S\d{2}$/.test(code)) return 'question';
  if (!/^(?:\d{2,5}|E\d{1,4}[a-z]?|[HP]\d)$/.test(code)) return 'broken';
  const number = code.replace(/^E?0*/, '');
  if (number === '90' || (call === 'incomev3' && number === SAME_KARTE_UID)) return 'locked';
  return NOT_BEGUN.test(number) ? 'broken' : 'refused';
}

// 89 session (with its reasons: 89xx), 91 function not chosen, 97 and 98 unreadable, 99 operator (8099 in hospital calls).
const NOT_BEGUN = /^(?:89|91|97|98|99|89\d\d|8099)$/;

// 他の端末より同じカルテＵＩＤでの接続があります。
const SAME_KARTE_UID = '1038';

const TRUNCATIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['medicalgetv2', ['14']],
  ['patientlst1v2', ['10']],
  ['diseasegetv2', ['20']],
  ['visitptlstv2', ['12', '14']],
  ['acceptlstv2', ['20']],
  ['tmedicalgetv2', ['14']],
]);

// medicalmodv2 takes acts and diseases in one request and can keep one of the two; diseasev2 and v3 keep what they can.
const PARTLY_DONE: ReadonlyMap<string, readonly string[]> = new Map([
  ['medicalmodv2', ['20', '21']],
  ['diseasev2', ['E40', 'E42']],
  ['diseasev3', ['E40', 'E42']],
]);

// Information_Overflow, Income_Information_Overflow, Unpaid_Money_Information_Overflow: "True" here, "true" there.
function hasOverflow(answer: OrcaRecord): boolean {
  return Object.entries(answer).some(
    ([name, value]) => name.endsWith('Information_Overflow') && textOf(value).toLowerCase() === 'true',
  );
}

function textOf(value: OrcaValue | undefined): string {
  return typeof value === 'string' && !isList(value) ? value : '';
}

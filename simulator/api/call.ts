import type { OrcaRecord } from '../../orca/xml2.ts';
import type { LocalTime } from '../clock.ts';
import type { Clinic } from '../clinic/open.ts';
import type { Patient } from '../clinic/patients.ts';
import type { Conditions } from '../conditions.ts';
import { textOf, type Draft } from '../draft.ts';
import type { Flavour } from '../options.ts';

/** Something partners are told about over push. */
export interface Happening {
  readonly event: string;
  readonly body: Draft;
}

/** One request, read: what an API needs to answer it. */
export interface Call {
  readonly clinic: Clinic;
  readonly record: OrcaRecord;
  readonly query: URLSearchParams;
  readonly operator: string;
  readonly at: LocalTime;
  readonly conditions: Conditions;
  announce(happening: Happening): void;
}

export interface Answer {
  readonly root: string;
  readonly record: Draft;
}
/** Some calls answer JSON that is no record under a root. */
export interface BareAnswer {
  readonly json: unknown;
  /** What stands for Api_Result there, where anything does. */
  readonly code?: string;
}

export interface Api {
  /** Behind /api. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** The root of a request; anything else is 97. */
  readonly requestRoot: string;
  /** The root of an answer, where nothing could be read. */
  readonly answerRoot: string;
  /** Width of Api_Result. */
  readonly width: 2 | 3 | 4;
  readonly flavours?: readonly Flavour[];
  /** Draws management numbers. */
  readonly draws?: true;
  readonly answer: (call: Call) => Answer | BareAnswer;
}

/** What every answer begins with. */
export function head(call: Pick<Call, 'at'>, code: string, message: string, reskey?: string): Draft {
  return {
    Information_Date: call.at.date,
    Information_Time: call.at.time,
    Api_Result: code,
    Api_Result_Message: message,
    Reskey: reskey,
  };
}

/** The class of a request: the body's Request_Number, or where it has none the query's class. */
export function classOf(call: Call, name = 'Request_Number'): string {
  return textOf(call.record, name) || (call.query.get('class') ?? '');
}

/** A patient number as the clinic writes it: `12` is `00012` where it is five digits wide. Null where it cannot be one. */
export function patientNumber(call: Pick<Call, 'clinic'>, text: string): string | null {
  const width = Number(call.clinic.setting('numberWidth') ?? 5);
  const bare = text.trim();
  if (!/^\d+$/.test(bare)) return null;
  const digits = bare.replace(/^0+(?=\d)/, '');
  return digits.length > width ? null : digits.padStart(width, '0');
}

export function findPatient(call: Pick<Call, 'clinic'>, text: string): Patient | undefined {
  const number = patientNumber(call, text);
  return number === null ? undefined : call.clinic.patients.byNumber(number);
}

/** The five fields by which an answer names a patient. */
export function identity(patient: Patient): Draft {
  return {
    Patient_ID: patient.number,
    WholeName: patient.name,
    WholeName_inKana: patient.kana,
    BirthDate: patient.birth,
    Sex: patient.sex,
  };
}

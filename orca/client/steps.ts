import type { OrcaRecord } from '../xml2.ts';
import type { Ask, Call, CallOptions } from './call.ts';
import { child, children, text, texts, type Texts } from './fields.ts';
import type { Outcome } from './outcome.ts';

export type StepCall = 'medicalmodv31' | 'medicalmodv32' | 'medicalmodv33' | 'medicalmodv34' | 'medicalmodv37';

/** One step of a conversation; Request_Number and the uids are put in when it is sent. */
export interface Step<T> {
  readonly call: StepCall;
  readonly number: string;
  readonly record: OrcaRecord;
  readonly read: (record: OrcaRecord) => T;
}

/** What the server asks before it goes on (S30, S40). */
export interface Question {
  /** `medicalmodv32/03` */
  readonly step: string;
  /** Which question it is. */
  readonly select: string;
  /** For people. */
  readonly message: string;
}

/** What the server remarks on while it goes on. */
export interface Remark {
  readonly step: string;
  readonly code: string;
  readonly message: string;
}

const LOCK = {
  karteUid: 'Lock_Karte_Uid',
  /** Of a conversation, or the name of a terminal. */
  orcaUid: 'Lock_Orca_Uid',
  operator: 'Lock_Opid',
  /** 業務 */
  screen: 'Lock_Ld_Name',
  patient: 'Lock_Patient_ID',
  patientName: 'Lock_WholeName',
  date: 'Lock_Date',
  time: 'Lock_Time',
} as const;

/** 排他: somebody has a patient open. */
export type HeldLock = Texts<typeof LOCK>;

const ROOTS = {
  medicalmodv31: ['medicalv3req1', 'medicalv3res1'],
  medicalmodv32: ['medicalv3req2', 'medicalv3res2'],
  medicalmodv33: ['medicalv3req3', 'medicalv3res3'],
  medicalmodv34: ['medicalv3req4', 'medicalv3res4'],
  medicalmodv37: ['medicalv3req7', 'medicalv3res7'],
} as const;

/** How many locks medicalmodv37 lists; it does not say that there are more. */
export const MOST_LOCKS = 100;

/** medicalmodv37 00 */
export function listLocks(ask: Ask, karteUid: string, options?: CallOptions): Promise<Outcome<readonly HeldLock[]>> {
  const record = { Request_Number: '00', Karte_Uid: karteUid };
  return ask({ ...stepCall('medicalmodv37', record, readLocks), none: ['E10'] }, options);
}

export function stepCall<T>(call: StepCall, record: OrcaRecord, read: (record: OrcaRecord) => T): Call<T> {
  const [requestRoot, root] = ROOTS[call];
  return { name: call, path: `/api/api21/${call}`, request: { root: requestRoot, record }, root, read };
}

export function questionOf(step: string, record: OrcaRecord): Question {
  const acts = child(record, 'Medical_Select_Information');
  const locks = child(record, 'Delete_Select_Information');
  return {
    step,
    select: text(acts, 'Medical_Select') || text(locks, 'Delete_Select'),
    message: text(acts, 'Medical_Select_Message') || text(locks, 'Delete_Select_Message'),
  };
}

export function remarksOf(step: string, record: OrcaRecord): readonly Remark[] {
  return children(child(record, 'Medical_Message_Information'), 'Medical_Warning_Info', (each) => ({
    step,
    code: text(each, 'Medical_Warning'),
    message: text(each, 'Medical_Warning_Message') || text(each, 'Medical_Warning_Message1'),
  }));
}

function readLocks(record: OrcaRecord): readonly HeldLock[] {
  return children(record, 'Lock_Information', (each) => texts(each, LOCK));
}

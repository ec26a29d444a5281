import { randomUUID } from 'node:crypto';
import type { ActBlock } from '../../clinic/visits.ts';
import { recordOf, textOf, type Draft } from '../../draft.ts';
import { findPatient, type Answer, type Call } from '../call.ts';

/** A block that may belong to another department or insurance than the visit: it gets a slip of its own then. */
export interface ConversationBlock extends ActBlock {
  readonly department?: string;
  readonly physician?: string;
  readonly combination?: string;
}
export interface Question {
  readonly code: string;
  readonly message: string;
}

/** What the server remembers between the steps, under the Orca_Uid that it gave out. */
export interface Conversation {
  readonly uid: string;
  readonly karteUid: string;
  readonly kind: 'visit' | 'deletion' | 'unlocking';
  /** The Request_Number that comes next. */
  readonly next: string;
  readonly ptid: number;
  /** As the client wrote it, for comparing. */
  readonly patientNumber: string;
  readonly date: string;
  readonly time: string;
  readonly department: string;
  readonly physician: string;
  readonly combination: string;
  readonly offTime: string;
  /** The visit that is corrected or deleted. */
  readonly slip: number | null;
  readonly outside: string;
  readonly blocks: readonly ConversationBlock[];
  readonly questions: readonly Question[];
  /** What v37 was asked to delete. */
  readonly target?: { readonly all: boolean; readonly uid: string };
}

/** What lies before it was entered under other rules. */
export const EARLIEST = '2015-04-01';

const RESKEY = 'Medical Info';

/** What every answer of a conversation begins with; Response_Number is the step to send next. */
export function said(call: Call, response: string, uid: string, code: string, message: string): Draft {
  return {
    Request_Number: textOf(call.record, 'Request_Number'),
    Response_Number: response,
    Karte_Uid: textOf(call.record, 'Karte_Uid'),
    Orca_Uid: uid,
    Information_Date: call.at.date,
    Information_Time: call.at.time,
    Api_Result: code,
    Api_Result_Message: message,
    Reskey: RESKEY,
  };
}

/** A refusal keeps the step where it was. */
export function refusing(call: Call, root: string): (code: string, message: string) => Answer {
  return (code, message) => ({
    root,
    record: said(call, textOf(call.record, 'Request_Number'), textOf(call.record, 'Orca_Uid'), code, message),
  });
}

export function find(call: Call): Conversation | undefined {
  const uid = textOf(call.record, 'Orca_Uid');
  const row = call.clinic.db
    .prepare<[string, string], { content: string }>(`select content from tbl_api_para where uid = ? and karte_uid = ?`)
    .get(uid, textOf(call.record, 'Karte_Uid'));
  if (row === undefined) return undefined;
  const conversation: Conversation = JSON.parse(row.content);
  return conversation;
}

export function keep(call: Call, conversation: Conversation): void {
  call.clinic.db
    .prepare(`insert or replace into tbl_api_para values (?, ?, ?)`)
    .run(conversation.uid, conversation.karteUid, JSON.stringify(conversation));
}

/** Takes the patient's lock and begins; null where somebody else has the patient open. */
export function begin(call: Call, start: Omit<Conversation, 'uid' | 'karteUid'>): Conversation | null {
  const { locks } = call.clinic;
  if (start.kind !== 'unlocking' && locks.isHeld(start.ptid, 'ORCA21')) return null;
  const conversation: Conversation = { ...start, uid: randomUUID(), karteUid: textOf(call.record, 'Karte_Uid') };
  if (start.kind !== 'unlocking') {
    const { uid, karteUid, ptid } = conversation;
    locks.take({ uid, karteUid, operator: call.operator, screen: 'ORCA21', ptid, terminal: 0 }, call.at);
  }
  keep(call, conversation);
  return conversation;
}

/** Ends it and releases the lock. */
export function end(call: Call, uid: string): boolean {
  const wasLocked = call.clinic.locks.release(uid);
  const wasThere = call.clinic.db.prepare(`delete from tbl_api_para where uid = ?`).run(uid).changes > 0;
  return wasLocked || wasThere;
}

/** 99: the client gives up. */
export function release(call: Call, root: string): Answer {
  const no = refusing(call, root);
  if (textOf(call.record, 'Karte_Uid') === '') return no('E04', '電子カルテＵＩＤが未設定です');
  const uid = textOf(call.record, 'Orca_Uid');
  if (uid === '') return no('E05', 'オルカＵＩＤが未設定です');
  if (find(call) === undefined || !end(call, uid)) return no('E60', '解除対象がありません。');
  return {
    root,
    record: {
      ...said(call, '01', uid, '000', '解除処理終了'),
      Perform_Date: textOf(call.record, 'Perform_Date'),
      Patient_Information: { Patient_ID: textOf(call.record, 'Patient_ID') },
    },
  };
}

/** The conversation a later step belongs to, or why it cannot go on. */
export function goingOn(call: Call, root: string): Conversation | Answer {
  const no = refusing(call, root);
  const { record } = call;
  if (textOf(record, 'Karte_Uid') === '') return no('E04', '電子カルテＵＩＤが未設定です');
  if (textOf(record, 'Orca_Uid') === '') return no('E05', 'オルカＵＩＤが未設定です');
  if (textOf(record, 'Patient_ID') === '') return no('E01', '患者番号が未設定です');
  const patient = findPatient(call, textOf(record, 'Patient_ID'));
  if (patient === undefined) return no('E10', '患者番号に該当する患者が存在しません');
  const conversation = find(call);
  if (conversation === undefined || conversation.kind !== 'visit') return no('E08', '初回接続が完了していません。');
  const date = textOf(record, 'Perform_Date');
  if (date !== '' && date !== conversation.date) return no('E06', '前回と診療日付が違います。');
  if (patient.ptid !== conversation.ptid) return no('E07', '前回と患者番号が違います。');
  return conversation;
}

/** The insurance of a request's diagnosis part. */
export function wishedInsurance(call: Call): ReturnType<typeof recordOf> {
  return recordOf(recordOf(call.record, 'Diagnosis_Information'), 'HealthInsurance_Information');
}

import type { Patient } from '../clinic/patients.ts';
import { isCalendarDate, isTimeOfDay } from '../clock.ts';
import { textOf } from '../draft.ts';
import { contentExists, departmentName, physicianName } from '../masters.ts';
import { findPatient, head, type Answer, type Call } from './call.ts';

export const ROOT = 'acceptres';
export const RESKEY = 'Acceptance_Info';
export const AUTOMATIC = {
  K1: '受付日を自動設定しました',
  K2: '受付時間を自動設定しました',
  K3: '診療内容情報を自動設定しました',
} as const;

export interface Wish {
  readonly patient: Patient | undefined;
  readonly name: string;
  readonly date: string;
  readonly time: string;
  readonly content: string;
  readonly set: readonly (keyof typeof AUTOMATIC)[];
}

export function refusal(call: Call, code: string, message: string): Answer {
  const { record } = call;
  return {
    root: ROOT,
    record: {
      ...head(call, code, message, RESKEY),
      Acceptance_Date: textOf(record, 'Acceptance_Date'),
      Acceptance_Time: textOf(record, 'Acceptance_Time'),
      Acceptance_Id: textOf(record, 'Acceptance_Id'),
      Department_Code: textOf(record, 'Department_Code'),
      Physician_Code: textOf(record, 'Physician_Code'),
      Patient_Information: { Patient_ID: textOf(record, 'Patient_ID') },
    },
  };
}

/** What is wanted, or the answer that refuses it. */
export function wishOf(call: Call): Wish | Answer {
  const { record, at } = call;
  const no = (code: string, message: string): Answer => refusal(call, code, message);
  const id = textOf(record, 'Patient_ID');
  const name = textOf(record, 'WholeName');
  if (id === '' && name === '') return no('01', '患者番号が未設定です');
  if (id === '' && name.length > 25) return no('25', '患者氏名にエラーがあります');
  const patient = findPatient(call, id);
  if (id !== '' && patient === undefined) return no('10', '患者番号に該当する患者が存在しません');
  const date = textOf(record, 'Acceptance_Date');
  if (date !== '' && !isCalendarDate(date)) return no('11', '受付日が暦日ではありません');
  const time = textOf(record, 'Acceptance_Time');
  if (time !== '' && !isTimeOfDay(time)) return no('12', '受付時間設定誤り');
  if (textOf(record, 'Department_Code') === '') return no('02', '診療科が未設定です');
  if (departmentName(textOf(record, 'Department_Code')) === undefined) return no('13', '診療科が存在しません');
  if (textOf(record, 'Physician_Code') === '') return no('03', 'ドクターが未設定です');
  if (physicianName(textOf(record, 'Physician_Code')) === undefined) return no('14', 'ドクターが存在しません');
  const content = textOf(record, 'Medical_Information');
  if (content !== '' && !contentExists(content)) return no('15', '診療内容情報が存在しません');
  const set = [...(date ? [] : ['K1' as const]), ...(time ? [] : ['K2' as const]), ...(content ? [] : ['K3' as const])];
  return { patient, name, date: date || at.date, time: time || at.time, content: content || '01', set };
}

import type { Combination } from '../clinic/insurances.ts';
import type { Patient } from '../clinic/patients.ts';
import type { ActBlock } from '../clinic/visits.ts';
import { isCalendarDate } from '../clock.ts';
import { recordOf, recordsOf, textOf, type Draft } from '../draft.ts';
import { departmentName, physicianName } from '../masters.ts';
import { blocksFrom } from './blocks.ts';
import { findPatient, head, type Answer, type Call } from './call.ts';
import { findCombination } from './insurance.ts';

export const ROOT = 'medicalres';
export const RESKEY = 'Medical Info';
export const WARNINGS = {
  W01: '診療日を設定しました。',
  W02: '保険組合せをゼロで登録しました。',
  W05: '入院中ではありません。入院で展開できません。',
} as const;

export interface Wish {
  readonly patient: Patient;
  readonly date: string;
  readonly time: string;
  readonly inOut: string;
  readonly department: string;
  readonly physician: string;
  readonly combination: Combination | undefined;
  readonly blocks: readonly ActBlock[];
  readonly warnings: readonly (keyof typeof WARNINGS)[];
}

export function refusal(call: Call, code: string, message: string, more: Draft = {}): Answer {
  const { record } = call;
  const wish = recordOf(record, 'Diagnosis_Information');
  const { Reskey, ...start } = head(call, code, message, RESKEY);
  return {
    root: ROOT,
    record: {
      ...start,
      Request_Number: textOf(record, 'Request_Number'),
      Reskey,
      Perform_Date: textOf(record, 'Perform_Date'),
      Perform_Time: textOf(record, 'Perform_Time'),
      Medical_Uid: textOf(record, 'Medical_Uid'),
      Department_Code: textOf(wish, 'Department_Code'),
      Physician_Code: textOf(wish, 'Physician_Code'),
      Patient_Information: { Patient_ID: textOf(record, 'Patient_ID') },
      ...more,
    },
  };
}

export function wishOf(call: Call): Wish | Answer {
  const { record, at } = call;
  const no = (code: string, message: string): Answer => refusal(call, code, message);
  const diagnosis = recordOf(record, 'Diagnosis_Information');
  const id = textOf(record, 'Patient_ID');
  if (id === '') return no('01', '患者番号が未設定です');
  const patient = findPatient(call, id);
  if (patient === undefined) return no('10', '患者番号に該当する患者が存在しません');
  const given = textOf(record, 'Perform_Date');
  if (given !== '' && !isCalendarDate(given)) return no('11', '診療日が暦日ではありません');
  const department = textOf(diagnosis, 'Department_Code');
  const physician = textOf(diagnosis, 'Physician_Code');
  if (department === '') return no('02', '診療科が未設定です');
  if (departmentName(department) === undefined) return no('13', '診療科が存在しません');
  if (physician === '') return no('03', 'ドクターが未設定です');
  if (physicianName(physician) === undefined) return no('14', 'ドクターが存在しません');
  const combinations = call.clinic.insurances.combinations(patient.ptid);
  const found = findCombination(combinations, recordOf(diagnosis, 'HealthInsurance_Information'));
  const inOut = textOf(record, 'InOut') === 'I' ? '1' : '2';
  return {
    patient,
    date: given || at.date,
    time: textOf(record, 'Perform_Time') || at.time,
    inOut,
    department,
    physician,
    combination: found.kind === 'found' ? found.combination : undefined,
    blocks: blocksFrom(recordsOf(diagnosis, 'Medical_Information').slice(0, 40), 'Medication_info'),
    warnings: [
      ...(given === '' ? (['W01'] as const) : []),
      ...(found.kind === 'none' ? (['W02'] as const) : []),
      ...(inOut === '1' ? (['W05'] as const) : []),
    ],
  };
}

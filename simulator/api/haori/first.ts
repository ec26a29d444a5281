import { addDays, isCalendarDate } from '../../clock.ts';
import { block } from '../../clinic/history.ts';
import type { Combination } from '../../clinic/insurances.ts';
import type { Patient } from '../../clinic/patients.ts';
import type { ActBlock } from '../../clinic/visits.ts';
import { recordOf, textOf, type Draft } from '../../draft.ts';
import { departmentName, physicianName } from '../../masters.ts';
import { findPatient, identity, type Answer, type Api, type Call } from '../call.ts';
import { findCombination, insuranceWithPublics } from '../insurance.ts';
import { begin, EARLIEST, refusing, release, said, wishedInsurance, type Conversation } from './conversation.ts';
import { blockShown, where } from './shown.ts';

const ROOT = 'medicalv3res1';
const WARNINGS = {
  W01: '診療日を設定しました。',
  W25: '前回と保険組合せが違います。確認して下さい。',
} as const;

interface Wish {
  readonly patient: Patient;
  readonly date: string;
  readonly department: string;
  readonly physician: string;
  readonly combination: Combination | undefined;
  readonly fee: readonly ActBlock[];
  readonly warnings: readonly (keyof typeof WARNINGS)[];
}

/** medicalmodv31: who, where, by which insurance, with what examination fee. Step 01 locks the patient. */
function answer(call: Call): Answer {
  switch (textOf(call.record, 'Request_Number')) {
    case '00':
      return preview(call);
    case '01':
      return start(call);
    case '99':
      return release(call, ROOT);
    default:
      return refusing(call, ROOT)('E91', 'リクエスト番号不正');
  }
}

function wishOf(call: Call, isPreview: boolean): Wish | Answer {
  const { record, clinic, at } = call;
  const no = refusing(call, ROOT);
  const diagnosis = recordOf(record, 'Diagnosis_Information');
  if (textOf(record, 'Karte_Uid') === '') return no('E04', '電子カルテＵＩＤが未設定です');
  if (textOf(record, 'Patient_ID') === '') return no('E01', '患者番号が未設定です');
  const patient = findPatient(call, textOf(record, 'Patient_ID'));
  if (patient === undefined) return no('E10', '患者番号に該当する患者が存在しません');
  const given = textOf(record, 'Perform_Date');
  const date = given || at.date;
  if (!isCalendarDate(date)) return no('E11', '診療日が暦日ではありません');
  if (date < EARLIEST) return no('E12', '診療日が平成２７年４月１日以降ではありません');
  const department = textOf(diagnosis, 'Department_Code');
  const physician = textOf(diagnosis, 'Physician_Code');
  if (department === '') return no('E02', '診療科が未設定です');
  if (departmentName(department) === undefined) return no('E13', '診療科が存在しません');
  if (!isPreview && physician === '') return no('E03', 'ドクターが未設定です');
  if (physician !== '' && physicianName(physician) === undefined) return no('E14', 'ドクターが存在しません');
  const combinations = clinic.insurances.combinations(patient.ptid);
  const found = findCombination(combinations, wishedInsurance(call));
  if (found.kind === 'none' && found.because === 'number') return no('E16', '保険組合せ番号が存在しません。');
  if (found.kind === 'none' && found.because !== 'not-given') return no('E17', '保険組合せが存在しません。');
  if (found.kind === 'none' && !isPreview) return no('E15', '保険組合せ情報を設定して下さい。');
  const combination = found.kind === 'found' ? found.combination : combinations.at(-1);
  const medical = recordOf(diagnosis, 'Medical_Information');
  if (!/^[0-8]?$/.test(textOf(medical, 'OffTime'))) return no('E18', '時間外区分は、０から８で設定して下さい');
  const wanted = textOf(medical, 'Doctors_Fee');
  if (!['', '01', '02', '03', '09'].includes(wanted)) return no('E19', '診察料区分がありません。');
  const sameDay = clinic.visits.sameDay(patient.ptid, date).some((visit) => visit.department === department);
  if (wanted === '01' && sameDay) return no('E24', 'すでに当日に診察料を算定しています。初診料の算定はできません。');
  const last = lastVisit(call, patient, date);
  const isOther = last !== undefined && combination !== undefined && last.combination !== combination.number;
  return {
    patient,
    date,
    department,
    physician,
    combination,
    fee: feeOf(wanted, last === undefined),
    warnings: [...(given === '' ? (['W01'] as const) : []), ...(isOther ? (['W25'] as const) : [])],
  };
}

function feeOf(wanted: string, isNew: boolean): readonly ActBlock[] {
  if (wanted === '09') return [];
  if (wanted === '01' || (wanted === '' && isNew)) return [block(['111000110'], '1')];
  return [block(['112007410', '112015770'], '1'), block(['112011010'], '1')];
}

function lastVisit(call: Call, patient: Patient, date: string): { date: string; combination: string } | undefined {
  return call.clinic.visits.ofPatient(patient.ptid, '0000-00-00', addDays(date, -1), 1)[0];
}

function preview(call: Call): Answer {
  const wish = wishOf(call, true);
  if ('root' in wish) return wish;
  return {
    root: ROOT,
    record: {
      ...said(call, '00', '', '000', '処理終了'),
      Perform_Date: wish.date,
      Department_Code: wish.department,
      Department_Name: departmentName(wish.department),
      Patient_Information: patientShown(wish),
      Medical_Information: fees(wish.fee),
    },
  };
}

function start(call: Call): Answer {
  const wish = wishOf(call, false);
  if ('root' in wish) return wish;
  const { patient, date, department, physician } = wish;
  const offTime =
    textOf(recordOf(recordOf(call.record, 'Diagnosis_Information'), 'Medical_Information'), 'OffTime') || '0';
  const conversation = begin(call, {
    kind: 'visit',
    next: '02',
    ptid: patient.ptid,
    patientNumber: patient.number,
    date,
    time: textOf(call.record, 'Perform_Time') || call.at.time,
    department,
    physician,
    combination: wish.combination?.number ?? '0000',
    offTime,
    slip: null,
    outside: 'False',
    blocks: [],
    questions: [],
  });
  if (conversation === null) return refusing(call, ROOT)('E90', '他端末使用中');
  return { root: ROOT, record: started(call, wish, conversation) };
}

function started(call: Call, wish: Wish, conversation: Conversation): Draft {
  const { patient, date, department, combination, warnings } = wish;
  const unfinished =
    combination && call.clinic.unfinished.find(patient.ptid, date, department, combination.number, '2');
  const code = warnings.length > 0 ? 'W00' : '000';
  return {
    ...said(call, conversation.next, conversation.uid, code, '処理終了'),
    Perform_Date: date,
    Perform_Time: conversation.time,
    Temp_Medical_Flag: unfinished ? 'True' : 'False',
    Last_Date: lastVisit(call, patient, date)?.date,
    ...where(conversation),
    Patient_Information: patientShown(wish),
    Medical_OffTime: conversation.offTime,
    Medical_Information: fees(wish.fee),
    Medical_Message_Information: {
      Medical_Warning_Info: warnings.map((each) => ({
        Medical_Warning: each,
        Medical_Warning_Message: WARNINGS[each],
      })),
    },
    Temp_Medical_Information: unfinished && {
      Temp_Medical_Info: unfinished.blocks.map((each) => {
        const { Medical_Class_Group, Medical_Point: _, ...rest } = blockShown(each);
        return { Medical_Class_Code: Medical_Class_Group, ...rest };
      }),
    },
  };
}

function patientShown({ patient, combination }: Wish): Draft {
  return {
    ...identity(patient),
    HealthInsurance_Information: combination && {
      Insurance_Combination_Number: combination.number,
      ...insuranceWithPublics(combination),
    },
  };
}

function fees(blocks: readonly ActBlock[]): readonly Draft[] {
  const lines = blocks.map((each) => ({
    Medical_Class: each.class,
    Medical_Class_Name: each.name,
    Medical_Class_Number: each.count,
    Medication_Info: each.items.map((item) => ({ Medication_Code: item.code, Medication_Name: item.name })),
  }));
  return lines.length > 0 ? [{ Medical_Info: lines }] : [];
}

export const FIRST: Api = {
  path: '/api21/medicalmodv31',
  method: 'POST',
  requestRoot: 'medicalv3req1',
  answerRoot: ROOT,
  width: 3,
  answer,
};

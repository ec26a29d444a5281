import { isCalendarDate } from '../clock.ts';
import type { Unfinished } from '../clinic/unfinished.ts';
import type { ActBlock } from '../clinic/visits.ts';
import { textOf, type Draft } from '../draft.ts';
import { departmentName, physicianName } from '../masters.ts';
import { findPatient, head, identity, type Answer, type Api, type Call } from './call.ts';
import { briefInsurance } from './insurance.ts';

const MOST = 500;
const RESKEY = 'Medical Info';
const DATED = ['K01', '診療日を設定しました'] as const;

function list(call: Call): Answer {
  const root = 'tmedicalgetres';
  const given = textOf(call.record, 'Perform_Date');
  const date = given || call.at.date;
  const inOut = textOf(call.record, 'InOut') === '1' ? '1' : '2';
  const end = (code: string, message: string): Answer => ({
    root,
    record: { ...head(call, code, message, RESKEY), Perform_Date: date, InOut: inOut },
  });
  if (!isCalendarDate(date)) return end('11', '診療日が暦日ではありません');
  const department = textOf(call.record, 'Department_Code');
  if (department !== '' && departmentName(department) === undefined) return end('13', '診療科が存在しません');
  const id = textOf(call.record, 'Patient_ID');
  const patient = findPatient(call, id);
  if (id !== '' && patient === undefined) return end('10', '患者番号に該当する患者が存在しません');
  const found = call.clinic.unfinished.ofDay(date, inOut, department, patient?.ptid ?? 0, MOST + 1);
  if (found.length === 0) return end('15', '対象がありません');
  const usual = given === '' ? (['K1', '診療日を設定しました'] as const) : (['00', '処理終了'] as const);
  const ending = found.length > MOST ? (['14', '対象が５００件以上存在します。'] as const) : usual;
  return {
    root,
    record: {
      ...head(call, ending[0], ending[1], RESKEY),
      Perform_Date: date,
      InOut: inOut,
      Tmedical_List_Information: found.slice(0, MOST).map((each) => row(call, each)),
    },
  };
}

function row(call: Call, acts: Unfinished): Draft {
  const patient = call.clinic.patients.bySerial(acts.ptid);
  const combination = call.clinic.insurances.combination(acts.ptid, acts.combination);
  return {
    Patient_Information: patient && identity(patient),
    Department_Code: acts.department,
    Department_Name: departmentName(acts.department),
    Physician_Code: acts.physician,
    Physician_WholeName: physicianName(acts.physician),
    Insurance_Combination_Number: acts.combination,
    HealthInsurance_Information: combination && briefInsurance(combination),
    Medical_Uid: acts.mode2 === '1' ? '' : acts.uid,
    Medical_Time: acts.time,
    Medical_Mode: acts.mode,
    Medical_Mode2: acts.mode2,
  };
}

function change(call: Call): Answer {
  const root = 'tmedicalmodres';
  const { record, clinic } = call;
  const end = (code: string, message: string): Answer => ({
    root,
    record: { ...head(call, code, message, RESKEY), Perform_Date: textOf(record, 'Perform_Date') },
  });
  const which = textOf(record, 'Request_Number');
  if (which !== '01' && which !== '02') return end('E91', 'リクエスト番号不正');
  const patient = findPatient(call, textOf(record, 'Patient_ID'));
  if (patient === undefined) return end('E10', '患者番号に該当する患者が存在しません');
  const given = textOf(record, 'Perform_Date');
  const date = given || call.at.date;
  if (!isCalendarDate(date)) return end('E11', '診療日が暦日ではありません');
  const department = textOf(record, 'Department_Code');
  if (departmentName(department) === undefined) return end('E12', '診療科が存在しません');
  const number = textOf(record, 'Insurance_Combination_Number');
  if (!/^\d{1,4}$/.test(number)) return end('E13', '保険組合せ番号エラーです。');
  const inOut = textOf(record, 'InOut') === '1' ? '1' : '2';
  const acts = clinic.unfinished.find(patient.ptid, date, department, number.padStart(4, '0'), inOut);
  const uid = textOf(record, 'Medical_Uid');
  if (acts === undefined || (uid !== '' && uid !== acts.uid)) return end('E15', '処理対象がありません');
  if (which === '02') {
    if (acts.mode !== '') return end('E20', '展開中です。削除できません。');
    clinic.unfinished.remove(acts.row);
    return { root, record: contents(call, acts, given === '' ? DATED : ['000', '削除処理終了']) };
  }
  const locking = textOf(record, 'Lock_Mode') === '1';
  if (locking && acts.mode !== '') return end('K02', '中途データは他で展開中です。展開中の更新はできません。');
  if (locking) clinic.unfinished.mark(acts.row, '5', textOf(record, 'Orca_Uid'));
  const shown = locking ? { ...acts, mode: '5' } : acts;
  return { root, record: contents(call, shown, given === '' ? DATED : ['000', '処理終了']) };
}

function contents(call: Call, acts: Unfinished, [code, message]: readonly [string, string]): Draft {
  const patient = call.clinic.patients.bySerial(acts.ptid);
  const combination = call.clinic.insurances.combination(acts.ptid, acts.combination);
  return {
    ...head(call, code, message, RESKEY),
    Perform_Date: acts.date,
    Patient_Information: patient && identity(patient),
    InOut: acts.inOut,
    Department_Code: acts.department,
    Department_Name: departmentName(acts.department),
    Physician_Code: acts.physician,
    Physician_WholeName: physicianName(acts.physician),
    HealthInsurance_Information: {
      Insurance_Combination_Number: acts.combination,
      ...(combination && briefInsurance(combination)),
    },
    Medical_Uid: acts.uid,
    Medical_Mode: acts.mode,
    Karte_Uid: textOf(call.record, 'Karte_Uid'),
    Orca_Uid: textOf(call.record, 'Orca_Uid'),
    Medical_Information: { Medical_Info: acts.blocks.map(blockOf) },
  };
}

function blockOf(block: ActBlock): Draft {
  return {
    Medical_Class_Group: block.class.slice(0, 2),
    Medical_Class: block.class,
    Medical_Class_Name: block.name,
    Medical_Class_Number: block.count,
    Medication_Info: block.items.map((item) => ({
      Medication_Code: item.code,
      Medication_Name: item.name,
      Medication_Number: item.number,
      Medication_Unit_Code: item.unit,
      Medication_Unit_Code_Name: item.unitName,
    })),
  };
}

export const TMEDICAL: readonly Api[] = [
  {
    path: '/api01rv2/tmedicalgetv2',
    method: 'POST',
    requestRoot: 'tmedicalgetreq',
    answerRoot: 'tmedicalgetres',
    width: 2,
    answer: list,
  },
  {
    path: '/api21/tmedicalmodv2',
    method: 'POST',
    requestRoot: 'tmedicalmodreq',
    answerRoot: 'tmedicalmodres',
    width: 3,
    answer: change,
  },
];

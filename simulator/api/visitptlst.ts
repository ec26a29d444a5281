import { isCalendarDate, isCalendarMonth } from '../clock.ts';
import type { Visit } from '../clinic/visits.ts';
import { textOf, type Draft } from '../draft.ts';
import { departmentName, physicianName } from '../masters.ts';
import { zeroPadded } from '../text.ts';
import { head, identity, type Answer, type Api, type Call } from './call.ts';
import { briefInsurance } from './insurance.ts';

const MOST_IN_DAY = 1000;
const MOST_IN_MONTH = 2000;
/** 包括: bulk rows of another kind, which the list leaves out. */
const INCLUSIVE = '9999';

function answer(call: Call): Answer {
  switch (textOf(call.record, 'Request_Number')) {
    case '01':
      return ofDay(call);
    case '02':
      return ofMonth(call);
    default:
      return { root: 'visitptlst01res', record: head(call, '91', '処理区分未設定', 'Medical Info') };
  }
}

function ofDay(call: Call): Answer {
  const root = 'visitptlst01res';
  const asked = textOf(call.record, 'Visit_Date');
  const date = asked || call.at.date;
  const end = (code: string, message: string): Answer => ({
    root,
    record: { ...head(call, code, message, 'Medical Info'), Visit_Date: date },
  });
  if (!isCalendarDate(date)) return end('10', '診療日設定誤り');
  const department = textOf(call.record, 'Department_Code');
  if (department !== '' && departmentName(department) === undefined) return end('11', '診療科コード誤り');
  const found = call.clinic.visits
    .ofDay(date, department, MOST_IN_DAY + 1)
    .filter((visit) => visit.combination !== INCLUSIVE);
  if (found.length === 0) return end('13', '対象がありません');
  const ending = endingOf(found.length > MOST_IN_DAY, asked === '');
  return {
    root,
    record: {
      ...head(call, ending[0], ending[1], 'Medical Info'),
      Visit_Date: date,
      Visit_List_Information: found.slice(0, MOST_IN_DAY).map((visit) => row(call, visit)),
    },
  };
}

function endingOf(isTooMany: boolean, isDateSet: boolean): readonly [string, string] {
  if (isTooMany) return ['12', '対象が１０００件以上存在します。'];
  return isDateSet ? ['K1', '診療日を設定しました'] : ['00', '処理終了'];
}

function row(call: Call, visit: Visit): Draft {
  const patient = call.clinic.patients.bySerial(visit.ptid);
  const combination = call.clinic.insurances.combination(visit.ptid, visit.combination);
  return {
    Patient_Information: patient && identity(patient),
    Department_Code: visit.department,
    Department_Name: departmentName(visit.department),
    Physician_Code: visit.physician,
    Physician_WholeName: physicianName(visit.physician),
    Voucher_Number: zeroPadded(visit.slip, 7),
    Sequential_Number: String(visit.sequence),
    Insurance_Combination_Number: visit.combination,
    HealthInsurance_Information: combination && briefInsurance(combination),
    Update_Date: visit.updated,
    Update_Time: visit.updatedTime,
    Patient_Update_Date: patient?.updated,
    Patient_Update_Time: patient?.updatedTime,
  };
}

function ofMonth(call: Call): Answer {
  const root = 'visitptlst02res';
  const month = (textOf(call.record, 'Visit_Date') || call.at.date).slice(0, 7);
  const department = textOf(call.record, 'Department_Code');
  const end = (code: string, message: string): Answer => ({
    root,
    record: { ...head(call, code, message, 'Medical Info'), Visit_Date: month },
  });
  if (!isCalendarMonth(month)) return end('10', '診療日設定誤り');
  if (department === '') return end('01', '診療科未設定');
  if (departmentName(department) === undefined) return end('11', '診療科コード誤り');
  const days = new Map<number, Set<number>>();
  for (let day = 1; day <= 31; day++) {
    for (const visit of call.clinic.visits.ofDay(`${month}-${zeroPadded(day, 2)}`, department, MOST_IN_DAY)) {
      days.set(visit.ptid, (days.get(visit.ptid) ?? new Set()).add(day));
    }
  }
  if (days.size === 0) return end('13', '対象がありません');
  const ending =
    days.size > MOST_IN_MONTH ? (['14', '対象が２０００件以上存在します。'] as const) : (['00', '処理終了'] as const);
  const rows = [...days].flatMap(([ptid, seen]) => {
    const patient = call.clinic.patients.bySerial(ptid);
    return patient ? [{ number: patient.number, patient: identity(patient), calendar: calendar(seen) }] : [];
  });
  rows.sort((one, other) => one.number.localeCompare(other.number));
  return {
    root,
    record: {
      ...head(call, ending[0], ending[1], 'Medical Info'),
      Visit_Date: month,
      Department_Code: department,
      Department_Name: departmentName(department),
      Visit_List_Information: rows
        .slice(0, MOST_IN_MONTH)
        .map(({ patient, calendar }) => ({ Patient_Information: patient, Visit_Calendar: calendar })),
    },
  };
}

/** 31 digits, 1 on the days that are in the set. */
export function calendar(days: ReadonlySet<number>): string {
  return Array.from({ length: 31 }, (_, index) => (days.has(index + 1) ? '1' : '0')).join('');
}

export const VISITPTLST: Api = {
  path: '/api01rv2/visitptlstv2',
  method: 'POST',
  requestRoot: 'visitptlstreq',
  answerRoot: 'visitptlst01res',
  width: 2,
  answer,
};

import { isCalendarDate, isCalendarMonth } from '../clock.ts';
import { rateOf } from '../clinic/insurances.ts';
import type { Visit } from '../clinic/visits.ts';
import { textOf, type Draft } from '../draft.ts';
import { departmentName } from '../masters.ts';
import { money, zeroPadded } from '../text.ts';
import { findPatient, head, identity, type Answer, type Api, type Call } from './call.ts';
import { accountInsurance } from './insurance.ts';

const MOST_INCOME = 200;
const MOST_UNPAID = 50;
const WIDTH = 10;

const yen = (amount: number): string => money(amount, WIDTH);

/** The days asked for, or the refusal. */
function period(call: Call): { from: string; to: string } | readonly [string, string] {
  const date = textOf(call.record, 'Perform_Date');
  const month = textOf(call.record, 'Perform_Month');
  const year = textOf(call.record, 'Perform_Year');
  if (date !== '') return isCalendarDate(date) ? { from: date, to: date } : ['0001', '診療日の設定に誤りがあります'];
  if (month !== '') {
    return isCalendarMonth(month)
      ? { from: `${month}-01`, to: `${month}-31` }
      : ['0002', '診療月の設定に誤りがあります'];
  }
  if (year !== '') {
    return /^\d{4}$/.test(year)
      ? { from: `${year}-01-01`, to: `${year}-12-31` }
      : ['0003', '診療年の設定に誤りがあります'];
  }
  return ['0001', '診療日の設定に誤りがあります'];
}

function answer(call: Call): Answer {
  const root = 'private_objects';
  const patient = findPatient(call, textOf(call.record, 'Patient_ID'));
  if (patient === undefined) return { root, record: head(call, '0004', '患者番号の設定に誤りがあります') };
  const asked = period(call);
  if (!('from' in asked)) return { root, record: head(call, asked[0], asked[1]) };
  const found = call.clinic.visits.ofPatient(patient.ptid, asked.from, asked.to, 100_000).toReversed();
  const unpaid = call.clinic.visits
    .ofPatient(patient.ptid, '0000-00-00', '9999-99-99', 100_000)
    .filter((visit) => visit.paid < visit.charged);
  const used = new Set(found.map((visit) => visit.combination));
  return {
    root,
    record: {
      ...head(call, '0000', '処理終了'),
      Patient_Information: identity(patient),
      Income_Information_Overflow: found.length > MOST_INCOME ? 'true' : 'false',
      Income_Information: found.slice(0, MOST_INCOME).map((visit) => row(call, visit)),
      Insurance_Information: call.clinic.insurances
        .combinations(patient.ptid)
        .filter((each) => used.has(each.number))
        .slice(0, 20)
        .map((each) => ({ Insurance_Combination_Number: each.number, ...accountInsurance(each) })),
      Unpaid_Money_Total: yen(unpaid.reduce((sum, visit) => sum + visit.charged - visit.paid, 0)),
      Unpaid_Money_Information_Overflow: unpaid.length > MOST_UNPAID ? 'true' : 'false',
      Unpaid_Money_Information: unpaid.slice(0, MOST_UNPAID).map((visit) => ({
        Perform_Date: visit.date,
        InOut: visit.inOut,
        Invoice_Number: zeroPadded(visit.slip, 7),
        Unpaid_Money: yen(visit.charged - visit.paid),
      })),
    },
  };
}

function row(call: Call, visit: Visit): Draft {
  const combination = call.clinic.insurances.combination(visit.ptid, visit.combination);
  return {
    Perform_Date: visit.date,
    Perform_End_Date: visit.date,
    IssuedDate: visit.created,
    InOut: visit.inOut,
    Invoice_Number: zeroPadded(visit.slip, 7),
    Group_Invoice_Number: zeroPadded(visit.groupSlip, 7),
    Insurance_Combination_Number: visit.combination,
    Rate_Cd: combination ? String(Math.round(rateOf(combination) * 100)).padStart(3, ' ') : '',
    Department_Code: visit.department,
    Department_Name: departmentName(visit.department),
    Cd_Information: {
      Ac_Money: yen(visit.charged),
      Ic_Money: yen(visit.paid),
      Ai_Money: yen(visit.charged),
      Oe_Money: yen(0),
      Dg_Smoney: yen(0),
      Om_Smoney: yen(0),
      Pi_Smoney: yen(0),
      Dis_Money: yen(0),
      Ad_Money1: yen(0),
      Ad_Money2: yen(0),
    },
    Ac_Point_Information: { Ac_Ttl_Point: yen(visit.points), Me_Ttl_Money: yen(0) },
  };
}

export const INCOME: Api = {
  path: '/api01rv2/incomeinfv2',
  method: 'POST',
  requestRoot: 'private_objects',
  answerRoot: 'private_objects',
  width: 4,
  answer,
};

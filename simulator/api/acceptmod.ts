import type { Combination } from '../clinic/insurances.ts';
import type { Patient } from '../clinic/patients.ts';
import type { Reception } from '../clinic/receptions.ts';
import { isCalendarDate } from '../clock.ts';
import { recordOf, textOf, type Draft } from '../draft.ts';
import { departmentName, physicianName } from '../masters.ts';
import { zeroPadded } from '../text.ts';
import { classOf, findPatient, head, identity, type Answer, type Api, type Call } from './call.ts';
import { findCombination, usedInsurance } from './insurance.ts';
import { AUTOMATIC, refusal, RESKEY, ROOT, wishOf } from './acceptwish.ts';

const INSURANCE_REFUSALS = {
  number: ['24', '保険組合せ番号がありません'],
  insurance: ['21', '保険の一致する患者保険情報がありません'],
  public: ['22', '公費の一致する患者公費情報がありません'],
  together: ['23', '保険情報と一致する保険組合せがありません'],
} as const;

function answer(call: Call): Answer {
  switch (classOf(call)) {
    case '00':
      return lookUp(call);
    case '01':
      return register(call);
    case '02':
      return cancel(call);
    case '03':
      return attach(call);
    default:
      return refusal(call, '91', '処理区分未設定');
  }
}

function register(call: Call): Answer {
  const wish = wishOf(call);
  if ('root' in wish) return wish;
  const { clinic, record } = call;
  const combinations = wish.patient ? clinic.insurances.combinations(wish.patient.ptid) : [];
  const found = findCombination(combinations, recordOf(record, 'HealthInsurance_Information'));
  if (found.kind === 'none' && found.because !== 'not-given') {
    const [code, message] = INSURANCE_REFUSALS[found.because];
    return refusal(call, code, message);
  }
  const combination = found.kind === 'found' ? found.combination : combinations.at(-1);
  const reception: Reception = {
    date: wish.date,
    id: clinic.receptions.nextId(wish.date),
    ptid: wish.patient?.ptid ?? null,
    name: wish.patient?.name ?? wish.name,
    department: textOf(record, 'Department_Code'),
    physician: textOf(record, 'Physician_Code'),
    content: wish.content,
    combination: combination?.number ?? '',
    time: wish.time,
    billedAt: '',
  };
  if (reception.id > 99_999) return refusal(call, '50', '受付登録件数が上限以上となります。登録できません。');
  if (isTwice(call, reception)) return refusal(call, '16', '診療科・保険組合せで受付登録済みです。二重登録疑い');
  clinic.receptions.add(reception);
  announce(call, 'add', reception);
  return done(call, wish.set[0] ?? '00', '受付登録終了', reception, wish.set);
}

function isTwice(call: Call, reception: Reception): boolean {
  return call.clinic.receptions
    .ofDay(reception.date)
    .some(
      (other) =>
        reception.ptid !== null &&
        other.ptid === reception.ptid &&
        other.department === reception.department &&
        other.combination === reception.combination,
    );
}

/** The reception a request names by day and id, or the answer that refuses it. */
function named(call: Call, missing: readonly [string, string]): Reception | Answer {
  const { record } = call;
  const date = textOf(record, 'Acceptance_Date') || call.at.date;
  const id = textOf(record, 'Acceptance_Id');
  if (!isCalendarDate(date)) return refusal(call, '11', '受付日が暦日ではありません');
  if (id === '') return refusal(call, '26', '受付ＩＤが未設定です。');
  if (!/^\d{1,5}$/.test(id)) return refusal(call, '19', '受付ＩＤ設定誤り');
  const reception = call.clinic.receptions.get(date, Number(id));
  if (reception === undefined) return refusal(call, ...missing);
  const time = textOf(record, 'Acceptance_Time');
  if (time !== '' && time !== reception.time) return refusal(call, '29', '該当の受付と受付時間が一致しません。');
  return reception;
}

function cancel(call: Call): Answer {
  const id = textOf(call.record, 'Patient_ID');
  const patient = findPatient(call, id);
  if (id !== '' && patient === undefined) return refusal(call, '10', '患者番号に該当する患者が存在しません');
  const reception = named(call, ['17', '削除対象の受付レコードが存在しません']);
  if ('root' in reception) return reception;
  if (reception.ptid !== (patient?.ptid ?? null)) {
    return refusal(call, '20', '受付ＩＤの受付患者番号と患者番号が一致しません');
  }
  call.clinic.receptions.remove(reception.date, reception.id);
  announce(call, 'delete', reception);
  return done(call, '00', '受付削除終了', reception, []);
}

function attach(call: Call): Answer {
  const id = textOf(call.record, 'Patient_ID');
  if (id === '') return refusal(call, '01', '患者番号が未設定です');
  const patient = findPatient(call, id);
  if (patient === undefined) return refusal(call, '10', '患者番号に該当する患者が存在しません');
  const reception = named(call, ['28', '更新対象の受付レコードが存在しません']);
  if ('root' in reception) return reception;
  if (reception.ptid !== null) return refusal(call, '27', '該当の受付は患者番号の設定があります。');
  const combination = call.clinic.insurances.combinations(patient.ptid).at(-1)?.number ?? '';
  const attached = { ...reception, ptid: patient.ptid, name: patient.name, combination };
  call.clinic.receptions.attach(reception.date, reception.id, patient.ptid, patient.name, combination);
  announce(call, 'modify', attached);
  return done(call, '00', '受付更新終了', attached, []);
}

function lookUp(call: Call): Answer {
  const wish = wishOf(call);
  if ('root' in wish) return wish;
  const reception = call.clinic.receptions
    .ofDay(wish.date)
    .find(
      (each) =>
        each.ptid === (wish.patient?.ptid ?? null) && each.department === textOf(call.record, 'Department_Code'),
    );
  if (reception === undefined) return refusal(call, '60', '受付がありません');
  if (reception.billedAt !== '') return refusal(call, '61', '会計済みです');
  const isFirst = wish.patient && call.clinic.visits.bounds(wish.patient.ptid).last === null;
  const [feeClass, feeName, code] = isFirst ? ['110', '初診料', '111000110'] : ['120', '再診料', '112007410'];
  const fee: Draft = {
    Medical_Class: feeClass,
    Medical_Class_Name: feeName,
    Medication_Info: [{ Medication_Code: code, Medication_Name: feeName }],
  };
  const shown = done(call, '00', '処理終了', reception, []);
  return { root: ROOT, record: { ...shown.record, Medical_Info: fee } };
}

function done(
  call: Call,
  code: string,
  message: string,
  reception: Reception,
  set: readonly (keyof typeof AUTOMATIC)[],
): Answer {
  const { Reskey, ...start } = head(call, code, message, RESKEY);
  const patient = reception.ptid === null ? undefined : call.clinic.patients.bySerial(reception.ptid);
  return {
    root: ROOT,
    record: {
      ...start,
      Api_Warning_Message_Information: set.map((each) => ({ Api_Warning_Message: AUTOMATIC[each] })),
      Reskey,
      Acceptance_Date: reception.date,
      Acceptance_Time: reception.time,
      Acceptance_Id: zeroPadded(reception.id, 5),
      Department_Code: reception.department,
      Department_WholeName: departmentName(reception.department),
      Physician_Code: reception.physician,
      Physician_WholeName: physicianName(reception.physician),
      Medical_Information: reception.content,
      Patient_Information: patient ? acceptedPatient(call, patient, reception) : { WholeName: reception.name },
    },
  };
}

function acceptedPatient(call: Call, patient: Patient, reception: Reception): Draft {
  const home = recordOf(patient.content, 'Home_Address_Information');
  const combinations = call.clinic.insurances.combinations(patient.ptid);
  const isUsed = (each: Combination): boolean => each.number === reception.combination;
  const usedFirst = [...combinations.filter(isUsed), ...combinations.filter((each) => !isUsed(each))];
  return {
    ...identity(patient),
    Home_Address_Information: {
      Address_ZipCode: textOf(home, 'Address_ZipCode'),
      WholeAddress: `${textOf(home, 'WholeAddress1')}${textOf(home, 'WholeAddress2')}`,
    },
    HealthInsurance_Information: usedFirst.slice(0, 30).map(usedInsurance),
  };
}

function announce(call: Call, mode: 'add' | 'modify' | 'delete', reception: Reception): void {
  const patient = reception.ptid === null ? undefined : call.clinic.patients.bySerial(reception.ptid);
  call.announce({
    event: 'patient_accept',
    body: {
      Patient_Mode: mode,
      Patient_ID: patient?.number ?? '',
      Accept_Date: reception.date,
      Accept_Time: reception.time,
      Accept_Id: zeroPadded(reception.id, 5),
      Department_Code: reception.department,
      Physician_Code: reception.physician,
      Insurance_Combination_Number: reception.combination,
    },
  });
}

export const ACCEPTMOD: Api = {
  path: '/orca11/acceptmodv2',
  method: 'POST',
  requestRoot: 'acceptreq',
  answerRoot: ROOT,
  width: 2,
  answer,
};

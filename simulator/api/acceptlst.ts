import type { Reception } from '../clinic/receptions.ts';
import { isCalendarDate } from '../clock.ts';
import { textOf, type Draft } from '../draft.ts';
import { contentExists, departmentName, physicianName } from '../masters.ts';
import { zeroPadded } from '../text.ts';
import { classOf, head, identity, type Answer, type Api, type Call } from './call.ts';
import { usedInsurance } from './insurance.ts';

const MOST = 1500;

function answer(call: Call): Answer {
  const root = 'acceptlstres';
  const which = classOf(call);
  const date = textOf(call.record, 'Acceptance_Date') || call.at.date;
  const end = (code: string, message: string): Answer => ({
    root,
    record: { ...head(call, code, message, 'Patient Info'), Acceptance_Date: date },
  });
  if (!['01', '02', '03'].includes(which)) return end('91', '処理区分未設定');
  if (!isCalendarDate(date)) return end('11', '受付日が暦日ではありません');
  const department = textOf(call.record, 'Department_Code');
  const physician = textOf(call.record, 'Physician_Code');
  const content = textOf(call.record, 'Medical_Information');
  if (department !== '' && departmentName(department) === undefined) return end('12', '診療科が存在しません');
  if (physician !== '' && physicianName(physician) === undefined) return end('13', 'ドクターが存在しません');
  if (content !== '' && !contentExists(content)) return end('14', '診療内容情報が存在しません');
  const all = call.clinic.receptions
    .ofDay(date)
    .filter((each) => which === '03' || (each.billedAt === '') === (which === '01'))
    .filter((each) => department === '' || each.department === department)
    .filter((each) => physician === '' || each.physician === physician)
    .filter((each) => content === '' || each.content === content);
  const offset = which === '03' ? Number(textOf(call.record, 'Sel_Offset')) || 0 : 0;
  const found = all.slice(offset);
  if (found.length === 0) return end('21', '対象の受付はありませんでした。');
  const ending =
    found.length > MOST ? (['20', '受付対象件数が１５００件以上あります。'] as const) : (['00', '処理終了'] as const);
  return {
    root,
    record: {
      ...head(call, ending[0], ending[1], 'Patient Info'),
      Acceptance_Date: date,
      Acceptlst_Information: found.slice(0, MOST).map((each) => row(call, each)),
    },
  };
}

function row(call: Call, reception: Reception): Draft {
  const { clinic } = call;
  const patient = reception.ptid === null ? undefined : clinic.patients.bySerial(reception.ptid);
  const combination = patient && clinic.insurances.combination(patient.ptid, reception.combination);
  return {
    Acceptance_Time: reception.time,
    Acceptance_Id: zeroPadded(reception.id, 5),
    Department_Code: reception.department,
    Department_WholeName: departmentName(reception.department),
    Physician_Code: reception.physician,
    Physician_WholeName: physicianName(reception.physician),
    Medical_Information: reception.content,
    Claim_Infometion: '0',
    Account_Time: reception.billedAt,
    Patient_Information: patient ? identity(patient) : { WholeName: reception.name },
    HealthInsurance_Information: combination && usedInsurance(combination),
    Patient_Memo_Information: { Patient_Memo_Department: '2' },
    Display_Order: { Display_Order_Number: '9999' },
  };
}

export const ACCEPTLST: Api = {
  path: '/api01rv2/acceptlstv2',
  method: 'POST',
  requestRoot: 'acceptlstreq',
  answerRoot: 'acceptlstres',
  width: 2,
  answer,
};

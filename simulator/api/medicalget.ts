import { isCalendarDate, monthsBefore } from '../clock.ts';
import type { ActBlock, Visit } from '../clinic/visits.ts';
import { recordOf, textOf, type Draft } from '../draft.ts';
import { departmentName } from '../masters.ts';
import { zeroPadded } from '../text.ts';
import { findPatient, head, identity, type Answer, type Api, type Call } from './call.ts';
import { findCombination } from './insurance.ts';
import { paidBy, perClass, perCode, type Asked } from './medicalmonth.ts';

const MOST_VISITS = 150;
const RESKEY = 'Medical Info';
const ROOTS: Readonly<Record<string, string>> = {
  '01': 'medicalget01res',
  '02': 'medicalget02res',
  '03': 'medicalget03res',
  '04': 'medicalget04res',
};

function answer(call: Call): Answer {
  const which = call.query.get('class') ?? '';
  const root = ROOTS[which];
  if (root === undefined) return { root: 'medicalget01res', record: head(call, '91', '処理区分未設定', RESKEY) };
  const refuse = (code: string, message: string): Answer => ({ root, record: head(call, code, message, RESKEY) });
  const id = textOf(call.record, 'Patient_ID');
  if (id === '') return refuse('01', '患者番号の設定がありません');
  const patient = findPatient(call, id);
  if (patient === undefined) return refuse('10', '患者番号に該当する患者が存在しません');
  const given = textOf(call.record, 'Perform_Date');
  const date = given || call.at.date;
  if (!isCalendarDate(date)) return refuse('11', '診療日が暦日ではありません');
  const inOut = textOf(call.record, 'InOut') === 'I' ? '1' : '2';
  const ending = given === '' ? (['K1', '診療日を設定しました'] as const) : (['00', '処理終了'] as const);
  const start = { ...head(call, ending[0], ending[1], RESKEY), Patient_Information: identity(patient) };
  const asked: Asked = { root, patient, date, inOut, start, refuse };
  switch (which) {
    case '01':
      return history(call, asked);
    case '02':
      return acts(call, asked);
    case '03':
      return perCode(call, asked);
    default:
      return perClass(call, asked);
  }
}

function history(call: Call, { root, patient, date, inOut, start, refuse }: Asked): Answer {
  const months = textOf(call.record, 'For_Months') || '1';
  if (!/^(\d|1[0-2]|0\d|99)$/.test(months)) return refuse('16', '月数は０〜１２、９９を設定して下さい。');
  const from = months === '99' ? '0000-00-00' : `${monthsBefore(date, Math.max(1, Number(months)) - 1)}-01`;
  const since = textOf(call.record, 'Base_StartDate') || (textOf(call.record, 'Base_StartTime') && call.at.date);
  const sinceTime = textOf(call.record, 'Base_StartTime');
  const found = call.clinic.visits
    .ofPatient(patient.ptid, from, `${date.slice(0, 7)}-31`, since === '' ? MOST_VISITS + 1 : 100_000)
    .filter((visit) => visit.inOut === inOut)
    .filter((visit) => since === '' || `${visit.updated} ${visit.updatedTime}` >= `${since} ${sinceTime}`);
  if (found.length === 0) return refuse('15', '対象がありません');
  const isTooMany = found.length > MOST_VISITS;
  const shown = isTooMany ? { ...start, ...overflow() } : start;
  return {
    root,
    record: { ...shown, Medical_List_Information: found.slice(0, MOST_VISITS).map((each) => row(call, each)) },
  };
}

const overflow = (): Draft => ({ Api_Result: '14', Api_Result_Message: '対象が１５０件以上存在します。' });

function row(call: Call, visit: Visit): Draft {
  return {
    Perform_Date: visit.date,
    Department_Code: visit.department,
    Department_Name: departmentName(visit.department),
    Sequential_Number: String(visit.sequence),
    ...paidBy(call, visit),
    Invoice_Number: visit.inOut === '2' ? zeroPadded(visit.slip, 7) : '',
    CreateDate: visit.created,
    UpdateDate: visit.updated,
    UpdateTime: visit.updatedTime,
  };
}

function acts(call: Call, asked: Asked): Answer {
  const chosen = chosenVisits(call, asked);
  if ('root' in chosen) return chosen;
  const [first] = chosen;
  if (first === undefined) return asked.refuse('15', '対象がありません');
  return {
    root: asked.root,
    record: {
      ...asked.start,
      Perform_Date: first.date,
      Department_Code: first.department,
      Department_Name: departmentName(first.department),
      Sequential_Number: String(first.sequence),
      Medical_List_Information: chosen.slice(0, 5).map((visit) => ({
        ...paidBy(call, visit),
        Invoice_Number: zeroPadded(visit.slip, 7),
        Medical_Information: call.clinic.visits.blocks(visit.slip).map(blockOf),
      })),
    },
  };
}

/** The visits meant: by slip, or by department, sequence and insurance. */
function chosenVisits(call: Call, { patient, date, refuse, inOut }: Asked): readonly Visit[] | Answer {
  const { visits, insurances } = call.clinic;
  const wish = recordOf(call.record, 'Medical_Information');
  const invoice = textOf(wish, 'Invoice_Number');
  const department = textOf(wish, 'Department_Code');
  if (invoice !== '') {
    if (!/^\d{1,7}$/.test(invoice)) return refuse('22', '伝票番号エラーです');
    const visit = visits.bySlip(Number(invoice));
    const isMeant =
      visit?.ptid === patient.ptid && visit.date === date && (department === '' || visit.department === department);
    return visit && isMeant ? [visit] : refuse('23', '伝票番号の受診履歴が送信内容と一致しません');
  }
  if (department === '') return refuse('02', '診療科の設定がありません');
  if (departmentName(department) === undefined) return refuse('13', '診療科が存在しません');
  const number = textOf(wish, 'Insurance_Combination_Number');
  if (number !== '' && !/^\d{1,4}$/.test(number)) return refuse('12', '保険組合せ番号の設定が違います');
  const sequence = Number(textOf(wish, 'Sequential_Number') || '1');
  const insurance = recordOf(wish, 'HealthInsurance_Information');
  const found = findCombination(
    insurances.combinations(patient.ptid),
    number === '' ? insurance : { Insurance_Combination_Number: number },
  );
  if (found.kind === 'none' && found.because !== 'not-given') return refuse('20', '該当する保険組合せがありません');
  return visits
    .sameDay(patient.ptid, date)
    .filter((visit) => visit.inOut === inOut && visit.department === department && visit.sequence === sequence)
    .filter((visit) => found.kind === 'none' || visit.combination === found.combination.number);
}

function blockOf(block: ActBlock): Draft {
  return {
    Medical_Class: block.class,
    Medical_Class_Name: block.name,
    Medical_Class_Number: block.count,
    Medical_Class_Point: String(block.points),
    Medical_Class_Money: '0',
    Medical_Class_code: '0',
    Medication_info: block.items.map((item) => ({
      Medication_Code: item.code,
      Medication_Name: item.name,
      Medication_Number: item.number,
      Unit_Code: item.unit,
      Unit_Code_Name: item.unitName,
      Medication_Point_Class: item.points > 0 ? '3' : '',
      Medication_Point: item.points > 0 ? String(item.points) : '',
    })),
  };
}

export const MEDICALGET: Api = {
  path: '/api01rv2/medicalgetv2',
  method: 'POST',
  requestRoot: 'medicalgetreq',
  answerRoot: 'medicalget01res',
  width: 2,
  answer,
};

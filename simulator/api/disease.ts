import type { Disease } from '../clinic/diseases.ts';
import { isCalendarDate, isCalendarMonth } from '../clock.ts';
import { pick, recordOf, recordsOf, textOf, type Draft } from '../draft.ts';
import { departmentName } from '../masters.ts';
import { zeroPadded } from '../text.ts';
import { findPatient, head, identity, type Answer, type Api, type Call } from './call.ts';
import { isSameName, sameDisease, storeDisease, wishedDisease, type WishedDisease } from './diseasestore.ts';

const MOST = 200;
const MOST_UNMATCHED = 50;

function list(call: Call): Answer {
  const root = 'disease_infores';
  const id = textOf(call.record, 'Patient_ID');
  const given = textOf(call.record, 'Base_Date');
  const month = (given || call.at.date).slice(0, 7);
  const end = (code: string, message: string): Answer => ({ root, record: head(call, code, message, 'Medical Info') });
  if ((call.query.get('class') ?? '01') !== '01') return end('91', '処理区分未設定');
  if (id === '') return end('01', '患者番号の設定がありません');
  const patient = findPatient(call, id);
  if (patient === undefined) return end('10', '患者番号に該当する患者が存在しません');
  if (!isCalendarMonth(month) || (given.length > 7 && !isCalendarDate(given)))
    return end('11', '基準日が暦日ではありません');
  const all = call.clinic.diseases.ofPatient(patient.ptid).filter((each) => each.start <= `${month}-31`);
  const isWhole = textOf(call.record, 'Select_Mode') === 'All';
  const found = isWhole ? all.toReversed() : all.filter((each) => isValidIn(each, month));
  if (found.length === 0) return end('21', '対象病名がありません');
  const isTooMany = found.length > MOST;
  const usual = given === '' ? (['K1', '基準日を設定しました'] as const) : (['00', '処理終了'] as const);
  const ending = isTooMany ? (['20', '対象病名が２００件以上存在します。'] as const) : usual;
  return {
    root,
    record: {
      ...head(call, ending[0], ending[1], 'Medical Info'),
      Information_Overflow: isTooMany ? 'True' : 'False',
      Disease_Infores: identity(patient),
      Base_Date: month,
      Disease_Information: found.slice(0, MOST).map(row),
    },
  };
}

function isValidIn(disease: Disease, month: string): boolean {
  return disease.end === '' || disease.end >= `${month}-01`;
}

function row(disease: Disease): Draft {
  const { content } = disease;
  return {
    Disease_InOut: disease.inOut,
    Department_Code: disease.department,
    Insurance_Combination_Number: disease.combination,
    Disease_Name: disease.name,
    Disease_Single: recordsOf(content, 'Disease_Single').map((each) =>
      pick(each, ['Disease_Single_Code', 'Disease_Single_Name']),
    ),
    Disease_Category: textOf(content, 'Disease_Category'),
    Disease_SuspectedFlag: disease.suspected,
    Disease_StartDate: disease.start,
    Disease_EndDate: disease.end,
    Disease_OutCome: disease.outcome,
    ...pick(content, ['Disease_Supplement_Name', 'Disease_Karte_Name', 'Disease_Class', 'Disease_Receipt_Print']),
    ...pick(content, ['Disease_Receipt_Print_Period']),
    Insurance_Disease: 'False',
  };
}

/** What became of one disease of a request: stored in silence, stored with a warning, or not stored. */
interface Told {
  readonly code: string;
  readonly message: string;
  readonly position: number;
  readonly wished: WishedDisease;
}

function write(call: Call): Answer {
  const root = 'diseaseres';
  const { record, clinic, at } = call;
  const department = textOf(recordOf(record, 'Diagnosis_Information'), 'Department_Code');
  const date = textOf(record, 'Perform_Date') || at.date;
  const month = (textOf(record, 'Base_Month') || date).slice(0, 7);
  const start: Draft = {
    Perform_Date: date,
    Perform_Time: textOf(record, 'Perform_Time') || at.time,
    Department_Code: department,
    Department_Name: departmentName(department),
    Patient_ID: textOf(record, 'Patient_ID'),
    Base_Month: month,
  };
  const end = (code: string, message: string): Answer => ({
    root,
    record: { ...head(call, code, message, 'Acceptance_Info'), ...start },
  });
  if (textOf(record, 'Patient_ID') === '') return end('E01', '患者番号が未設定です。');
  const patient = findPatient(call, textOf(record, 'Patient_ID'));
  if (patient === undefined) return end('E10', '患者番号に該当する患者が存在しません');
  if (department !== '' && departmentName(department) === undefined) return end('E13', '診療科が存在しません。');
  const sent = recordsOf(record, 'Disease_Information').slice(0, 50);
  if (sent.length === 0) return end('E41', '病名の設定がありません。');
  if (clinic.locks.isHeld(patient.ptid, 'ORCA22')) return end('E90', '他端末で使用中です。');
  const wishes = sent.map((each) => ({
    wished: wishedDisease(each, patient.ptid, department, date),
    isDeletion: textOf(each, 'Disease_OutCome') === 'O',
  }));
  const told = wishes.flatMap(({ wished, isDeletion }, index): readonly Told[] => {
    const said = writeOne(call, wished, isDeletion);
    return said === null ? [] : [{ code: said[0], message: said[1], position: index + 1, wished }];
  });
  const ending =
    told.length > 0 ? (['E42', '登録出来ない病名が存在します。'] as const) : (['000', '処理実施終了'] as const);
  return {
    root,
    record: {
      ...head(call, ending[0], ending[1], 'Acceptance_Info'),
      ...start,
      Patient_ID: patient.number,
      Disease_Message_Information: told.map(message),
      Disease_Unmatch_Information: unmatched(
        clinic.diseases.ofPatient(patient.ptid).filter((each) => isValidIn(each, month)),
        wishes.map(({ wished }) => wished),
      ),
    },
  };
}

/** What is valid on the server and was not in the request: a client compares itself by it. */
function unmatched(stored: readonly Disease[], wishes: readonly WishedDisease[]): Draft {
  const others = stored.filter(
    (each) => !wishes.some((wished) => isSameName(each, wished) && each.start === wished.start),
  );
  return {
    Disease_Unmatch_Information_Overflow: others.length > MOST_UNMATCHED ? 'True' : 'False',
    Disease_Unmatch_Info: others.slice(0, MOST_UNMATCHED).map((each) => ({
      Disease_Code: each.code,
      Disease_Name: each.name,
      Disease_InOut: each.inOut,
      Disease_SuspectedFlag: each.suspected,
      Disease_StartDate: each.start,
      Disease_EndDate: each.end,
      Disease_OutCome: each.outcome,
      Insurance_Combination_Number: each.combination,
    })),
  };
}

function writeOne(call: Call, wished: WishedDisease, isDeletion: boolean): readonly [string, string] | null {
  const { clinic } = call;
  if (!isCalendarDate(wished.start)) return ['E16', '開始日が暦日ではありません。'];
  if (wished.end !== '' && !isCalendarDate(wished.end)) return ['E17', '転帰日が暦日ではありません。'];
  if (wished.code === '' && wished.name === '') return ['E33', '病名コードが不正です。'];
  if (wished.code !== '' && !/^(\d{7}|ZZZ\d{4})(\.(\d{7}|ZZZ\d{4}))*$/.test(wished.code))
    return ['E33', '病名コードが不正です。'];
  if (wished.combination !== '' && !clinic.insurances.combination(wished.ptid, wished.combination)) {
    return ['E19', '保険組合せ番号が存在しません。'];
  }
  if (isDeletion) {
    const stored = sameDisease(clinic, wished);
    if (stored === undefined || stored.end !== wished.end || stored.inOut !== wished.inOut) {
      return ['E36', '削除対象の病名がありません。'];
    }
    clinic.diseases.remove(stored.id);
    return null;
  }
  const isOpenElsewhen = clinic.diseases
    .ofPatient(wished.ptid)
    .some((each) => isSameName(each, wished) && each.start !== wished.start && each.end === '');
  if (isOpenElsewhen) return ['E31', '同名の病名が存在します（転帰日等を確認して下さい）。'];
  storeDisease(clinic, wished);
  return null;
}

function message({ code, message: said, position, wished }: Told): Draft {
  return {
    Disease_Result: code,
    Disease_Result_Message: said,
    Disease_Warning_Info: {
      Disease_Warning_Item_Position: zeroPadded(position, 2),
      Disease_Warning_StartDate: wished.start,
      Disease_Warning_Name: wished.name,
      Disease_Warning_Code: wished.code,
    },
  };
}

export const DISEASE: readonly Api[] = [
  {
    path: '/api01rv2/diseasegetv2',
    method: 'POST',
    requestRoot: 'disease_inforeq',
    answerRoot: 'disease_infores',
    width: 2,
    answer: list,
  },
  {
    path: '/orca22/diseasev3',
    method: 'POST',
    requestRoot: 'diseasereq',
    answerRoot: 'diseaseres',
    width: 3,
    answer: write,
  },
];

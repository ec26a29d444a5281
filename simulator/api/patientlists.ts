import type { Patient } from '../clinic/patients.ts';
import { isCalendarDate, isCalendarMonth } from '../clock.ts';
import { pick, recordOf, recordsOf, textOf, type Draft } from '../draft.ts';
import { zeroPadded } from '../text.ts';
import { classOf, findPatient, head, identity, type Answer, type Api, type Call } from './call.ts';
import { LISTED_INSURANCE_FIELDS, patientInsurance, PUBLIC_FIELDS } from './insurance.ts';

const MOST_CHANGED = 1000;
const MOST_FOUND = 100;
const MOST_COMBINATIONS = 200;

function changed(call: Call): Answer {
  const root = 'patientlst1res';
  const end = (code: string, message: string): Answer => ({ root, record: head(call, code, message, 'Patient Info') });
  const which = classOf(call);
  if (which !== '01' && which !== '02') return end('91', '処理区分未設定');
  const from = textOf(call.record, 'Base_StartDate') || call.at.date;
  const to = textOf(call.record, 'Base_EndDate') || '9999-99-99';
  if (from > to) return end('01', '開始日付＞終了日付です。');
  const testFlag = textOf(call.record, 'Contain_TestPatient_Flag');
  if (testFlag !== '' && testFlag !== '0' && testFlag !== '1') return end('02', 'テスト患者区分がありません。');
  const what = which === '01' ? 'updated' : 'created';
  const found = call.clinic.patients.changed(what, from, to, testFlag !== '1', MOST_CHANGED + 1);
  if (found.length === 0) return end('20', '該当患者がありません。');
  const shown = found.slice(0, MOST_CHANGED);
  const ending =
    found.length > MOST_CHANGED
      ? (['10', '該当患者が１０００件以上となります。'] as const)
      : (['00', '処理終了'] as const);
  return {
    root,
    record: {
      ...head(call, ending[0], ending[1], 'Patient Info'),
      Target_Patient_Count: zeroPadded(shown.length, 4),
      Patient_Information: shown.map(changedRow),
    },
  };
}

function changedRow(patient: Patient): Draft {
  return {
    ...identity(patient),
    CreateDate: patient.created,
    UpdateDate: patient.updated,
    UpdateTime: patient.updatedTime,
    TestPatient_Flag: patient.test,
  };
}

function byNumbers(call: Call): Answer {
  const root = 'patientlst2res';
  if ((call.query.get('class') ?? '01') !== '01')
    return { root, record: head(call, '91', '処理区分未設定', 'Patient Info') };
  const asked = recordsOf(call.record, 'Patient_ID_Information').slice(0, MOST_FOUND);
  const rows = asked.map((each) => {
    const patient = findPatient(call, textOf(each, 'Patient_ID'));
    return patient
      ? listed(call, patient)
      : { Patient_ID: textOf(each, 'Patient_ID'), WholeName: '患者番号がありません' };
  });
  const missing = rows.filter((row) => !('BirthDate' in row)).length;
  return {
    root,
    record: {
      ...head(call, '00', '処理終了', 'Patient Info'),
      Target_Patient_Count: zeroPadded(rows.length, 3),
      No_Target_Patient_Count: zeroPadded(missing, 3),
      Patient_Information: rows,
    },
  };
}

function listed(call: Call, patient: Patient): Draft {
  const home = recordOf(patient.content, 'Home_Address_Information');
  const { insurances } = call.clinic;
  return {
    ...identity(patient),
    Home_Address_Information: pick(home, [
      'Address_ZipCode',
      'WholeAddress1',
      'WholeAddress2',
      'PhoneNumber1',
      'PhoneNumber2',
    ]),
    HealthInsurance_Information: insurances
      .of(patient.ptid)
      .slice(-3)
      .map((each) => pick(each, LISTED_INSURANCE_FIELDS)),
    PublicInsurance_Information: insurances
      .publicsOf(patient.ptid)
      .slice(-4)
      .map((each) => pick(each, PUBLIC_FIELDS)),
  };
}

function byName(call: Call): Answer {
  const root = 'patientlst2res';
  const end = (code: string, message: string): Answer => ({ root, record: head(call, code, message, 'Patient Info') });
  if ((call.query.get('class') ?? '01') !== '01') return end('91', '処理区分未設定');
  const part = textOf(call.record, 'WholeName');
  const from = textOf(call.record, 'Birth_StartDate');
  const to = textOf(call.record, 'Birth_EndDate');
  const sex = textOf(call.record, 'Sex');
  if (part === '') return end('17', '検索氏名を設定して下さい。');
  if (from !== '' && !isCalendarDate(from)) return end('11', '開始生年月日が暦日ではありません');
  if (to !== '' && !isCalendarDate(to)) return end('12', '終了生年月日が暦日ではありません');
  if (to !== '' && from === '') return end('13', '開始生年月日の設定がありません');
  if (to !== '' && from > to) return end('14', '開始生年月日＞終了生年月日です。');
  if (!['', '1', '2'].includes(sex)) return end('15', '性別が存在しません');
  if (!['', '1', '2'].includes(textOf(call.record, 'InOut'))) return end('16', '入外区分が存在しません');
  const born = { from: from || '0000-00-00', to: to || '9999-99-99' };
  const found = call.clinic.patients.search(part, born, sex, MOST_FOUND + 1);
  if (found.length === 0) return end('20', '該当患者が存在しません。');
  const rows = found.slice(0, MOST_FOUND).map((patient) => listed(call, patient));
  const ending =
    found.length > MOST_FOUND ? (['21', '該当患者が１００件以上となります。'] as const) : (['00', '処理終了'] as const);
  return {
    root,
    record: {
      ...head(call, ending[0], ending[1], 'Patient Info'),
      Target_Patient_Count: zeroPadded(rows.length, 3),
      No_Target_Patient_Count: zeroPadded(0, 3),
      Patient_Information: rows,
    },
  };
}

function combinations(call: Call): Answer {
  const root = 'patientlst2res';
  const end = (code: string, message: string): Answer => ({ root, record: head(call, code, message, 'Patient Info') });
  // The field is spelled so on WebORCA's wire.
  if (textOf(call.record, 'Reqest_Number') !== '01') return end('91', '処理区分未設定');
  const id = textOf(call.record, 'Patient_ID');
  if (id === '') return end('01', '患者番号の設定がありません');
  const patient = findPatient(call, id);
  if (patient === undefined) return end('10', '患者番号に該当する患者が存在しません');
  const base = textOf(call.record, 'Base_Date');
  if (base !== '' && !isCalendarDate(base)) return end('11', '基準日が暦日ではありません');
  const from = textOf(call.record, 'Start_Date').slice(0, 7);
  const to = textOf(call.record, 'End_Date').slice(0, 7);
  if (from !== '' && !isCalendarMonth(from)) return end('12', '開始年月が暦日ではありません');
  if (to !== '' && !isCalendarMonth(to)) return end('13', '終了年月が暦日ではありません');
  if (to !== '' && from > to) return end('14', '開始年月＞終了年月です');
  const first = base || (from === '' ? '0000-00-00' : `${from}-01`);
  const last = base || (to === '' ? '9999-99-99' : `${to}-31`);
  const valid = call.clinic.insurances.combinations(patient.ptid).filter(({ insurance }) => {
    const expired = textOf(insurance, 'Certificate_ExpiredDate');
    return textOf(insurance, 'Certificate_StartDate') <= last && (base !== '' || expired === '' || expired >= first);
  });
  if (valid.length === 0) return end('20', '対象の保険組合せが存在しません');
  const ending =
    valid.length > MOST_COMBINATIONS
      ? (['21', '対象の保険組合せが２００件以上となります。'] as const)
      : (['00', '処理終了'] as const);
  return {
    root,
    record: {
      ...head(call, ending[0], ending[1], 'Patient Info'),
      Patient_Information: identity(patient),
      HealthInsurance_Information: valid.slice(0, MOST_COMBINATIONS).map((each) => {
        const {
          Insurance_Combination_Number,
          InsuranceCombination_Rate_Admission,
          InsuranceCombination_Rate_Outpatient,
          ...rest
        } = patientInsurance(each);
        return {
          Insurance_Combination_Number,
          InsuranceCombination_Rate_Admission,
          InsuranceCombination_Rate_Outpatient,
          InsuranceCombination_StartDate: textOf(each.insurance, 'Certificate_StartDate'),
          InsuranceCombination_ExpiredDate: textOf(each.insurance, 'Certificate_ExpiredDate'),
          ...rest,
        };
      }),
    },
  };
}

const list = (name: string, requestRoot: string, answerRoot: string, answer: Api['answer']): Api => ({
  path: `/api01rv2/${name}`,
  method: 'POST',
  requestRoot,
  answerRoot,
  width: 2,
  answer,
});

export const PATIENT_LISTS: readonly Api[] = [
  list('patientlst1v2', 'patientlst1req', 'patientlst1res', changed),
  list('patientlst2v2', 'patientlst2req', 'patientlst2res', byNumbers),
  list('patientlst3v2', 'patientlst3req', 'patientlst2res', byName),
  list('patientlst6v2', 'patientlst6req', 'patientlst2res', combinations),
];

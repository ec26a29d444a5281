import type { Patient } from '../clinic/patients.ts';
import { pick, recordOf, textOf, type Draft } from '../draft.ts';
import { zeroPadded } from '../text.ts';
import { classOf, findPatient, head, identity, patientNumber, type Answer, type Api, type Call } from './call.ts';
import { patientInsurance } from './insurance.ts';
import { contentOf, insuredOf, isRefused, personOf, type Refused } from './patientfields.ts';

const ROOT = 'patientmodres';
const MOST_SHOWN = 20;
const SAME_PATIENT = '警告！同一患者の登録があります。';
const WRAPPED = '警告！自動採番の患者番号が最大値です。初期番号から採番しました。';
const ADDRESS = ['Address_ZipCode', 'WholeAddress1', 'WholeAddress2'] as const;
const NOTES = ['Contraindication', 'Allergy', 'Infection', 'Comment'].flatMap((name) => [`${name}1`, `${name}2`]);

function refusal(call: Call, [code, message]: Refused): Answer {
  const patient = { Patient_ID: textOf(call.record, 'Patient_ID') };
  return { root: ROOT, record: { ...head(call, code, message, 'Acceptance_Info'), Patient_Information: patient } };
}

function answer(call: Call): Answer {
  if (textOf(call.record, 'Patient_ID') === '') return refusal(call, ['01', '患者番号未設定']);
  switch (call.query.get('class') ?? classOf(call)) {
    case '01':
      return register(call);
    case '02':
      return update(call);
    case '03':
      return remove(call);
    case '04':
      return addInsurance(call);
    default:
      return refusal(call, ['91', '処理区分未設定']);
  }
}

/** The number a new patient gets, with the warning that goes with it. */
function newNumber(call: Call): { number: string; warning?: string } | Refused {
  const asked = textOf(call.record, 'Patient_ID');
  const width = Number(call.clinic.setting('numberWidth') ?? 5);
  const { patients } = call.clinic;
  if (asked !== '*') {
    if (!/^\d+$/.test(asked)) return ['12', '患者番号構成誤り'];
    const number = patientNumber(call, asked);
    if (number === null || asked.length > width) return ['P1', '患者番号の桁数が違います。'];
    return patients.byNumber(number) ? ['13', '患者番号登録済み'] : { number };
  }
  const next = patients.largestNumber() + 1;
  if (String(next).length <= width) return { number: zeroPadded(next, width) };
  for (let number = 1; number < 10 ** width; number++) {
    const text = zeroPadded(number, width);
    if (!patients.byNumber(text)) return { number: text, warning: WRAPPED };
  }
  return ['40', '患者番号採番ができません。'];
}

function register(call: Call): Answer {
  const { clinic, at, record } = call;
  const person = personOf(record);
  if (isRefused(person)) return refusal(call, person);
  const content = contentOf(record, {});
  if (isRefused(content)) return refusal(call, content);
  const insured = insuredOf(record, at.date);
  if (isRefused(insured)) return refusal(call, insured);
  const drawn = newNumber(call);
  if (isRefused(drawn)) return refusal(call, drawn);
  const isTwin = clinic.patients.sameAs(person.name, person.birth, person.sex) !== undefined;
  const ptid = clinic.counters.next('patientSerial');
  if (clinic.patients.bySerial(ptid)) return refusal(call, ['41', 'システム管理更新エラー']);
  clinic.patients.add(ptid, { ...person, number: drawn.number, test: '0', content }, at);
  clinic.insurances.add(ptid, insured.insurance, insured.publics);
  const patient = clinic.patients.bySerial(ptid);
  if (patient === undefined) return refusal(call, ['44', '患者情報登録エラー']);
  announce(call, 'add', patient);
  const warnings = [...(drawn.warning ? [drawn.warning] : []), ...(isTwin ? [SAME_PATIENT] : [])];
  const code = isTwin ? 'K0' : drawn.warning ? 'K1' : '00';
  return done(call, code, warnings[0] ?? '登録処理終了', patient, warnings);
}

function update(call: Call): Answer {
  const { clinic, at, record } = call;
  const key = textOf(record, 'Mod_Key') || '1';
  if (key !== '1' && key !== '2') return refusal(call, ['53', '更新区分エラー']);
  const patient = findPatient(call, textOf(record, 'Patient_ID'));
  if (patient === undefined) return refusal(call, ['10', '該当患者番号なし']);
  const person = personOf(record);
  if (isRefused(person)) return refusal(call, person);
  const agrees =
    key === '1'
      ? patient.sex === person.sex && patient.birth === person.birth
      : patient.name === person.name && patient.kana === person.kana;
  if (!agrees) return refusal(call, ['50', '患者登録内容が一致しません。更新できません。']);
  const content = contentOf(record, patient.content);
  if (isRefused(content)) return refusal(call, content);
  if (clinic.locks.isHeld(patient.ptid, 'ORCA12')) return refusal(call, ['90', '他端末使用中']);
  clinic.patients.change(patient, { ...person, content }, at);
  const changed = clinic.patients.bySerial(patient.ptid) ?? patient;
  announce(call, 'modify', changed);
  return done(call, '00', '更新処理終了', changed, []);
}

/** The stored patient, if name, sex and birth date are as sent. */
function agreeing(call: Call, otherwise: Refused): Patient | Answer {
  const patient = findPatient(call, textOf(call.record, 'Patient_ID'));
  if (patient === undefined) return refusal(call, ['10', '該当患者番号なし']);
  const person = personOf({ WholeName_inKana: patient.kana, ...call.record });
  if (isRefused(person)) return refusal(call, person);
  const isSame = person.name === patient.name && person.sex === patient.sex && person.birth === patient.birth;
  return isSame ? patient : refusal(call, otherwise);
}

function remove(call: Call): Answer {
  const { clinic } = call;
  const patient = agreeing(call, ['81', '患者登録内容が一致しません。削除できません。']);
  if ('root' in patient) return patient;
  const isUsed = clinic.visits.bounds(patient.ptid).last !== null || clinic.diseases.ofPatient(patient.ptid).length > 0;
  if (isUsed) return refusal(call, ['82', '患者情報以外のデータが登録済みです。削除できません。']);
  if (clinic.locks.isHeld(patient.ptid, 'ORCA12')) return refusal(call, ['90', '他端末使用中']);
  const shown = done(call, '00', '削除処理終了', patient, []);
  clinic.patients.remove(patient.ptid);
  clinic.insurances.remove(patient.ptid);
  announce(call, 'delete', patient);
  return shown;
}

function addInsurance(call: Call): Answer {
  const { clinic, at } = call;
  const patient = agreeing(call, ['60', '患者登録内容が一致しません。処理できません。']);
  if ('root' in patient) return patient;
  const insured = insuredOf(call.record, at.date);
  if (isRefused(insured)) return refusal(call, insured);
  if (insured.insurance === undefined && insured.publics.length === 0) {
    return refusal(call, ['61', '保険・公費の設定がありません']);
  }
  const held = clinic.insurances.of(patient.ptid);
  const isSame = held.some(
    (each) =>
      insured.insurance !== undefined &&
      ['InsuranceProvider_Class', 'InsuranceProvider_Number', 'HealthInsuredPerson_Number'].every(
        (name) => textOf(each, name) === textOf(insured.insurance ?? {}, name),
      ),
  );
  if (isSame) return refusal(call, ['62', '同じ内容の保険が登録済みです。処理できません。']);
  if (held.some((each) => textOf(each, 'InsuranceProvider_Class') !== '980')) {
    return refusal(call, ['H1', '保険が登録済みです。']);
  }
  if (clinic.locks.isHeld(patient.ptid, 'ORCA12')) return refusal(call, ['90', '他端末使用中']);
  clinic.insurances.add(patient.ptid, insured.insurance, insured.publics);
  clinic.patients.touch(patient.ptid, at);
  announce(call, 'modify', patient);
  const isMany = clinic.insurances.combinations(patient.ptid).length > MOST_SHOWN;
  const warning = '保険組合せが２０件以上存在します。';
  return isMany ? done(call, 'K4', warning, patient, [warning]) : done(call, '00', '登録処理終了', patient, []);
}

function done(call: Call, code: string, message: string, patient: Patient, warnings: readonly string[]): Answer {
  const { Reskey, ...start } = head(call, code, message, 'Acceptance_Info');
  const { content } = patient;
  const home = recordOf(content, 'Home_Address_Information');
  const work = recordOf(content, 'WorkPlace_Information');
  return {
    root: ROOT,
    record: {
      ...start,
      ...Object.fromEntries(warnings.map((warning, index) => [`Api_Warning_Message${index + 1}`, warning])),
      Reskey,
      Patient_Information: {
        ...identity(patient),
        ...pick(content, ['HouseHolder_WholeName', 'Relationship', 'Occupation']),
        ...pick(content, ['CellularNumber', 'FaxNumber', 'EmailAddress']),
        Home_Address_Information: pick(home, [...ADDRESS, 'PhoneNumber1', 'PhoneNumber2']),
        WorkPlace_Information: pick(work, ['WholeName', ...ADDRESS, 'PhoneNumber']),
        ...pick(content, NOTES),
        HealthInsurance_Information: combinations(call, patient),
        Personally_Information: pick(recordOf(content, 'Personally_Information'), ['Pregnant_Class']),
      },
    },
  };
}

/** The newest twenty; without what only the patient's own record shows. */
function combinations(call: Call, patient: Patient): readonly Draft[] {
  const newest = call.clinic.insurances.combinations(patient.ptid).slice(-MOST_SHOWN);
  return newest.map((each) => {
    const {
      InsuranceCombination_Rate_Admission: _admission,
      InsuranceCombination_Rate_Outpatient: _outpatient,
      Insurance_Nondisplay: _nondisplay,
      HealthInsuredPerson_Assistance_Name: _assistance,
      Insurance_CheckDate: _checked,
      ...shown
    } = patientInsurance(each);
    return shown;
  });
}

function announce(call: Call, mode: 'add' | 'modify' | 'delete', patient: Patient): void {
  call.announce({
    // WebORCA spells the event so.
    event: 'patient_infomation',
    body: {
      Patient_Mode: mode,
      Patient_ID: patient.number,
      Information_Date: call.at.date,
      Information_Time: call.at.time,
    },
  });
}

export const PATIENTMOD: Api = {
  path: '/orca12/patientmodv2',
  method: 'POST',
  requestRoot: 'patientmodreq',
  answerRoot: ROOT,
  width: 2,
  draws: true,
  answer,
};

import { pick, recordOf, textOf } from '../draft.ts';
import { findPatient, head, identity, type Answer, type Api, type Call } from './call.ts';
import { patientInsurance } from './insurance.ts';

const ADDRESS = ['Address_ZipCode', 'WholeAddress1', 'WholeAddress2'] as const;
const NOTES = [
  'Contraindication1',
  'Contraindication2',
  'Allergy1',
  'Allergy2',
  'Infection1',
  'Infection2',
  'Comment1',
  'Comment2',
] as const;
const NOTHING_SET = {
  Reduction_Reason: '00',
  Reduction_Reason_Name: '該当なし',
  Discount: '00',
  Discount_Name: '該当なし',
  Condition1: '00',
  Condition1_Name: '該当なし',
  Condition2: '00',
  Condition2_Name: '該当なし',
  Condition3: '00',
  Condition3_Name: '該当なし',
  Ic_Code: '01',
  Ic_Code_Name: '現金',
  Community_Cid_Agree: 'False',
};

function answer(call: Call): Answer {
  const root = 'patientinfores';
  const id = call.query.get('id') ?? '';
  if (id === '') return { root, record: head(call, '01', '患者番号の設定がありません', 'Patient Info') };
  const patient = findPatient(call, id);
  if (patient === undefined) {
    return { root, record: head(call, '10', '患者番号に該当する患者が存在しません', 'Patient Info') };
  }
  const { content } = patient;
  const { first, last } = call.clinic.visits.bounds(patient.ptid);
  const home = recordOf(content, 'Home_Address_Information');
  const work = recordOf(content, 'WorkPlace_Information');
  return {
    root,
    record: {
      ...head(call, '00', '処理終了', 'Patient Info'),
      Patient_Information: {
        ...identity(patient),
        ...pick(content, ['HouseHolder_WholeName', 'Relationship']),
        Home_Address_Information: pick(home, [...ADDRESS, 'PhoneNumber1', 'PhoneNumber2']),
        WorkPlace_Information: pick(work, ['WholeName', ...ADDRESS, 'PhoneNumber']),
        ...pick(content, NOTES),
        TestPatient_Flag: patient.test,
        ...pick(content, ['Occupation', 'NickName', 'CellularNumber', 'FaxNumber', 'EmailAddress']),
        ...NOTHING_SET,
        FirstVisit_Date: first ?? '',
        LastVisit_Date: last ?? '',
        HealthInsurance_Information: call.clinic.insurances.combinations(patient.ptid).map(patientInsurance),
        Personally_Information: {
          Pregnant_Class: textOf(recordOf(content, 'Personally_Information'), 'Pregnant_Class'),
        },
      },
    },
  };
}

export const PATIENTGET: Api = {
  path: '/api01rv2/patientgetv2',
  method: 'GET',
  requestRoot: '',
  answerRoot: 'patientinfores',
  width: 2,
  answer,
};

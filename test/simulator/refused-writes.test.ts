import { deepEqual, equal } from 'node:assert/strict';
import { at, count, post, simulator, stopAll } from './client.ts';
import { codesOf } from './codes.ts';
import { acts, DATE, send } from './flow.ts';

const NOBODY = { Patient_ID: '99999' };
const HERE = { Department_Code: '01', Physician_Code: '10001' };
const PERSON = { WholeName: '新規　太郎', WholeName_inKana: 'シンキ　タロウ', BirthDate: '1980-02-03', Sex: '1' };

describe('writes that are refused', () => {
  afterEach(stopAll);

  it('receptions: an unknown public insurance, one too many, and what was set by itself', async () => {
    const orca = await simulator();
    const insured =
      orca.clinic.db.prepare<[], { ptid: number }>('select ptid from tbl_ptkohinf limit 1').get()?.ptid ?? 0;
    const { number = '' } = orca.clinic.patients.bySerial(insured) ?? {};
    const [kind] = orca.clinic.insurances.of(insured);
    const usual = { Request_Number: '01', Patient_ID: number, ...HERE };
    const other = { ...kind, PublicInsurance_Information: [{ PublicInsurance_Class: '099' }] };
    const path = '/orca11/acceptmodv2';
    orca.clinic.insurances.add(insured, kind, [{ PublicInsurance_Class: '012' }]);
    const known = orca.clinic.insurances.publicsOf(insured).map((each) => ({ ...each }));
    const both = { ...kind, PublicInsurance_Information: known };
    const codes = await codesOf(
      orca,
      path,
      'acceptreq',
      usual,
      { HealthInsurance_Information: other },
      { HealthInsurance_Information: both },
      { Acceptance_Date: DATE },
      { Acceptance_Date: DATE, Acceptance_Time: '10:00:00', Department_Code: '10' },
    );
    deepEqual(codes, ['22', '23', 'K2', 'K3']);
    orca.clinic.receptions.add({
      date: DATE,
      id: 99_999,
      ptid: 1,
      name: '見本',
      department: '01',
      physician: '10001',
      content: '01',
      combination: '0001',
      time: '09:00:00',
      billedAt: '',
    });
    deepEqual(await codesOf(orca, path, 'acceptreq', usual, { Department_Code: '26' }), ['50']);
  });

  it('patients: each field of its own, and the lock of somebody who has the patient open', async () => {
    const orca = await simulator();
    const register = async (...changes: readonly object[]): Promise<readonly string[]> =>
      codesOf(orca, '/orca12/patientmodv2?class=01', 'patientmodreq', { Patient_ID: '*', ...PERSON }, ...changes);
    const codes = await register(
      { Patient_ID: '' },
      { WorkPlace_Information: { Address_ZipCode: 'x' } },
      { Home_Address_Information: { PhoneNumber2: '電話' } },
      { WorkPlace_Information: { PhoneNumber: '電話' } },
      { CellularNumber: '電話' },
      { FaxNumber: '電話' },
      { Contraindication1: 'half' },
      { Allergy1: 'half' },
      { Infection1: 'half' },
      { HealthInsurance_Information: { InsuranceProvider_Class: '060', HealthInsuredPerson_Symbol: '12' } },
    );
    deepEqual(codes, ['01', '21', '23', '24', '25', '26', '29', '30', '31', '32']);
    deepEqual(await codesOf(orca, '/orca12/patientmodv2?class=02', 'patientmodreq', { ...NOBODY, ...PERSON }, {}), [
      '10',
    ]);
    const added = { Patient_ID: '00777', ...PERSON };
    await post(orca, '/orca12/patientmodv2?class=01', 'patientmodreq', added);
    const four = '/orca12/patientmodv2?class=04';
    deepEqual(await codesOf(orca, four, 'patientmodreq', added, { WholeName: '別人　太郎' }), ['60']);
    orca.faults.add({ kind: 'lock', patient: '777' });
    deepEqual(await codesOf(orca, '/orca12/patientmodv2?class=02', 'patientmodreq', added, {}), ['90']);
    orca.faults.clear();
    // Somebody set the internal key back: the next one is in use.
    orca.clinic.counters.set('patientSerial', 2);
    deepEqual(await register({}), ['41']);
  });

  it('patients: the newest twenty combinations are shown, with K4', async () => {
    const orca = await simulator();
    const added = { Patient_ID: '00777', ...PERSON };
    await post(orca, '/orca12/patientmodv2?class=01', 'patientmodreq', added);
    const ptid = orca.clinic.patients.byNumber('00777')?.ptid ?? 0;
    for (let each = 0; each < 20; each++) orca.clinic.insurances.add(ptid, { InsuranceProvider_Class: '980' }, []);
    const insurance = { InsuranceProvider_Class: '060', InsuranceProvider_Number: '138057' };
    const answer = await post(orca, '/orca12/patientmodv2?class=04', 'patientmodreq', {
      ...added,
      HealthInsurance_Information: { ...insurance, HealthInsuredPerson_Number: '１２' },
    });
    equal(at(answer.record, 'Api_Result'), 'K4');
    equal(count(answer.record, 'Patient_Information', 'HealthInsurance_Information'), 20);
  });

  it('diseases: nobody, a department that is none, and each disease of its own', async () => {
    const orca = await simulator();
    const usual = { Patient_ID: '3', Perform_Date: DATE, Diagnosis_Information: { Department_Code: '01' } };
    const COLD = { Disease_Code: '8841239', Disease_StartDate: DATE };
    const codes = await codesOf(
      orca,
      '/orca22/diseasev3',
      'diseasereq',
      { ...usual, Disease_Information: [COLD] },
      { Patient_ID: '' },
      NOBODY,
      { Diagnosis_Information: { Department_Code: '99' } },
    );
    deepEqual(codes, ['E01', 'E10', 'E13']);
    const wrong = [
      { ...COLD, Disease_EndDate: 'x' },
      { ...COLD, Insurance_Combination_Number: '0099' },
    ];
    const refused = await post(orca, '/orca22/diseasev3', 'diseasereq', { ...usual, Disease_Information: wrong });
    const told = [0, 1].map((index) => at(refused.record, 'Disease_Message_Information', index, 'Disease_Result'));
    deepEqual(told, ['E17', 'E19']);
  });

  it('acts that are no visit: what cannot be replaced or appended, and what is only warned of', async () => {
    const orca = await simulator();
    const inHospital = { ...acts(), InOut: 'I', Medical_Uid: 'another' };
    equal(at((await send(orca, '03', inHospital)).record, 'Api_Result'), '32');
    const warned = await send(orca, '01', { ...acts(), InOut: 'I', Perform_Date: '' });
    const warnings = [0, 1].map((index) =>
      at(warned.record, 'Medical_Message_Information', 'Medical_Warning_Info', index, 'Medical_Warning'),
    );
    deepEqual(warnings, ['W01', 'W05']);
    equal(at((await send(orca, '03', inHospital)).record, 'Api_Result'), '33');
    await send(orca, '04', acts());
    orca.clinic.db.exec(`update tbl_wksryact set mode2 = '1' where nyugaikbn = '2'`);
    equal(at((await send(orca, '04', acts())).record, 'Api_Result'), '42');
    const block = JSON.stringify(
      [...Array(999).keys()].map(() => ({ class: '120', count: '1', points: 0, items: [] })),
    );
    orca.clinic.db.prepare(`update tbl_wksryact set mode2 = '', content = ? where nyugaikbn = '2'`).run(block);
    equal(at((await send(orca, '04', acts())).record, 'Api_Result'), '43');
  });

  it('opening acts that are no visit', async () => {
    const orca = await simulator();
    const Medical_Uid = at((await send(orca, '01', acts())).record, 'Medical_Uid');
    const key = { Patient_ID: '3', Perform_Date: DATE, Department_Code: '01', Insurance_Combination_Number: '0001' };
    const codes = await codesOf(
      orca,
      '/api21/tmedicalmodv2',
      'tmedicalmodreq',
      { Request_Number: '01', ...key, Medical_Uid },
      NOBODY,
      { Perform_Date: 'x' },
      { Department_Code: '99' },
      { Insurance_Combination_Number: 'x' },
      { Medical_Uid: 'another' },
      { Perform_Date: '' },
      { Lock_Mode: '1' },
      { Lock_Mode: '1' },
    );
    deepEqual(codes, ['E10', 'E11', 'E12', 'E13', 'E15', 'K01', '000', 'K02']);
  });
});

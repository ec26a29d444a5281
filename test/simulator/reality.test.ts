import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson, parseXml2, type OrcaMessage } from '../../orca/xml2.ts';
import type { Simulator } from '../../simulator/server.ts';
import { referenceFolder } from '../support/reference.ts';
import { at, CREDENTIALS, get, head, post, raw, simulator, stopAll, type Answered } from './client.ts';
import { departures, namesIn, recordsOf } from './records.ts';

const DATE = '2026-04-13';
const KARTE = { Karte_Uid: 'karte_uid' };
const VISIT = {
  Department_Code: '01',
  Physician_Code: '10001',
  HealthInsurance_Information: { Insurance_Combination_Number: '0001' },
};
const FEES = [
  {
    Medical_Class: '120',
    Medical_Class_Number: '1',
    Medication_Info: [{ Medication_Code: '112007410', Medication_Name: '再診' }],
  },
];

/** Answers of every call that the simulator knows, by the name of their record. */
async function everyAnswer(orca: Simulator): Promise<ReadonlyMap<string, Answered>> {
  const answers = new Map<string, Answered>();
  const ask = async (record: string, path: string, root: string, request: object): Promise<Answered> => {
    const answer = await post(orca, path, root, request);
    answers.set(record, answer);
    return answer;
  };
  const patient = { Patient_ID: '3', Perform_Date: DATE };
  answers.set('patientinfov2res', await get(orca, '/api01rv2/patientgetv2?id=3'));
  await ask('acceptv2res', '/orca11/acceptmodv2?class=01', 'acceptreq', { Patient_ID: '3', ...VISIT });
  await ask('acceptlstv2res', '/api01rv2/acceptlstv2?class=03', 'acceptlstreq', {});
  await ask('patientlst1v2res', '/api01rv2/patientlst1v2?class=01', 'patientlst1req', { Base_StartDate: '2000-01-01' });
  await ask('patientlst2v2res', '/api01rv2/patientlst2v2?class=01', 'patientlst2req', {
    Patient_ID_Information: [{ Patient_ID: '3' }],
  });
  await ask('patientlst6v2res', '/api01rv2/patientlst6v2', 'patientlst6req', { Reqest_Number: '01', Patient_ID: '3' });
  const acts = { Medical_Information: [{ Medical_Class: '120', Medication_info: [{ Medication_Code: '112007410' }] }] };
  await ask('medicalv2res', '/api21/medicalmodv2?class=01', 'medicalreq', {
    ...patient,
    Diagnosis_Information: { ...VISIT, ...acts },
  });
  const key = { ...patient, Department_Code: '01', Insurance_Combination_Number: '0001' };
  await ask('tmedicalgetv2res', '/api01rv2/tmedicalgetv2', 'tmedicalgetreq', { Perform_Date: DATE });
  await ask('tmedicalmodv2res', '/api21/tmedicalmodv2', 'tmedicalmodreq', { Request_Number: '01', ...key });
  const fee = { Medical_Information: { OffTime: '0', Doctors_Fee: '02' } };
  const step = async (number: number, record: string, request: object): Promise<Answered> =>
    ask(record, `/api21/medicalmodv3${number}`, `medicalv3req${number}`, { ...KARTE, ...request });
  await step(1, '31-00', { Request_Number: '00', ...patient, Diagnosis_Information: { Department_Code: '01' } });
  const begun = await step(1, 'medicalv3res1', {
    Request_Number: '01',
    ...patient,
    Diagnosis_Information: { ...VISIT, ...fee },
  });
  const named = { ...patient, Orca_Uid: at(begun.record, 'Orca_Uid') };
  await step(7, 'medicalv3res7', { Request_Number: '00' });
  const sent = { Diagnosis_Information: { ...VISIT, Medical_Information: { Medical_Info: FEES } } };
  await step(2, 'medicalv3res2', { Request_Number: '02', ...named, ...sent });
  await step(2, '32-03', { Request_Number: '03', ...named });
  await step(3, 'medicalv3res3', { Request_Number: '04', ...named });
  const registered = await step(3, '33-05', { Request_Number: '05', ...named });
  const slip = { Invoice_Number: at(registered.record, 'Invoice_Number') };
  const loaded = await step(4, 'medicalv3res4', { Request_Number: '01', ...patient, Patient_Mode: 'Modify', ...slip });
  await step(4, '34-locked', { Request_Number: '01', ...patient, Patient_Mode: 'Modify', ...slip });
  await step(1, '31-99', { Request_Number: '99', ...patient, Orca_Uid: at(loaded.record, 'Orca_Uid') });
  await step(4, '34-delete', { Request_Number: '01', ...patient, Patient_Mode: 'Delete', ...slip });
  await ask('visitptlst01v2res', '/api01rv2/visitptlstv2', 'visitptlstreq', { Request_Number: '01', Visit_Date: DATE });
  await ask('visitptlst02v2res', '/api01rv2/visitptlstv2', 'visitptlstreq', {
    Request_Number: '02',
    Visit_Date: DATE,
    Department_Code: '01',
  });
  await ask('medicalget01v2res', '/api01rv2/medicalgetv2?class=01', 'medicalgetreq', { ...patient, For_Months: '12' });
  await ask('medicalget02v2res', '/api01rv2/medicalgetv2?class=02', 'medicalgetreq', {
    ...patient,
    Medical_Information: slip,
  });
  await ask('medicalget03v2res', '/api01rv2/medicalgetv2?class=03', 'medicalgetreq', patient);
  await ask('medicalget04v2res', '/api01rv2/medicalgetv2?class=04', 'medicalgetreq', {
    ...patient,
    Medical_Information: { Department_Code: '01' },
  });
  const diseases = { Disease_Information: [{ Disease_Code: '8841239', Disease_StartDate: DATE }] };
  await ask('diseasev3res', '/orca22/diseasev3', 'diseasereq', {
    ...patient,
    Diagnosis_Information: { Department_Code: '01' },
    ...diseases,
  });
  await ask('disease_infov2res', '/api01rv2/diseasegetv2?class=01', 'disease_inforeq', {
    Patient_ID: '3',
    Base_Date: DATE,
  });
  await ask('incomeinfv2res', '/api01rv2/incomeinfv2', 'private_objects', { Patient_ID: '3', Perform_Year: '2026' });
  await ask('physicianv2res', '/api01rv2/system01lstv2', 'system01_managereq', { Request_Number: '02' });
  await ask('departmentv2res', '/api01rv2/system01lstv2', 'system01_managereq', { Request_Number: '01' });
  await ask('system1001v2res', '/api01rv2/system01lstv2', 'system01_managereq', { Request_Number: '04' });
  await ask('system01_dailyv2res', '/api01rv2/system01dailyv2', 'system01_dailyreq', { Request_Number: '01' });
  await ask('systeminfv2res', '/api01rv2/systeminfv2', 'private_objects', {
    Request_Date: DATE,
    Request_Time: '09:30:00',
  });
  await ask('apiversiongetv2res', '/api01rv2/apiversiongetv2', 'apiversiongetv2req', {});
  const twin = {
    Patient_ID: '*',
    WholeName: '新規　太郎',
    WholeName_inKana: 'シンキ　タロウ',
    BirthDate: '1980-02-03',
    Sex: '1',
  };
  await ask('patientmodv2res', '/orca12/patientmodv2?class=01', 'patientmodreq', twin);
  return answers;
}

/** Captured answers, the simulator's counterpart, and what of the capture the simulator leaves out, with the reason. */
const CAPTURES: readonly { sample: string; record: string; leftOut?: readonly RegExp[] }[] = [
  {
    sample: 'gem_api01rv2_patientgetv2.json',
    record: 'patientinfov2res',
    leftOut: [/WorkPlace_Information/, /Contraindication1/, /Outpatient_Class/, /Admission_Date/, /Symbol/],
  },
  { sample: 'gem_api01rv2_patientlst1v2.json', record: 'patientlst1v2res' },
  { sample: 'gem_api01rv2_acceptlstv2_03.json', record: 'acceptlstv2res' },
  { sample: 'gem_orca11_acceptmodv2_01.json', record: 'acceptv2res' },
  { sample: 'gem_api01rv2_system01lstv2_02.json', record: 'physicianv2res' },
  { sample: 'weborca_system01lstv2_departments.json', record: 'departmentv2res' },
  { sample: 'gem_orca22_diseasev3.json', record: 'diseasev3res' },
  {
    sample: 'gem_api01rv2_diseasegetv2.json',
    record: 'disease_infov2res',
    leftOut: [/Disease_SuspectedFlag/, /Disease_Supplement_Name/, /Disease_Class/],
  },
  { sample: 'gem_api21_medicalmodv31_00.json', record: '31-00' },
  { sample: 'gem_api21_medicalmodv31_01.json', record: 'medicalv3res1', leftOut: [/HealthInsuredPerson_Symbol/] },
  { sample: 'gem_api21_medicalmodv31_99.json', record: '31-99' },
  { sample: 'gem_api21_medicalmodv32_02.json', record: 'medicalv3res2', leftOut: [/HealthInsuredPerson_Symbol/] },
  { sample: 'gem_api21_medicalmodv32_03.json', record: '32-03', leftOut: [/HealthInsuredPerson_Symbol/] },
  {
    sample: 'gem_api21_medicalmodv33_04.json',
    record: 'medicalv3res3',
    leftOut: [/HealthInsuredPerson_Symbol/, /Oe_Etc_Information/],
  },
  { sample: 'gem_api21_medicalmodv34_01_modify.json', record: 'medicalv3res4' },
  { sample: 'gem_api21_medicalmodv34_01_locked.json', record: '34-locked' },
  { sample: 'gem_api21_medicalmodv34_01_delete.json', record: '34-delete', leftOut: [/HealthInsuredPerson_Symbol/] },
];

describe('the simulator beside real answers', () => {
  const folder = referenceFolder();
  const samples = folder === undefined ? '' : join(folder, 'samples');
  const sample = (name: string): string => readFileSync(join(samples, name), 'utf8');
  let orca: Simulator;
  let answers: ReadonlyMap<string, Answered>;

  before(async function () {
    if (folder === undefined) {
      console.log('    no real answers here (ORCA_REFERENCE names their folder): not compared');
      this.skip();
    }
    orca = await simulator();
    // Somebody who is paid for by a public insurance too, has an allergy and had a visit: so that as much as possible shows.
    orca.clinic.transact(() => {
      const publics = [
        {
          PublicInsurance_Class: '051',
          PublicInsurance_Name: '特定負有',
          PublicInsurer_Number: '51130019',
          PublicInsuredPerson_Number: '0000001',
          Certificate_IssuedDate: '2020-01-01',
          Certificate_ExpiredDate: '9999-12-31',
        },
      ];
      orca.clinic.insurances.add(3, orca.clinic.insurances.of(3)[0], publics);
    });
    answers = await everyAnswer(orca);
  });
  after(stopAll);

  it('every answer keeps to the names, the order, the widths and the bounds of WebORCA’s records', () => {
    const records = recordsOf(folder ?? '');
    const wrong = [...answers].flatMap(([name, answer]) => {
      const record = records[name];
      if (record === undefined) return [];
      equal(answer.message.root, record.root.replace(/v2res$/, name === 'apiversiongetv2res' ? 'v2res' : 'res'));
      return departures(answer.message, record.schema.record);
    });
    deepEqual(wrong, []);
    ok(answers.size > 30);
  });

  for (const { sample: name, record, leftOut = [] } of CAPTURES) {
    it(`answers with every field of ${name}, in its order`, () => {
      const captured: unknown = JSON.parse(sample(name));
      const answer = answers.get(record);
      ok(answer);
      const wanted = namesIn(captured).filter((field) => !leftOut.some((each) => each.test(field)));
      const made = namesIn({ [answer.message.root]: answer.record });
      deepEqual(
        made.filter((field) => wanted.includes(field)),
        wanted,
      );
    });
  }

  it('an empty list of visits has the bytes of the captured one, but for its date and time', async () => {
    const captured = sample('weborca_trial_visitptlstv2_none_13.xml');
    const body = `<data><visitptlstreq type="record"><Request_Number type="string">01</Request_Number><Visit_Date type="string">2026-04-14</Visit_Date></visitptlstreq></data>`;
    const answer = await fetch(`${orca.url}/api/api01rv2/visitptlstv2`, {
      method: 'POST',
      headers: { authorization: CREDENTIALS },
      body,
    });
    equal(masked(await answer.text()), masked(captured.trimEnd()));
    equal(answer.headers.get('content-length'), '446');
  });

  it('refusals of medicalmodv2 echo what the captured ones echo', async () => {
    const noDoctor = parseXml2(sample('weborca_medicalmodv2_nodoctor_14.xml'));
    const request = {
      Request_Number: '01',
      Patient_ID: '3',
      Perform_Date: '2025-11-13',
      Perform_Time: '09:30:00',
      Medical_Uid: 'MED-20251113-001',
    };
    const refused = await post(orca, '/api21/medicalmodv2?class=01', 'medicalreq', {
      ...request,
      Diagnosis_Information: { Department_Code: '01', Physician_Code: '00001' },
    });
    deepEqual(shape(refused.message), shape(noDoctor));
    const nobody: OrcaMessage = parseJson(sample('weborca_medicalmodv2_nopatient_10.json'));
    const { Medical_Uid: _, ...rest } = request;
    const unknown = await post(orca, '/api21/medicalmodv2?class=01', 'medicalreq', {
      ...rest,
      Patient_ID: '99999',
      Diagnosis_Information: { Department_Code: '01', Physician_Code: '00001' },
    });
    deepEqual(shape(unknown.message), shape(nobody));
  });

  it('the captured request of medicalmodv2 is read, types or not', async () => {
    const body = sample('weborca_medicalmodv2_class01_request.xml')
      .replace('10000<', '10001<')
      .replace('00005', '00005');
    const answer = await fetch(`${orca.url}/api/api21/medicalmodv2?class=01`, {
      method: 'POST',
      headers: { authorization: CREDENTIALS },
      body,
    });
    equal(at(parseXml2(await answer.text()).record, 'Api_Result'), '00');
  });

  it('the front end’s refusals and header sections are the captured ones, but for the date', async () => {
    const cases = [
      ['weborca_patientgetv2_noprefix_404.http', 'onprem', 'GET', '/api01rv2/patientgetv2?id=1', true],
      ['weborca_appointmodv2_noprefix_405.http', 'onprem', 'POST', '/orca14/appointmodv2', true],
      ['weborca_system01dailyv2_authfail_401.headers', 'onprem', 'GET', '/api/api01rv2/system01dailyv2', false],
      [
        'weborca_cloud_prod_acceptlstv2_200.headers',
        'cloud',
        'POST',
        '/api/api01rv2/acceptlstv2?class=01&format=json',
        true,
      ],
      ['weborca_trial_visitptlstv2_200.headers', 'trial', 'POST', '/api/api01rv2/visitptlstv2', true],
    ] as const;
    for (const [name, flavour, method, target, isKnown] of cases) {
      const other = await simulator({ flavour });
      const request = head(method, target, 'Content-Length: 0').replace('Connection: close\r\n', '');
      const text = await raw(
        other.port,
        isKnown ? request : request.replace(/Authorization: .*\r\n/, ''),
        /\r\n\r\n[^]*[}>]\n?$/,
      );
      deepEqual(lines(text), lines(sample(name)), name);
      if (name.endsWith('.http')) equal(text.split('\r\n\r\n')[1], sample(name).split('\n\n')[1], name);
    }
  });
});

const masked = (text: string): string => text.replace(/(<Information_(?:Date|Time) type="string">)[^<]*/g, '$1');

const lines = (section: string): readonly string[] =>
  (section.split(/\r?\n\r?\n/)[0] ?? '').split(/\r?\n/).map((line) => line.replace(/^(Date|Content-Length): .*/, '$1'));

/** Names, nesting and order, without values. */
function shape({ root, record }: OrcaMessage): readonly string[] {
  return namesIn({ [root]: record });
}

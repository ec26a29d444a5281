import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Simulator } from '../../simulator/server.ts';
import { at, post, postXml, simulator, stopAll, type Answered } from './client.ts';

async function send(orca: Simulator, kind: string, record: object): Promise<Answered> {
  return post(orca, `/orca12/patientmodv2?class=${kind}`, 'patientmodreq', record);
}

describe('registering patients', () => {
  afterEach(stopAll);
  const NEW = { WholeName: '新規　太郎', WholeName_inKana: 'シンキ　タロウ', BirthDate: '1980-02-03', Sex: '1' };

  it('* draws the next number and an internal key, a twin is registered with K0', async () => {
    const orca = await simulator();
    const insurance = {
      InsuranceProvider_Class: '060',
      InsuranceProvider_Number: '138057',
      HealthInsuredPerson_Number: '７６５４３２１',
    };
    const first = await send(orca, '01', { Patient_ID: '*', ...NEW, HealthInsurance_Information: insurance });
    equal(at(first.record, 'Api_Result'), '00');
    equal(at(first.record, 'Patient_Information', 'Patient_ID'), '00041');
    equal(
      at(first.record, 'Patient_Information', 'HealthInsurance_Information', 0, 'Insurance_Combination_Number'),
      '0001',
    );
    const twin = await send(orca, '01', { Patient_ID: '*', ...NEW });
    equal(at(twin.record, 'Api_Result'), 'K0');
    equal(at(twin.record, 'Patient_Information', 'Patient_ID'), '00042');
    equal(orca.clinic.counters.last('patientSerial'), 42);
  });

  it('an explicit number has to fit and to be free', async () => {
    const orca = await simulator();
    const code = async (Patient_ID: string): Promise<string> =>
      at((await send(orca, '01', { Patient_ID, ...NEW })).record, 'Api_Result');
    equal(await code('000777'), 'P1');
    equal(await code('00003'), '13');
    equal(await code('A1'), '12');
    equal(await code('00777'), '00');
  });

  it('after the largest number it begins anew, with K1', async () => {
    const orca = await simulator({ patients: 8, numberWidth: 1, history: { days: 0, visitsPerDay: 0 } });
    equal(at((await send(orca, '01', { Patient_ID: '*', ...NEW })).record, 'Patient_Information', 'Patient_ID'), '9');
    equal(at((await send(orca, '01', { Patient_ID: '*', ...NEW, Sex: '2' })).record, 'Api_Result'), '40');
    await send(orca, '03', { Patient_ID: '9', ...NEW });
    orca.clinic.db.prepare(`update tbl_ptinf set ptnum = '9' where ptnum = '4'`).run();
    const wrapped = await send(orca, '01', { Patient_ID: '*', ...NEW });
    equal(at(wrapped.record, 'Api_Result'), 'K1');
    equal(at(wrapped.record, 'Patient_Information', 'Patient_ID'), '4');
  });

  it('half-width names become full-width, other things half-width are refused', async () => {
    const orca = await simulator();
    const named = await send(orca, '01', { Patient_ID: '*', ...NEW, WholeName: 'TEST TARO' });
    equal(at(named.record, 'Patient_Information', 'WholeName'), 'ＴＥＳＴ　ＴＡＲＯ');
    const code = async (change: object): Promise<string> =>
      at((await send(orca, '01', { Patient_ID: '*', ...NEW, ...change })).record, 'Api_Result');
    deepEqual(
      [
        await code({ WholeName: '' }),
        await code({ WholeName_inKana: '' }),
        await code({ BirthDate: '' }),
        await code({ Sex: '' }),
        await code({ WholeName: 'ﾃｽﾄ' }),
        await code({ WholeName_inKana: 'てすと' }),
        await code({ Sex: '3' }),
        await code({ BirthDate: '1980-13-01' }),
        await code({ Home_Address_Information: { Address_ZipCode: '１２３４５６７' } }),
        await code({ Home_Address_Information: { PhoneNumber1: '電話' } }),
        await code({ EmailAddress: 'あ@example.jp' }),
        await code({ Occupation: 'clerk' }),
        await code({ HealthInsurance_Information: { InsuranceProvider_Class: '971' } }),
        await code({
          HealthInsurance_Information: { InsuranceProvider_Class: '060', HealthInsuredPerson_Number: '12' },
        }),
      ],
      ['02', '03', '04', '05', '14', '15', '16', '17', '20', '22', '27', '28', '39', '33'],
    );
  });

  it('an update changes the name by number, sex and birth date, and remembers the former one', async () => {
    const orca = await simulator();
    await send(orca, '01', { Patient_ID: '00777', ...NEW });
    equal(at((await send(orca, '02', { Patient_ID: '777', ...NEW, Sex: '2' })).record, 'Api_Result'), '50');
    const changed = await send(orca, '02', {
      Patient_ID: '777',
      ...NEW,
      WholeName: '改名　太郎',
      Home_Address_Information: { WholeAddress1: '架空市１' },
    });
    equal(at(changed.record, 'Api_Result'), '00');
    equal(at(changed.record, 'Patient_Information', 'Home_Address_Information', 'WholeAddress1'), '架空市１');
    equal(orca.clinic.patients.formerNames(orca.clinic.patients.byNumber('00777')?.ptid ?? 0)[0]?.name, '新規　太郎');
    equal(at((await send(orca, '02', { Patient_ID: '777', ...NEW, Mod_Key: '9' })).record, 'Api_Result'), '53');
  });

  it('is deleted only as long as there is nothing else of the patient', async () => {
    const orca = await simulator();
    await send(orca, '01', { Patient_ID: '00777', ...NEW });
    equal(
      at((await send(orca, '03', { Patient_ID: '777', ...NEW, WholeName: '別人　太郎' })).record, 'Api_Result'),
      '81',
    );
    equal(at((await send(orca, '03', { Patient_ID: '777', ...NEW })).record, 'Api_Result'), '00');
    const visited = orca.clinic.db
      .prepare<[], { number: string }>(
        `select ptnum number from tbl_ptinf where ptid in (select ptid from tbl_jyurrk) limit 1`,
      )
      .get();
    const patient = orca.clinic.patients.byNumber(visited?.number ?? '');
    ok(patient);
    const used = await send(orca, '03', {
      Patient_ID: patient.number,
      WholeName: patient.name,
      WholeName_inKana: patient.kana,
      BirthDate: patient.birth,
      Sex: patient.sex,
    });
    equal(at(used.record, 'Api_Result'), '82');
  });

  it('an insurance is added to whoever has none', async () => {
    const orca = await simulator();
    await send(orca, '01', { Patient_ID: '00777', ...NEW });
    const add = async (insurance: string): Promise<string> =>
      at(
        (
          await postXml(
            orca,
            '/orca12/patientmodv2?class=04',
            `<data><patientmodreq type="record"><Patient_ID>00777</Patient_ID><WholeName>新規　太郎</WholeName><BirthDate>1980-02-03</BirthDate><Sex>1</Sex>${insurance}</patientmodreq></data>`,
          )
        ).record,
        'Api_Result',
      );
    const insurance = `<HealthInsurance_Information><InsuranceProvider_Class>060</InsuranceProvider_Class><InsuranceProvider_Number>138057</InsuranceProvider_Number><HealthInsuredPerson_Number>１２</HealthInsuredPerson_Number></HealthInsurance_Information>`;
    equal(await add(''), '61');
    equal(await add(insurance), '00');
    equal(await add(insurance), '62');
    equal(await add(insurance.replace('138057', '138058')), 'H1');
  });
});

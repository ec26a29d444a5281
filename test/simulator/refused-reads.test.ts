import { deepEqual } from 'node:assert/strict';
import { CREDENTIALS, simulator, stopAll } from './client.ts';
import { codesOf } from './codes.ts';

const NOBODY = { Patient_ID: '99999' };

describe('reads that are refused', () => {
  afterEach(stopAll);

  it('searches by name', async () => {
    const orca = await simulator({ patients: 700, history: { days: 0, visitsPerDay: 0 } });
    const path = '/api01rv2/patientlst3v2?class=01';
    const codes = await codesOf(
      orca,
      path,
      'patientlst3req',
      { WholeName: '見本' },
      { WholeName: '' },
      { Birth_StartDate: 'x' },
      { Birth_StartDate: '1950-01-01', Birth_EndDate: 'x' },
      { Birth_EndDate: '1950-01-01' },
      { Birth_StartDate: '1960-01-01', Birth_EndDate: '1950-01-01' },
      { Sex: '3' },
      { InOut: '3' },
    );
    deepEqual(codes, ['17', '11', '12', '13', '14', '15', '16']);
    orca.clinic.db.exec(`update tbl_ptinf set name = '見本　同名'`);
    deepEqual(await codesOf(orca, path, 'patientlst3req', { WholeName: '見本' }, {}), ['21']);
  });

  it('lists of insurance combinations', async () => {
    const orca = await simulator();
    const ask = { Reqest_Number: '01', Patient_ID: '3' };
    const path = '/api01rv2/patientlst6v2';
    const codes = await codesOf(
      orca,
      path,
      'patientlst6req',
      ask,
      { Patient_ID: '' },
      NOBODY,
      { Base_Date: 'x' },
      { Start_Date: '2026-13' },
      { Start_Date: '2026-01', End_Date: '2026-13' },
      { Start_Date: '2026-02', End_Date: '2026-01' },
      { Base_Date: '1900-01-01' },
      { Start_Date: '2026-04', End_Date: '2026-04' },
    );
    deepEqual(codes, ['01', '10', '11', '12', '13', '14', '20', '00']);
    orca.clinic.transact(() => {
      for (let each = 0; each <= 200; each++) orca.clinic.insurances.add(3, { InsuranceProvider_Class: '060' }, []);
    });
    deepEqual(await codesOf(orca, path, 'patientlst6req', ask, {}), ['21']);
  });

  it('lists of receptions', async () => {
    const codes = await codesOf(
      await simulator(),
      '/api01rv2/acceptlstv2?class=01',
      'acceptlstreq',
      {},
      { Acceptance_Date: '2026-02-30' },
      { Department_Code: '99' },
      { Physician_Code: '99999' },
      { Medical_Information: '50' },
    );
    deepEqual(codes, ['11', '12', '13', '14']);
  });

  it('lists of visits', async () => {
    const orca = await simulator({ patients: 3400, history: { days: 4, visitsPerDay: 1100 } });
    const path = '/api01rv2/visitptlstv2';
    const day = await codesOf(
      orca,
      path,
      'visitptlstreq',
      { Request_Number: '01' },
      { Visit_Date: 'x' },
      { Department_Code: '99' },
      { Visit_Date: '2026-04-11' },
    );
    deepEqual(day, ['10', '11', '12']);
    const month = await codesOf(
      orca,
      path,
      'visitptlstreq',
      { Request_Number: '02' },
      { Visit_Date: '2026-13' },
      {},
      { Department_Code: '99' },
      { Department_Code: '26', Visit_Date: '2025-01' },
    );
    deepEqual(month, ['10', '01', '11', '13']);
    orca.clinic.db.exec(`update tbl_jyurrk set ptid = denpnum, sryka = '01'`);
    const crowded = { Request_Number: '02', Department_Code: '01' };
    deepEqual(await codesOf(orca, path, 'visitptlstreq', crowded, {}), ['14']);
  });

  it('medical records', async () => {
    const orca = await simulator();
    const visited = orca.clinic.db
      .prepare<[], { ptid: number; date: string; department: string; slip: number }>(
        `select ptid, sryymd date, sryka department, denpnum slip from tbl_jyurrk order by denpnum desc limit 1`,
      )
      .get();
    const { number = '' } = orca.clinic.patients.bySerial(visited?.ptid ?? 0) ?? {};
    const patient = { Patient_ID: number, Perform_Date: visited?.date };
    const ask = async (kind: string, ...changes: readonly object[]): Promise<readonly string[]> =>
      codesOf(orca, `/api01rv2/medicalgetv2?class=${kind}`, 'medicalgetreq', patient, ...changes);
    const meant = (more: object): object => ({
      Medical_Information: { Department_Code: visited?.department, ...more },
    });
    deepEqual(await ask('01', { Patient_ID: '' }, NOBODY, { Perform_Date: 'x' }, { For_Months: '13' }), [
      '01',
      '10',
      '11',
      '16',
    ]);
    deepEqual(await ask('01', { Perform_Date: '', For_Months: '12' }, { Perform_Date: '2020-01-01' }), ['K1', '15']);
    const acts = await ask(
      '02',
      {},
      meant({ Department_Code: '99' }),
      meant({ Insurance_Combination_Number: 'x' }),
      meant({ Insurance_Combination_Number: '0099' }),
      meant({ Invoice_Number: 'x' }),
      meant({ Invoice_Number: '9999999' }),
      meant({}),
    );
    deepEqual(acts, ['02', '13', '12', '20', '22', '23', '00']);
    const acted = orca.clinic.visits.actsId([]);
    const visit = orca.clinic.visits.bySlip(visited?.slip ?? 0);
    orca.clinic.transact(() => {
      if (visit === undefined) return;
      for (let more = 1; more <= 150; more++)
        orca.clinic.visits.addRow({ ...visit, slip: 100_000 + more, acts: acted });
    });
    deepEqual(await ask('01', {}), ['14']);
  });

  it('lists of diseases', async () => {
    const path = '/api01rv2/diseasegetv2?class=01';
    const orca = await simulator();
    orca.clinic.diseases.add({
      ptid: 3,
      department: '01',
      inOut: '',
      combination: '',
      code: '8841239',
      name: '感冒',
      suspected: '',
      start: '2026-04-01',
      end: '',
      outcome: '',
      content: {},
    });
    const usual = { Patient_ID: '3', Base_Date: '2026-04-13' };
    const codes = await codesOf(
      orca,
      path,
      'disease_inforeq',
      usual,
      { Patient_ID: '' },
      NOBODY,
      { Base_Date: '2026-02-30' },
      { Base_Date: '1950-01-01' },
      { Base_Date: '' },
    );
    deepEqual(codes, ['01', '10', '11', '21', 'K1']);
  });

  it('lists of acts that are no visit yet', async () => {
    const orca = await simulator();
    const path = '/api01rv2/tmedicalgetv2';
    const usual = { Perform_Date: '2026-04-13' };
    const codes = await codesOf(
      orca,
      path,
      'tmedicalgetreq',
      usual,
      { Perform_Date: 'x' },
      { Department_Code: '99' },
      NOBODY,
      {},
    );
    deepEqual(codes, ['11', '13', '10', '15']);
    orca.clinic.transact(() => {
      for (let row = 1; row <= 501; row++) {
        orca.clinic.unfinished.add({
          uid: String(row),
          ptid: 3,
          inOut: '2',
          date: '2026-04-13',
          time: '09:00:00',
          department: '01',
          physician: '10001',
          combination: '0001',
          blocks: [],
        });
      }
    });
    deepEqual(await codesOf(orca, path, 'tmedicalgetreq', usual, {}), ['14']);
    orca.clinic.db.exec('delete from tbl_wksryact where rowno > 5');
    deepEqual(await codesOf(orca, path, 'tmedicalgetreq', {}, {}), ['K1']);
  });

  it('income', async () => {
    const codes = await codesOf(
      await simulator(),
      '/api01rv2/incomeinfv2',
      'private_objects',
      { Patient_ID: '3' },
      { ...NOBODY, Perform_Year: '2026' },
      {},
      { Perform_Date: 'x' },
      { Perform_Month: '2026-13' },
      { Perform_Year: '26' },
      { Perform_Year: '2026' },
    );
    deepEqual(codes, ['0004', '0001', '0001', '0002', '0003', '0000']);
  });

  it('versions and pushes', async () => {
    const orca = await simulator({ flavour: 'cloud' });
    const versions = await codesOf(
      orca,
      '/api01rv2/apiversiongetv2',
      'apiversiongetv2req',
      {},
      { Api_Id: 'あ' },
      { Api_Id: 'nothingv2' },
      { Api_Id: 'patientgetv2' },
    );
    deepEqual(versions, ['0001', '0002', '0000']);
    const pushes: (string | null | undefined)[] = [];
    for (const change of [{ user: 'あ' }, { start_time: '2026-04-13 25:00' }, { end_time: 'x' }]) {
      const body = JSON.stringify({ pusheventgetv2req: change });
      await fetch(`${orca.url}/api/api01rv2/pusheventgetv2`, {
        method: 'POST',
        headers: { authorization: CREDENTIALS, 'content-type': 'application/json' },
        body,
      });
      pushes.push(orca.arrivals.last?.apiResult);
    }
    deepEqual(pushes, ['0002', '0004', '0005']);
  });
});

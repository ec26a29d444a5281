import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { at, count, get, post, simulator, stopAll } from './client.ts';

describe('patients', () => {
  afterEach(stopAll);

  it('a patient is found with and without leading zeros', async () => {
    const orca = await simulator();
    const bare = await get(orca, '/api01rv2/patientgetv2?id=12');
    const padded = await get(orca, '/api01rv2/patientgetv2?id=00012&format=json');
    equal(at(bare.record, 'Patient_Information', 'Patient_ID'), '00012');
    deepEqual(bare.record, padded.record);
  });

  it('is told apart where there is no number and where there is nobody of it', async () => {
    const orca = await simulator();
    equal(at((await get(orca, '/api01rv2/patientgetv2')).record, 'Api_Result'), '01');
    equal(at((await get(orca, '/api01rv2/patientgetv2?id=99999')).record, 'Api_Result'), '10');
    equal(at((await get(orca, '/api01rv2/patientgetv2?id=abc')).record, 'Api_Result'), '10');
  });

  it('the same seed and day make the same people, another seed others', async () => {
    const texts: string[] = [];
    for (const seed of [3, 3, 4])
      texts.push((await get(await simulator({ seed }), '/api01rv2/patientgetv2?id=7')).text);
    equal(texts[0], texts[1]);
    notEqual(texts[0], texts[2]);
  });

  it('lists who was registered or updated, says when there are more than a thousand, and when there is nobody', async () => {
    const orca = await simulator({ patients: 1100, history: { days: 0, visitsPerDay: 0 } });
    const ask = async (change: object): Promise<ReturnType<typeof post>> =>
      post(orca, '/api01rv2/patientlst1v2?class=02', 'patientlst1req', { Base_StartDate: '2000-01-01', ...change });
    const all = await ask({});
    equal(at(all.record, 'Api_Result'), '10');
    equal(at(all.record, 'Target_Patient_Count'), '1000');
    equal(count(all.record, 'Patient_Information'), 1000);
    equal(at((await ask({ Base_StartDate: '2026-04-13' })).record, 'Api_Result'), '20');
    equal(at((await ask({ Base_EndDate: '1999-01-01' })).record, 'Api_Result'), '01');
    equal(at((await ask({ Contain_TestPatient_Flag: '7' })).record, 'Api_Result'), '02');
  });

  it('test patients are left out where they are not wanted', async () => {
    const orca = await simulator({ patients: 5, history: { days: 0, visitsPerDay: 0 } });
    const ask = async (flag: string): Promise<number> =>
      count(
        (
          await post(orca, '/api01rv2/patientlst1v2?class=01', 'patientlst1req', {
            Base_StartDate: '2000-01-01',
            Contain_TestPatient_Flag: flag,
          })
        ).record,
        'Patient_Information',
      );
    equal(await ask('0'), 5);
    equal(await ask('1'), 4);
  });

  it('old servers fill arrays of JSON answers with {}', async () => {
    const orca = await simulator({ isPadded: true, patients: 3, history: { days: 0, visitsPerDay: 0 } });
    const { text } = await post(orca, '/api01rv2/patientlst1v2?class=01', 'patientlst1req', {
      Base_StartDate: '2000-01-01',
    });
    equal(text.match(/\{\}/g)?.length, 997);
  });

  it('lists by numbers tell the unknown ones apart, and by names the beginnings', async () => {
    const orca = await simulator();
    const listed = await post(orca, '/api01rv2/patientlst2v2?class=01', 'patientlst2req', {
      Patient_ID_Information: [{ Patient_ID: '1' }, { Patient_ID: '99999' }],
    });
    equal(at(listed.record, 'Api_Result'), '00');
    equal(at(listed.record, 'No_Target_Patient_Count'), '001');
    equal(at(listed.record, 'Patient_Information', 1, 'WholeName'), '患者番号がありません');
    const name = at(listed.record, 'Patient_Information', 0, 'WholeName');
    const named = await post(orca, '/api01rv2/patientlst3v2?class=01', 'patientlst3req', {
      WholeName: name.slice(0, 2),
    });
    equal(at(named.record, 'Api_Result'), '00');
    const nobody = await post(orca, '/api01rv2/patientlst3v2?class=01', 'patientlst3req', { WholeName: '実在' });
    equal(at(nobody.record, 'Api_Result'), '20');
    const combinations = await post(orca, '/api01rv2/patientlst6v2', 'patientlst6req', {
      Reqest_Number: '01',
      Patient_ID: '1',
    });
    equal(at(combinations.record, 'HealthInsurance_Information', 0, 'Insurance_Combination_Number'), '0001');
  });
});

import { equal, ok } from 'node:assert/strict';
import type { Simulator } from '../../simulator/server.ts';
import { at, count, post, simulator, stopAll, type Answered } from './client.ts';

const DATE = '2026-04-13';

describe('diseases', () => {
  afterEach(stopAll);

  async function write(orca: Simulator, ...diseases: readonly object[]): Promise<Answered> {
    return post(orca, '/orca22/diseasev3', 'diseasereq', {
      Patient_ID: '3',
      Perform_Date: DATE,
      Diagnosis_Information: { Department_Code: '01' },
      Disease_Information: diseases,
    });
  }
  const COLD = { Disease_Code: '8841239', Disease_StartDate: DATE };

  it('the same disease from the same day is changed, from another day refused while it is open', async () => {
    const orca = await simulator();
    equal(at((await write(orca, COLD)).record, 'Api_Result'), '000');
    equal(at((await write(orca, { ...COLD, Disease_SuspectedFlag: 'S' })).record, 'Api_Result'), '000');
    const stored = orca.clinic.diseases.ofPatient(3).filter((each) => each.code === '8841239');
    equal(stored.length, 1);
    equal(stored[0]?.suspected, 'S');
    const partly = await write(
      orca,
      { ...COLD, Disease_StartDate: '2026-04-10' },
      { Disease_Code: '5319009', Disease_StartDate: DATE },
    );
    equal(at(partly.record, 'Api_Result'), 'E42');
    equal(at(partly.record, 'Disease_Message_Information', 0, 'Disease_Result'), 'E31');
    equal(
      at(partly.record, 'Disease_Message_Information', 0, 'Disease_Warning_Info', 'Disease_Warning_Item_Position'),
      '01',
    );
    ok(orca.clinic.diseases.ofPatient(3).some((each) => each.code === '5319009'));
  });

  it('is deleted only by what it is exactly, and refused where it is none', async () => {
    const orca = await simulator();
    await write(orca, COLD);
    const code = async (disease: object): Promise<string> =>
      at((await write(orca, disease)).record, 'Disease_Message_Information', 0, 'Disease_Result');
    equal(await code({ ...COLD, Disease_OutCome: 'O', Disease_EndDate: DATE }), 'E36');
    equal(await code({ ...COLD, Disease_OutCome: 'O' }), '');
    equal(await code({ ...COLD, Disease_OutCome: 'O' }), 'E36');
    equal(await code({ Disease_Code: '12', Disease_StartDate: DATE }), 'E33');
    equal(await code({ ...COLD, Disease_StartDate: '2026-02-30' }), 'E16');
    equal(at((await write(orca)).record, 'Api_Result'), 'E41');
  });

  it('is E90 while a terminal has the patient’s diseases open', async () => {
    const orca = await simulator();
    orca.faults.add({ kind: 'lock', patient: '3', screen: 'ORCA22' });
    equal(at((await write(orca, COLD)).record, 'Api_Result'), 'E90');
  });

  it('more than two hundred are cut, and it is said', async () => {
    const orca = await simulator();
    for (let day = 0; day < 201; day++) {
      const name = `例の病名${day}`;
      orca.clinic.diseases.add({
        ptid: 3,
        department: '01',
        inOut: '',
        combination: '',
        code: '',
        name,
        suspected: '',
        start: '2026-01-01',
        end: '',
        outcome: '',
        content: {},
      });
    }
    const listed = await post(orca, '/api01rv2/diseasegetv2?class=01', 'disease_inforeq', { Patient_ID: '3' });
    equal(at(listed.record, 'Api_Result'), '20');
    equal(at(listed.record, 'Information_Overflow'), 'True');
    equal(count(listed.record, 'Disease_Information'), 200);
  });
});

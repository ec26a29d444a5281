import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { at, post, simulator, stopAll, type Answered } from './client.ts';
import { acts, DATE, send, visitsOf, wholeVisit } from './flow.ts';

describe('acts that are no visit yet', () => {
  afterEach(stopAll);
  const DISEASE = [{ Disease_Code: '8841239', Disease_StartDate: DATE }];

  it('are registered, listed and deleted, and make neither visit nor slip', async () => {
    const orca = await simulator();
    const registered = await send(orca, '01', acts());
    equal(at(registered.record, 'Api_Result'), '00');
    const Medical_Uid = at(registered.record, 'Medical_Uid');
    const listed = await post(orca, '/api01rv2/tmedicalgetv2', 'tmedicalgetreq', { Perform_Date: DATE });
    equal(at(listed.record, 'Tmedical_List_Information', 0, 'Medical_Uid'), Medical_Uid);
    equal(at((await visitsOf(orca)).record, 'Api_Result'), '13');
    equal(at((await send(orca, '02', { ...acts(), Medical_Uid: 'other' })).record, 'Api_Result'), '31');
    equal(at((await send(orca, '02', acts())).record, 'Api_Result'), '04');
    equal(at((await send(orca, '02', { ...acts(), Medical_Uid })).record, 'Api_Result'), '00');
    equal(at((await send(orca, '02', { ...acts(), Medical_Uid })).record, 'Api_Result'), '30');
  });

  it('a second registration is 80, or 20 where diseases of the same request were stored', async () => {
    const orca = await simulator();
    await send(orca, '01', acts());
    const again = await send(orca, '01', acts());
    equal(at(again.record, 'Api_Result'), '80');
    equal(at(again.record, 'Medical_Message_Information', 'Medical_Result'), '03');
    const half = await send(orca, '01', acts({ Disease_Information: DISEASE }));
    equal(at(half.record, 'Api_Result'), '20');
    const stored = await post(orca, '/api01rv2/diseasegetv2?class=01', 'disease_inforeq', {
      Patient_ID: '3',
      Base_Date: DATE,
      Select_Mode: 'All',
    });
    match(stored.text, /感冒/);
    equal(
      at(
        (await send(orca, '01', acts({ Disease_Information: [{ Disease_StartDate: DATE }], Department_Code: '10' })))
          .record,
        'Api_Result',
      ),
      '21',
    );
  });

  it('appending twice stores the acts twice, under a new uid each time', async () => {
    const orca = await simulator();
    const first = at((await send(orca, '04', acts())).record, 'Medical_Uid');
    const second = at((await send(orca, '04', acts())).record, 'Medical_Uid');
    notEqual(first, second);
    equal(orca.clinic.unfinished.byUid(second)?.blocks.length, 2);
    equal(at((await send(orca, '04', acts({ Physician_Code: '10002' }))).record, 'Api_Result'), '41');
    equal(at((await send(orca, '04', { ...acts(), InOut: 'I' })).record, 'Api_Result'), '40');
    equal(at((await send(orca, '03', { ...acts(), Medical_Uid: second })).record, 'Api_Result'), '05');
  });

  it('a combination that fits nothing is stored as 0000, with a warning', async () => {
    const orca = await simulator();
    const stored = await send(
      orca,
      '01',
      acts({ HealthInsurance_Information: { Insurance_Combination_Number: '0099' } }),
    );
    equal(at(stored.record, 'Api_Result'), '00');
    equal(at(stored.record, 'Medical_Message_Information', 'Medical_Warning_Info', 0, 'Medical_Warning'), 'W02');
    const listed = await post(orca, '/api01rv2/tmedicalgetv2', 'tmedicalgetreq', { Perform_Date: DATE });
    equal(at(listed.record, 'Tmedical_List_Information', 0, 'Insurance_Combination_Number'), '0000');
  });

  it('are shown to the conversation that opens the visit, and gone once it is registered', async () => {
    const orca = await simulator();
    await send(orca, '01', acts());
    await wholeVisit(orca);
    equal(orca.clinic.unfinished.ofDay(DATE, '2', '', 0, 10).length, 0);
  });

  it('are marked open by tmedicalmodv2, and cannot be deleted then', async () => {
    const orca = await simulator();
    const Medical_Uid = at((await send(orca, '01', acts())).record, 'Medical_Uid');
    const key = {
      Patient_ID: '3',
      Perform_Date: DATE,
      Department_Code: '01',
      Insurance_Combination_Number: '0001',
      Medical_Uid,
    };
    const change = async (record: object): Promise<Answered> =>
      post(orca, '/api21/tmedicalmodv2', 'tmedicalmodreq', { ...key, ...record });
    const opened = await change({ Request_Number: '01', Lock_Mode: '1' });
    equal(at(opened.record, 'Api_Result'), '000');
    equal(at(opened.record, 'Medical_Mode'), '5');
    equal(at((await change({ Request_Number: '02' })).record, 'Api_Result'), 'E20');
    equal(at((await send(orca, '02', { ...acts(), Medical_Uid })).record, 'Api_Result'), '31');
  });

  it('says in WebORCA’s way what it misses', async () => {
    const orca = await simulator();
    const code = async (record: object, more: object = {}): Promise<string> =>
      at((await send(orca, '01', { ...acts(more), ...record })).record, 'Api_Result');
    deepEqual(
      [
        await code({ Patient_ID: '' }),
        await code({ Patient_ID: '99999' }),
        await code({ Perform_Date: 'x' }),
        await code({}, { Department_Code: '' }),
        await code({}, { Department_Code: '99' }),
        await code({}, { Physician_Code: '' }),
        await code({}, { Physician_Code: '1' }),
        await code({}, { Medical_Information: [] }),
      ],
      ['01', '10', '11', '02', '13', '03', '14', '22'],
    );
  });
});

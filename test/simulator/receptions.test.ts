import { deepEqual, equal, match } from 'node:assert/strict';
import { at, count, post, postXml, simulator, stopAll } from './client.ts';

const HERE = { Department_Code: '01', Physician_Code: '10001' };

describe('receptions', () => {
  afterEach(stopAll);

  it('a reception gets the day’s next id and shows in the waiting list, in both forms', async () => {
    const orca = await simulator();
    const first = await post(orca, '/orca11/acceptmodv2', 'acceptreq', {
      Request_Number: '01',
      Patient_ID: '3',
      ...HERE,
    });
    equal(first.status, 200);
    equal(at(first.record, 'Api_Result'), 'K1');
    equal(at(first.record, 'Acceptance_Id'), '00001');
    equal(at(first.record, 'Acceptance_Date'), '2026-04-13');
    equal(at(first.record, 'Patient_Information', 'Patient_ID'), '00003');
    const second = await postXml(
      orca,
      '/orca11/acceptmodv2?class=01',
      `<data><acceptreq type="record"><Patient_ID type="string">00004</Patient_ID><Acceptance_Date>2026-04-13</Acceptance_Date>
       <Acceptance_Time>10:00:00</Acceptance_Time><Department_Code>01</Department_Code><Physician_Code>10001</Physician_Code>
       <Medical_Information>01</Medical_Information></acceptreq></data>`,
    );
    equal(at(second.record, 'Api_Result'), '00');
    equal(at(second.record, 'Acceptance_Id'), '00002');
    const waiting = await postXml(orca, '/api01rv2/acceptlstv2?class=01', '<data><acceptlstreq></acceptlstreq></data>');
    equal(count(waiting.record, 'Acceptlst_Information'), 2);
    const billed = await post(orca, '/api01rv2/acceptlstv2?class=02', 'acceptlstreq', {});
    equal(at(billed.record, 'Api_Result'), '21');
  });

  it('the same patient, department and insurance twice on a day is 16', async () => {
    const orca = await simulator();
    const wish = { Request_Number: '01', Patient_ID: '3', ...HERE };
    await post(orca, '/orca11/acceptmodv2', 'acceptreq', wish);
    const again = await post(orca, '/orca11/acceptmodv2', 'acceptreq', wish);
    equal(at(again.record, 'Api_Result'), '16');
    equal(orca.clinic.receptions.ofDay('2026-04-13').length, 1);
  });

  it('says every reason for which a reception is refused', async () => {
    const orca = await simulator();
    const refused = async (change: object): Promise<string> => {
      const wish = { Request_Number: '01', Patient_ID: '3', ...HERE, ...change };
      return at((await post(orca, '/orca11/acceptmodv2', 'acceptreq', wish)).record, 'Api_Result');
    };
    deepEqual(
      {
        noPatient: await refused({ Patient_ID: '' }),
        noDepartment: await refused({ Department_Code: '' }),
        noPhysician: await refused({ Physician_Code: '' }),
        unknownPatient: await refused({ Patient_ID: '99999' }),
        badDate: await refused({ Acceptance_Date: '2026-02-30' }),
        badTime: await refused({ Acceptance_Time: '25:00:00' }),
        unknownDepartment: await refused({ Department_Code: '99' }),
        unknownPhysician: await refused({ Physician_Code: '99999' }),
        unknownContent: await refused({ Medical_Information: '50' }),
        unknownCombination: await refused({ HealthInsurance_Information: { Insurance_Combination_Number: '0099' } }),
        unknownInsurance: await refused({ HealthInsurance_Information: { InsuranceProvider_Class: '999' } }),
        longName: await refused({ Patient_ID: '', WholeName: '名'.repeat(26) }),
        noClass: await refused({ Request_Number: '77' }),
        cancelWithoutId: await refused({ Request_Number: '02' }),
        cancelBadId: await refused({ Request_Number: '02', Acceptance_Id: 'x' }),
        cancelUnknown: await refused({ Request_Number: '02', Acceptance_Id: '00009' }),
        attachUnknown: await refused({ Request_Number: '03', Acceptance_Id: '00009' }),
      },
      {
        noPatient: '01',
        noDepartment: '02',
        noPhysician: '03',
        unknownPatient: '10',
        badDate: '11',
        badTime: '12',
        unknownDepartment: '13',
        unknownPhysician: '14',
        unknownContent: '15',
        unknownCombination: '24',
        unknownInsurance: '21',
        longName: '25',
        noClass: '91',
        cancelWithoutId: '26',
        cancelBadId: '19',
        cancelUnknown: '17',
        attachUnknown: '28',
      },
    );
  });

  it('somebody without a number is received by name and gets the number later', async () => {
    const orca = await simulator();
    const wish = { Request_Number: '01', WholeName: '新患　太郎', ...HERE };
    const received = await post(orca, '/orca11/acceptmodv2', 'acceptreq', wish);
    const id = { Acceptance_Date: '2026-04-13', Acceptance_Id: at(received.record, 'Acceptance_Id') };
    const attached = await post(orca, '/orca11/acceptmodv2', 'acceptreq', {
      Request_Number: '03',
      Patient_ID: '5',
      ...id,
    });
    equal(at(attached.record, 'Patient_Information', 'Patient_ID'), '00005');
    const again = await post(orca, '/orca11/acceptmodv2', 'acceptreq', {
      Request_Number: '03',
      Patient_ID: '6',
      ...id,
    });
    equal(at(again.record, 'Api_Result'), '27');
  });

  it('a reception is cancelled by day and id, if time and patient agree', async () => {
    const orca = await simulator();
    const received = await post(orca, '/orca11/acceptmodv2', 'acceptreq', {
      Request_Number: '01',
      Patient_ID: '3',
      ...HERE,
    });
    const named = {
      Request_Number: '02',
      Patient_ID: '3',
      Acceptance_Date: '2026-04-13',
      Acceptance_Id: at(received.record, 'Acceptance_Id'),
    };
    const cancel = async (change: object): Promise<string> =>
      at((await post(orca, '/orca11/acceptmodv2', 'acceptreq', { ...named, ...change })).record, 'Api_Result');
    equal(await cancel({ Acceptance_Time: '23:00:00' }), '29');
    equal(await cancel({ Patient_ID: '4' }), '20');
    equal(await cancel({ Acceptance_Time: at(received.record, 'Acceptance_Time') }), '00');
    equal(await cancel({}), '17');
  });

  it('looking a reception up writes nothing and names the examination fee', async () => {
    const orca = await simulator();
    const wish = { Request_Number: '00', Patient_ID: '3', ...HERE };
    equal(at((await post(orca, '/orca11/acceptmodv2', 'acceptreq', wish)).record, 'Api_Result'), '60');
    await post(orca, '/orca11/acceptmodv2', 'acceptreq', { ...wish, Request_Number: '01' });
    const found = await post(orca, '/orca11/acceptmodv2', 'acceptreq', wish);
    equal(at(found.record, 'Api_Result'), '00');
    match(at(found.record, 'Medical_Info', 'Medical_Class'), /^1[12]0$/);
    equal(orca.clinic.receptions.ofDay('2026-04-13').length, 1);
  });

  it('more than 1,500 receptions are told in two pages', async () => {
    const orca = await simulator();
    orca.clinic.transact(() => {
      for (let id = 1; id <= 1600; id++) {
        orca.clinic.receptions.add({
          date: '2026-04-13',
          id,
          ptid: 1,
          name: '見本',
          department: '01',
          physician: '10001',
          content: '01',
          combination: '0001',
          time: '09:00:00',
          billedAt: '',
        });
      }
    });
    const first = await post(orca, '/api01rv2/acceptlstv2?class=03', 'acceptlstreq', {});
    equal(at(first.record, 'Api_Result'), '20');
    equal(count(first.record, 'Acceptlst_Information'), 1500);
    const rest = await post(orca, '/api01rv2/acceptlstv2?class=03', 'acceptlstreq', { Sel_Offset: '1500' });
    equal(at(rest.record, 'Api_Result'), '00');
    equal(count(rest.record, 'Acceptlst_Information'), 100);
  });
});

import { deepEqual, equal } from 'node:assert/strict';
import { at, post, simulator, stopAll } from './client.ts';

describe('the system', () => {
  afterEach(stopAll);

  it('lists masters by Request_Number, which beats the class of the query', async () => {
    const orca = await simulator();
    const roots: string[] = [];
    for (const number of ['01', '02', '03', '04', '05', '06']) {
      const answer = await post(orca, '/api01rv2/system01lstv2?class=02', 'system01_managereq', {
        Request_Number: number,
      });
      equal(at(answer.record, 'Api_Result'), '00');
      roots.push(answer.message.root);
    }
    deepEqual(roots, ['departmentres', 'physicianres', 'physicianres', 'system1001res', 'incomeres', 'medicalinfres']);
    const none = await post(orca, '/api01rv2/system01lstv2', 'system01_managereq', {});
    equal(at(none.record, 'Api_Result'), '91');
  });

  it('answers the daily settings only to Request_Number 01', async () => {
    const orca = await simulator();
    const ask = async (record: object): Promise<string> =>
      at((await post(orca, '/api01rv2/system01dailyv2', 'system01_dailyreq', record)).record, 'Api_Result');
    equal(await ask({ Request_Number: '01', Base_Date: '2026-04-13' }), '00');
    equal(await ask({ Base_Date: '2026-04-13' }), '91');
  });

  it('tells versions only to those whose clock agrees within half an hour', async () => {
    const orca = await simulator();
    const ask = async (date: string, time: string): Promise<string> =>
      at(
        (await post(orca, '/api01rv2/systeminfv2', 'private_objects', { Request_Date: date, Request_Time: time }))
          .record,
        'Api_Result',
      );
    equal(await ask('2026-04-13', '09:30:00'), '0000');
    equal(await ask('2026-04-13', '09:30:01'), '0005');
    equal(await ask('2026-04-13', '09:00:01'), '0000');
    equal(await ask('2026-04-13', '09:00:00'), '0006');
    equal(await ask('2026-04-31', '09:30:00'), '0001');
    equal(await ask('2026-04-13', '9:30'), '0002');
  });
});

import { deepEqual, equal } from 'node:assert/strict';
import { APIS } from '../../simulator/api/table.ts';
import { at, post, postXml, simulator, stopAll } from './client.ts';

const WIDTHS = { 2: '', 3: 'E', 4: '00' } as const;

describe('what is refused', () => {
  afterEach(stopAll);

  it('is 98 where it cannot be read and 97 where it is something else, in the width of each call', async () => {
    const orca = await simulator({ flavour: 'cloud' });
    for (const { path, method, width } of APIS) {
      if (method === 'GET') continue;
      const code = async (body: string): Promise<string> => at((await postXml(orca, path, body)).record, 'Api_Result');
      equal(await code('<data><unclosed>'), `${WIDTHS[width]}98`, path);
      equal(await code('<data><somethingreq><A>1</A></somethingreq></data>'), `${WIDTHS[width]}97`, path);
    }
  });

  it('is 91 where the class or the number of the request is none', async () => {
    const orca = await simulator();
    const code = async (path: string, root: string, record: object = {}): Promise<string> =>
      at((await post(orca, path, root, { Request_Number: '77', ...record })).record, 'Api_Result');
    deepEqual(
      [
        await code('/api01rv2/patientlst1v2', 'patientlst1req'),
        await code('/api01rv2/patientlst2v2?class=77', 'patientlst2req'),
        await code('/api01rv2/patientlst3v2?class=77', 'patientlst3req'),
        await code('/api01rv2/patientlst6v2', 'patientlst6req'),
        await code('/api01rv2/acceptlstv2', 'acceptlstreq'),
        await code('/api01rv2/medicalgetv2?class=77', 'medicalgetreq'),
        await code('/api01rv2/diseasegetv2?class=77', 'disease_inforeq'),
        await code('/api01rv2/visitptlstv2', 'visitptlstreq'),
        await code('/orca12/patientmodv2?class=77', 'patientmodreq', { Patient_ID: '3' }),
        await code('/api21/medicalmodv2?class=77', 'medicalreq'),
        await code('/api21/tmedicalmodv2', 'tmedicalmodreq'),
        await code('/api21/medicalmodv34', 'medicalv3req4'),
        await code('/api21/medicalmodv37', 'medicalv3req7', { Karte_Uid: 'karte-1' }),
      ],
      ['91', '91', '91', '91', '91', '91', '91', '91', '91', '91', 'E91', 'E91', 'E91'],
    );
  });
});

import { deepEqual, equal } from 'node:assert/strict';
import type { OrcaClient } from '../../orca/client.ts';
import type { Outcome } from '../../orca/client/outcome.ts';
import { formatXml2, type OrcaRecord } from '../../orca/xml2.ts';
import { Opened, said, TODAY } from '../support/orca-client.ts';

type Ask = (client: OrcaClient) => Promise<Outcome<unknown>>;

const LISTS: readonly (readonly [
  name: string,
  root: string,
  rows: string,
  none: string,
  cut: readonly string[],
  Ask,
])[] = [
  ['patientlst1v2', 'patientlst1res', 'Patient_Information', '20', ['10'], changed],
  [
    'patientlst3v2',
    'patientlst2res',
    'Patient_Information',
    '20',
    ['21'],
    ({ patients }) => patients.search({ name: 'あ' }),
  ],
  ['patientlst6v2', 'patientlst2res', 'HealthInsurance_Information', '20', ['21'], insurances],
  [
    'acceptlstv2',
    'acceptlstres',
    'Acceptlst_Information',
    '21',
    ['20'],
    ({ receptions }) => receptions.list({ which: 'all' }),
  ],
  [
    'visitptlstv2',
    'visitptlst01res',
    'Visit_List_Information',
    '13',
    ['12'],
    ({ visits }) => visits.list({ date: TODAY }),
  ],
  ['visitptlstv2 02', 'visitptlst02res', 'Visit_List_Information', '13', ['14'], calendar],
  ['medicalgetv2', 'medicalget01res', 'Medical_List_Information', '15', ['14'], history],
  [
    'tmedicalgetv2',
    'tmedicalgetres',
    'Tmedical_List_Information',
    '15',
    ['14'],
    ({ unfinished }) => unfinished.list({ date: TODAY }),
  ],
  ['system01lstv2', 'departmentres', 'Department_Information', '11', ['10'], ({ system }) => system.departments()],
];

function changed({ patients }: OrcaClient): Promise<Outcome<unknown>> {
  return patients.listChanged({ what: 'changed', from: TODAY, to: TODAY });
}
function insurances({ patients }: OrcaClient): Promise<Outcome<unknown>> {
  return patients.insurances({ id: '1' });
}
function calendar({ visits }: OrcaClient): Promise<Outcome<unknown>> {
  return visits.calendar({ month: '2026-04', department: '01' });
}
function history({ visits }: OrcaClient): Promise<Outcome<unknown>> {
  return visits.history({ patient: '1', date: TODAY });
}

function diseasesOf({ diseases }: OrcaClient): Promise<Outcome<unknown>> {
  return diseases.list({ patient: '1', month: '2026-04' });
}

describe('what a result code comes to', () => {
  const opened = new Opened();
  afterEach(() => opened.close());

  async function answering(root: string, record: OrcaRecord): Promise<OrcaClient> {
    const text = formatXml2('xmlio2', { root, record });
    return opened.client(await opened.server((_request, response) => void response.end(text)));
  }

  for (const [name, root, rows, none, cut, ask] of LISTS) {
    it(`${name}: ${none} is an empty list, not a failure`, async () => {
      const outcome = await ask(await answering(root, { Api_Result: none }));
      equal(said(outcome), `ok ${none}`);
      equal('isIncomplete' in outcome && outcome.isIncomplete, false);
      deepEqual('answer' in outcome && outcome.answer, []);
    });

    for (const code of cut) {
      it(`${name}: ${code} is an incomplete list, not an empty one`, async () => {
        const row = { Patient_ID: '1', Voucher_Number: '0000001', Code: '01' };
        const outcome = await ask(await answering(root, { Api_Result: code, [rows]: [row, row] }));
        equal(said(outcome), `warning ${code}`);
        equal('isIncomplete' in outcome && outcome.isIncomplete, true);
        equal('answer' in outcome && Array.isArray(outcome.answer) && outcome.answer.length, 2);
      });
    }
  }

  it('diseasegetv2: 21 is no disease, 20 not all of them', async () => {
    equal(said(await diseasesOf(await answering('disease_infores', { Api_Result: '21' }))), 'ok 21');
    const record = { Api_Result: '20', Disease_Information: [{ Disease_Name: '胃炎' }] };
    const outcome = await diseasesOf(await answering('disease_infores', record));
    equal(said(outcome), 'warning 20');
    equal('isIncomplete' in outcome && outcome.isIncomplete, true);
  });

  it('is incomplete where an overflow flag is raised, in either spelling', async () => {
    const record = { Api_Result: '0000', Income_Information_Overflow: 'true' };
    const client = await answering('private_objects', record);
    const outcome = await client.income.get({ patient: '1', year: '2026' });
    equal('isIncomplete' in outcome && outcome.isIncomplete, true);
  });

  for (const [code, kind] of [
    ['00', 'ok'],
    ['K1', 'warning'],
    ['90', 'locked'],
    ['E90', 'locked'],
    ['10', 'refused'],
    ['H1', 'refused'],
    ['S20', 'question'],
    ['89', 'broken'],
    ['97', 'broken'],
    ['？', 'broken'],
  ] as const) {
    it(`${code} is ${kind}`, async () => {
      const client = await answering('patientmodres', { Api_Result: code, Api_Result_Message: '処理終了' });
      const outcome = await client.registrations.register({ id: '*' });
      equal(said(outcome), `${kind} ${code}`);
    });
  }

  it('leaves open whether a write was done where the code is none that is known', async () => {
    const strange = await (await answering('patientmodres', { Api_Result: '？' })).registrations.register({ id: '*' });
    equal(strange.kind === 'broken' && strange.mayBeDone, true);
    const notBegun = await (await answering('patientmodres', { Api_Result: '89' })).registrations.register({ id: '*' });
    equal(notBegun.kind === 'broken' && notBegun.mayBeDone, false);
  });

  it('reads amounts with their blanks, and nothing that is no amount', async () => {
    const entry = { Invoice_Number: '0000012', Cd_Information: { Ac_Money: '      1230', Ic_Money: '       -50' } };
    const record = { Api_Result: '0000', Income_Information: [entry], Unpaid_Money_Total: '         0' };
    const read = await (await answering('private_objects', record)).income.get({ patient: '1', year: '2026' });
    equal(read.kind === 'ok' && read.answer.entries[0]?.charged, 1230);
    equal(read.kind === 'ok' && read.answer.entries[0]?.paid, -50);
    equal(read.kind === 'ok' && read.answer.unpaidTotal, 0);
    const wrong = { ...record, Unpaid_Money_Total: '千円' };
    const broken = await (await answering('private_objects', wrong)).income.get({ patient: '1', year: '2026' });
    equal(said(broken), 'broken answer');
    equal(broken.kind === 'broken' && broken.detail, 'Unpaid_Money_Total: expected a number');
  });
});

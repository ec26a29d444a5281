import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrcaClient } from '../../orca/client.ts';
import { done, Opened, said } from '../support/orca-client.ts';
import { referenceFolder } from '../support/reference.ts';

const reference = referenceFolder();

const suite = reference === undefined ? describe.skip : describe;
suite('real answers, read by the client (skipped where the reference folder is not there)', () => {
  const opened = new Opened();
  afterEach(() => opened.close());

  /** A client of an environment that answers with real answers, one after the other. */
  async function answering(...files: readonly string[]): Promise<OrcaClient> {
    const texts = files.map((file) => readFileSync(join(reference ?? '', 'samples', file), 'utf8'));
    const url = await opened.server((_request, response) => void response.end(bodyOf(texts.shift() ?? '')));
    return opened.client(url, { form: 'json' });
  }

  it('a patient with 労災, from an old server that fills its arrays', async () => {
    const client = await answering('gem_api01rv2_patientgetv2.json');
    const { answer: patient } = done(await client.patients.get({ id: '1' }));
    ok(patient.insurances.length > 0 && patient.insurances.length < 30);
    ok(patient.insurances.every(({ combination }) => /^\d{4}$/.test(combination)));
  });

  it('a list of a thousand places with few patients', async () => {
    const client = await answering('gem_api01rv2_patientlst1v2.json');
    const listed = done(await client.patients.listChanged({ what: 'changed', from: '2017-07-01', to: '2017-08-01' }));
    ok(listed.answer.length > 0 && listed.answer.length < 100);
    ok(listed.answer.every(({ id }) => id !== ''));
  });

  for (const file of ['gem_api01rv2_acceptlstv2_03.json', 'weborca_acceptlstv2_200_json.http']) {
    it(`receptions: ${file}`, async () => {
      const client = await answering(file);
      const { answer: receptions } = done(await client.receptions.list({ which: 'all' }));
      ok(receptions.length > 0);
      ok(receptions.every(({ id, patient }) => /^\d{5}$/.test(id) && patient.id !== ''));
    });
  }

  it('a reception that was made', async () => {
    const { answer } = done(await (await answering('gem_orca11_acceptmodv2_01.json')).receptions.accept({}));
    deepEqual([answer.id, answer.insurance.combination], ['00006', '0001']);
  });

  it('diseases with their parts', async () => {
    const client = await answering('gem_api01rv2_diseasegetv2.json');
    const { answer } = done(await client.diseases.list({ patient: '1', month: '2017-09' }));
    deepEqual(
      answer.diseases.slice(0, 3).map(({ parts }) => parts.map(({ code }) => code).join('.')),
      ['5319009', '0000999', 'ZZZ2057.7153018'],
    );
  });

  it('diseases that were stored, and a patient who is open elsewhere', async () => {
    const client = await answering('gem_orca22_diseasev3.json', 'gem_orca22_diseasev3_E90.json');
    const request = { patient: '210', department: '01', date: '2017-10-02', diseases: [] };
    deepEqual(done(await client.diseases.store(request)).answer.remarks, []);
    equal(said(await client.diseases.store(request)), 'locked E90');
  });

  it('no visits, from WebORCA in XML2', async () => {
    const client = await answering('weborca_trial_visitptlstv2_none_13.xml');
    const outcome = await client.visits.list({ date: '2026-04-14' });
    equal(said(outcome), 'ok 13');
    deepEqual(done(outcome).answer, []);
  });

  it('departments and physicians', async () => {
    const client = await answering('weborca_system01lstv2_departments.json', 'gem_api01rv2_system01lstv2_02.json');
    ok(done(await client.system.departments()).answer.every(({ code }) => /^\d\d$/.test(code)));
    ok(done(await client.system.physicians()).answer.length > 0);
  });

  it('acts that were refused', async () => {
    const client = await answering('weborca_medicalmodv2_nopatient_10.json', 'weborca_medicalmodv2_nodoctor_14.xml');
    equal(said(await client.unfinished.register({})), 'refused 10');
    equal(said(await client.unfinished.register({})), 'refused 14');
  });

  it('a proposal with its fee', async () => {
    const client = await answering('gem_api21_medicalmodv31_00.json');
    const proposed = await client.conversations.propose({ patient: '5', date: '2018-01-15', department: '01' });
    deepEqual(
      done(proposed).answer.fee.map(({ items }) => items.length),
      [3, 1],
    );
    deepEqual(done(proposed).answer.insurance.publics[0]?.moneyOutpatient, 0);
  });

  it('a whole registration, up to the bill, and the release', async () => {
    const client = await answering(
      'gem_api21_medicalmodv31_01.json',
      'gem_api21_medicalmodv32_02.json',
      'gem_api21_medicalmodv32_03.json',
      'gem_api21_medicalmodv33_04.json',
      'gem_api21_medicalmodv31_99.json',
    );
    const bills: number[] = [];
    const ended = await client.conversations
      .register(
        {
          patient: '4',
          date: '2017-07-31',
          department: '01',
          physician: '10001',
          insurance: { combination: '0009' },
          blocks: (fee) => fee,
          payment: ({ charged, points }) => (bills.push(charged, points), { paid: charged }),
        },
        { onStep: (step) => stopAt('medicalmodv33/05', step) },
      )
      .catch((error: unknown) => error);
    ok(ended instanceof Error && ended.message === 'medicalmodv33/05');
    deepEqual(bills, [2057, 58]);
  });

  it('a visit that is asked about before it is deleted', async () => {
    const client = await answering('gem_api21_medicalmodv34_01_delete.json', 'gem_api21_medicalmodv31_99.json');
    const selects: string[] = [];
    const key = { patient: '4', date: '2017-07-31', invoice: '853' };
    const ended = await client.conversations.remove(key, { answer: ({ select }) => (selects.push(select), 'stop') });
    equal(said(ended.outcome), 'question S30');
    deepEqual(selects, ['0001']);
  });

  it('a visit that is opened, and one that somebody else has open', async () => {
    const client = await answering('gem_api21_medicalmodv34_01_modify.json', 'gem_api21_medicalmodv31_99.json');
    const opened: unknown[] = [];
    const key = { patient: '4', date: '2017-07-31', invoice: '853' };
    await client.conversations
      .correct(
        key,
        ({ invoice, blocks, insurance }) => {
          opened.push(
            invoice,
            blocks.map(({ points }) => points),
            insurance.combination,
          );
          return { blocks: [] };
        },
        { onStep: (step) => stopAt('medicalmodv32/02', step) },
      )
      .catch(() => undefined);
    deepEqual(opened, ['0000853', [145, 52], '0009']);
    const other = await answering('gem_api21_medicalmodv34_01_locked.json');
    const ended = await other.conversations.correct(key, () => ({ blocks: [] }));
    deepEqual([said(ended.outcome), ended.lock], ['locked E90', 'none']);
  });
});

function stopAt(wanted: string, step: string): void {
  if (step === wanted) throw new Error(wanted);
}

function bodyOf(text: string): string {
  return text.startsWith('HTTP/') ? text.slice(text.indexOf('{')) : text;
}

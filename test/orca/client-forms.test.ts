import { deepEqual, equal, ok } from 'node:assert/strict';
import type { OrcaClient } from '../../orca/client.ts';
import { classify } from '../../orca/catalogue.ts';
import type { Form } from '../../orca/client/call.ts';
import type { Outcome } from '../../orca/client/outcome.ts';
import type { Simulator } from '../../simulator/server.ts';
import { arrivedPaths, done, Opened, TODAY } from '../support/orca-client.ts';

const READS: Readonly<Record<string, (client: OrcaClient) => Promise<Outcome<unknown>>>> = {
  patientgetv2: ({ patients }) => patients.get({ id: '3' }),
  patientlst1v2: ({ patients }) => patients.listChanged({ what: 'registered', from: '2000-01-01', to: TODAY }),
  patientlst2v2: ({ patients }) => patients.getMany({ ids: ['1', '99999', '3'] }),
  patientlst3v2: ({ patients }) => patients.search({ name: '試験' }),
  patientlst6v2: ({ patients }) => patients.insurances({ id: '3' }),
  acceptlstv2: ({ receptions }) => receptions.list({ which: 'all' }),
  'acceptmodv2 00': ({ receptions }) => receptions.find({ patient: '3', department: '01', physician: '10001' }),
  'visitptlstv2 01': ({ visits }) => visits.list({ date: '2026-04-10' }),
  'visitptlstv2 02': ({ visits }) => visits.calendar({ month: '2026-03', department: '01' }),
  'medicalgetv2 01': ({ visits }) => visits.history({ patient: '3', date: TODAY, months: 99 }),
  'medicalgetv2 02': ({ visits }) => visits.acts({ patient: '3', date: '2026-04-10', department: '01' }),
  tmedicalgetv2: ({ unfinished }) => unfinished.list({ date: TODAY }),
  diseasegetv2: ({ diseases }) => diseases.list({ patient: '5', month: '2026-04', all: true }),
  incomeinfv2: ({ income }) => income.get({ patient: '3', year: '2026' }),
  system01dailyv2: ({ system }) => system.daily(),
  'system01lstv2 01': ({ system }) => system.departments(),
  'system01lstv2 02': ({ system }) => system.physicians(),
  'system01lstv2 03': ({ system }) => system.staff(),
  'system01lstv2 04': ({ system }) => system.institution(),
  'system01lstv2 05': ({ system }) => system.paymentMethods(),
  'system01lstv2 06': ({ system }) => system.receptionContents(),
  systeminfv2: ({ system }) => system.versions({ at: new Date('2026-04-13T09:25:00+09:00') }),
  apiversiongetv2: ({ system }) => system.apiVersions(),
  pusheventgetv2: ({ pushEvents }) => pushEvents.list({ event: 'patient_accept' }),
  'medicalmodv31 00': ({ conversations }) => conversations.propose({ patient: '3', date: TODAY, department: '01' }),
  'medicalmodv37 00': ({ conversations }) => conversations.locks(),
};

async function filled(opened: Opened, isPadded: boolean): Promise<Simulator> {
  const orca = await opened.simulator({ flavour: 'cloud', isPadded });
  const { receptions, diseases, unfinished } = opened.client(orca.url);
  const reception = { patient: '3', department: '01', physician: '10001', insurance: { combination: '0001' } };
  done(await receptions.accept(reception));
  const disease = { parts: [{ code: '5319009' }], start: '2026-04-01', inOut: 'O', combination: 'None' };
  done(await diseases.store({ patient: '5', department: '01', date: TODAY, diseases: [disease] }));
  const blocks = [{ class: '120', items: [{ code: '112007410' }] }];
  done(await unfinished.register({ ...reception, date: TODAY, blocks }));
  return orca;
}

interface Read {
  readonly kind: string;
  readonly code: string;
  readonly answer: unknown;
}

/** What the outcomes say, without what differs from call to call. */
async function answers(orca: Simulator, opened: Opened, form: Form): Promise<Record<string, Read>> {
  const client = opened.client(orca.url, { form });
  const found: Record<string, Read> = {};
  for (const [name, read] of Object.entries(READS)) {
    const outcome = await read(client);
    const { kind, code } = outcome;
    found[name] = { kind, code, answer: outcome.kind === 'broken' ? outcome.detail : outcome.answer };
  }
  return found;
}

describe('what the client reads', () => {
  const opened = new Opened();
  let compact: Simulator;
  let padded: Simulator;
  before(async () => {
    compact = await filled(opened, false);
    padded = await filled(opened, true);
  });
  after(() => opened.close());

  it('is something, for every call', async () => {
    for (const [name, { kind, answer }] of Object.entries(await answers(compact, opened, 'xml'))) {
      ok(kind === 'ok' || kind === 'warning', `${name}: ${kind}`);
      if (Array.isArray(answer) && name !== 'medicalmodv37 00') ok(answer.length > 0, `${name}: no rows`);
    }
  });

  it('is the same in XML2 and in JSON', async () => {
    deepEqual(await answers(compact, opened, 'json'), await answers(compact, opened, 'xml'));
  });

  it('is the same where an old server fills its arrays', async () => {
    const uuids = ['tmedicalgetv2', 'pusheventgetv2'];
    const [old, today] = [await answers(padded, opened, 'json'), await answers(compact, opened, 'json')];
    for (const name of Object.keys(READS)) if (!uuids.includes(name)) deepEqual(old[name], today[name], name);
  });

  it('is asked for by calls that the catalogue knows as reads', async () => {
    compact.arrivals.clear();
    await answers(compact, opened, 'json');
    const paths = new Set(arrivedPaths(compact));
    const byNumber = ['/api/orca11/acceptmodv2', '/api/api21/medicalmodv31', '/api/api21/medicalmodv37'];
    for (const path of paths) {
      const method = path.endsWith('patientgetv2') ? 'GET' : 'POST';
      const body = byNumber.includes(path) ? Buffer.from('{"a":{"Request_Number":"00"}}') : undefined;
      const { effect, retriable } = classify({ method, path, query: '', body, contentType: 'application/json' });
      deepEqual({ effect, retriable }, { effect: 'read', retriable: true }, path);
    }
    equal(paths.size, 19);
  });
});

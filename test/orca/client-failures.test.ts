import { deepEqual, equal } from 'node:assert/strict';
import { arrivedPaths, done, Opened, said, TODAY } from '../support/orca-client.ts';

const VISITS = '/api/api01rv2/visitptlstv2';
const ACCEPT = '/api/orca11/acceptmodv2';
const RECEPTION = { patient: '3', department: '01', physician: '10001', insurance: { combination: '0001' } };
const EMPTY = `<xmlio2><visitptlst01res type="record"><Api_Result type="string">13</Api_Result></visitptlst01res></xmlio2>`;

describe('the client, where it gets no answer', () => {
  const opened = new Opened();
  afterEach(() => opened.close());

  describe('when the connection fails', () => {
    it('sends a read again', async () => {
      const orca = await opened.simulator();
      orca.faults.add({ kind: 'reset', path: VISITS, count: 2 });
      const outcome = await opened.client(orca.url).visits.list({ date: TODAY });
      equal(outcome.kind, 'ok');
      deepEqual(arrivedPaths(orca), [VISITS, VISITS, VISITS]);
    });

    it('gives up on a read after some times', async () => {
      const orca = await opened.simulator();
      orca.faults.add({ kind: 'reset', path: VISITS });
      const outcome = await opened.client(orca.url, { retries: 2 }).visits.list({ date: TODAY });
      equal(said(outcome), 'broken reset');
      equal(outcome.kind === 'broken' && outcome.mayBeDone, false);
      equal(arrivedPaths(orca).length, 3);
    });

    it('never sends a write again, and says that it may be done', async () => {
      const orca = await opened.simulator();
      const client = opened.client(orca.url);
      orca.faults.add({ kind: 'reset', path: ACCEPT, moment: 'answer' });
      const outcome = await client.receptions.accept(RECEPTION);
      equal(said(outcome), 'broken reset');
      equal(outcome.kind === 'broken' && outcome.mayBeDone, true);
      equal(arrivedPaths(orca).length, 1);
      equal(done(await client.receptions.list({ which: 'all' })).answer.length, 1);
    });

    it('knows that a write was not done where nobody listens', async () => {
      const orca = await opened.simulator();
      orca.faults.add({ kind: 'refuse' });
      const outcome = await opened.client(orca.url).receptions.accept(RECEPTION);
      equal(said(outcome), 'broken connect');
      equal(outcome.kind === 'broken' && outcome.mayBeDone, false);
    });

    it('calls a name that is not known dns', async () => {
      const client = opened.client('http://environment.invalid:8000/', { retries: 0 });
      equal(said(await client.system.daily()), 'broken dns');
    });
  });

  describe('against an environment that misbehaves', () => {
    it('sends a read again after 502, a write not', async () => {
      const orca = await opened.simulator();
      const client = opened.client(orca.url);
      orca.faults.add({ kind: 'bad-gateway', path: VISITS, count: 1 });
      orca.faults.add({ kind: 'bad-gateway', path: ACCEPT, moment: 'answer' });
      equal((await client.visits.list({ date: TODAY })).kind, 'ok');
      const outcome = await client.receptions.accept(RECEPTION);
      equal(said(outcome), 'broken http');
      equal(outcome.reply?.status, 502);
      equal(outcome.kind === 'broken' && outcome.mayBeDone, true);
    });

    it('does not wait for the first byte for ever', async () => {
      const orca = await opened.simulator();
      orca.faults.add({ kind: 'hang', path: VISITS });
      const deadlines = { connectMs: 1000, firstByteMs: 60, idleMs: 1000 };
      const outcome = await opened.client(orca.url, {}, { deadlines }).visits.list({ date: TODAY });
      equal(said(outcome), 'broken first-byte-timeout');
    });

    it('does not wait for the rest of an answer for ever', async () => {
      const url = await opened.server((_request, response) => {
        response.writeHead(200, { 'Content-Length': 1000 }).write(EMPTY);
      });
      const deadlines = { connectMs: 1000, firstByteMs: 1000, idleMs: 60 };
      equal(said(await opened.client(url, {}, { deadlines }).visits.list({ date: TODAY })), 'broken idle-timeout');
    });

    it('takes an answer that was cut for none', async () => {
      const orca = await opened.simulator();
      orca.faults.add({ kind: 'truncate', path: VISITS });
      const client = opened.client(orca.url, { retries: 0 });
      equal(said(await client.visits.list({ date: '2026-04-10' })), 'broken reset');
    });

    for (const [what, body] of [
      ['a page', '<!doctype html><p>maintenance</p>'],
      ['nothing', ''],
      ['JSON of another kind', '{"Code":200}'],
      ['an answer without a result', '<xmlio2><visitptlst01res type="record"></visitptlst01res></xmlio2>'],
      ['the answer of another call', EMPTY.replaceAll('visitptlst01res', 'acceptlstres')],
      ['a row without its slip', EMPTY.replace('13<', '00<').replace('</visit', `${rowWithoutSlip()}</visit`)],
    ] as const) {
      it(`does not take ${what} for an answer`, async () => {
        const url = await opened.server((_request, response) => void response.end(body));
        const outcome = await opened.client(url).visits.list({ date: TODAY });
        equal(said(outcome), 'broken answer');
      });
    }

    it('says broken, with the code, where the application could not begin', async () => {
      const orca = await opened.simulator();
      const call = {
        name: 'visitptlstv2',
        path: VISITS,
        request: { root: 'visitptlstreq', record: {} },
        root: 'visitptlst01res',
        read: () => null,
      };
      const outcome = await opened.client(orca.url).ask(call);
      equal(said(outcome), 'broken 91');
      equal(outcome.kind === 'broken' && outcome.fault, null);
    });

    it('tells the wrong password, an unknown call and a wrong method apart', async () => {
      const orca = await opened.simulator();
      const call = { name: '', root: '', read: () => null, request: { root: 'x', record: {} } };
      const client = opened.client(orca.url);
      equal(said(await opened.client(orca.url, {}, { password: 'wrong' }).system.daily()), 'broken credentials');
      equal(said(await client.ask({ ...call, path: '/api/api01rv2/nosuchv2' })), 'broken unknown-call');
      equal(said(await client.ask({ ...call, path: '/orca11/acceptmodv2' })), 'broken wrong-method');
    });

    it('sends nothing that cannot be written', async () => {
      const orca = await opened.simulator();
      const outcome = await opened.client(orca.url).patients.search({ name: 'a\u0000b' });
      equal(said(outcome), 'broken request');
      deepEqual(arrivedPaths(orca), []);
    });
  });
});

function rowWithoutSlip(): string {
  const row = '<Visit_List_Information_child type="record"><Sequential_Number>1</Sequential_Number>';
  return `<Visit_List_Information type="array">${row}</Visit_List_Information_child></Visit_List_Information>`;
}

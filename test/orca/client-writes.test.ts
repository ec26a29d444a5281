import { deepEqual, equal, ok } from 'node:assert/strict';
import type { OrcaClient } from '../../orca/client.ts';
import type { Form } from '../../orca/client/call.ts';
import type { Simulator } from '../../simulator/server.ts';
import { done, Opened, said, TODAY } from '../support/orca-client.ts';

const SOMEBODY = { id: '*', name: '控　花子', kana: 'ヒカエ　ハナコ', birth: '1990-05-06', sex: '2' };
const INSURANCE = {
  class: '060',
  provider: '138057',
  symbol: '０１',
  number: '１２３４５６７',
  relation: '1',
  start: '2026-04-01',
};
const RECEPTION = { patient: '3', department: '01', physician: '10001', insurance: { combination: '0001' } };
const FEE = { class: '120', items: [{ code: '112007410', quantity: '1' }] };

for (const form of ['xml', 'json'] as const satisfies readonly Form[]) {
  describe(`what the client writes, in ${form}`, () => {
    const opened = new Opened();
    let orca: Simulator;
    let client: OrcaClient;
    beforeEach(async () => {
      orca = await opened.simulator();
      client = opened.client(orca.url, { form });
    });
    afterEach(() => opened.close());

    it('registers a patient with insurance, who is then there', async () => {
      const { answer: stored } = done(await client.registrations.register({ ...SOMEBODY, insurance: INSURANCE }));
      const { answer: patient } = done(await client.patients.get({ id: stored.id }));
      equal(patient.name, SOMEBODY.name);
      equal(patient.insurances[0]?.number, INSURANCE.number);
      equal(stored.insurances[0]?.combination, patient.insurances[0]?.combination);
    });

    it('is warned of a second patient of the same name, who is registered all the same', async () => {
      const first = done(await client.registrations.register(SOMEBODY));
      const second = await client.registrations.register(SOMEBODY);
      equal(said(second), 'warning K0');
      ok(done(second).answer.id !== first.answer.id);
      equal(done(second).answer.remarks.length, 1);
    });

    it('updates what may be changed, by the key that it names', async () => {
      const { answer: stored } = done(await client.registrations.register(SOMEBODY));
      const home = { zip: '0000002', address1: '架空県見本市', phone1: '00-1111-2222' };
      done(await client.registrations.update({ ...SOMEBODY, id: stored.id, by: 'birth-and-sex', home }));
      equal(done(await client.patients.get({ id: stored.id })).answer.home.phone1, home.phone1);
      const other = { ...SOMEBODY, id: stored.id, birth: '1991-01-01', by: 'birth-and-sex' } as const;
      equal(said(await client.registrations.update(other)), 'refused 50');
    });

    it('accepts a patient once, and cancels', async () => {
      const { answer: reception } = done(await client.receptions.accept(RECEPTION));
      equal(reception.insurance.combination, '0001');
      equal(said(await client.receptions.accept(RECEPTION)), 'refused 16');
      const [waiting] = done(await client.receptions.list({ which: 'waiting' })).answer;
      equal(waiting?.id, reception.id);
      done(
        await client.receptions.cancel({ patient: '3', date: reception.date, id: reception.id, time: reception.time }),
      );
      deepEqual(done(await client.receptions.list({ which: 'waiting' })).answer, []);
    });

    it('gives a reception without a number its patient', async () => {
      const newcomer = { name: '新　患者', department: '01', physician: '10001' };
      const { answer: reception } = done(await client.receptions.accept(newcomer));
      const known = { date: reception.date, id: reception.id, patient: '4' };
      equal(done(await client.receptions.attach(known)).answer.patient.id, '00004');
    });

    it('stores unfinished acts, appends to them, and deletes them by their uid', async () => {
      const acts = { ...RECEPTION, date: TODAY, blocks: [FEE] };
      const { answer: first } = done(await client.unfinished.register(acts));
      equal(said(await client.unfinished.register(acts)), 'refused 80');
      const { answer: second } = done(await client.unfinished.append(acts));
      ok(second.uid !== first.uid);
      equal(said(await client.unfinished.remove({ ...acts, uid: first.uid })), 'refused 31');
      done(await client.unfinished.remove({ ...acts, uid: second.uid }));
      deepEqual(done(await client.unfinished.list({ date: TODAY })).answer, []);
    });

    it('says that one of two was stored: diseases, but not acts', async () => {
      const acts = { ...RECEPTION, date: TODAY, blocks: [FEE] };
      done(await client.unfinished.register(acts));
      const diseases = [{ code: '5319009', start: '2026-04-01' }];
      const outcome = await client.unfinished.register({ ...acts, diseases });
      equal(said(outcome), 'refused 20');
      equal(outcome.kind === 'refused' && outcome.isPartlyDone, true);
      equal(outcome.kind === 'refused' && outcome.answer?.acts, '03');
    });

    it('stores diseases, and names those that it could not store', async () => {
      const good = {
        parts: [{ code: '5319009' }],
        start: '2026-04-01',
        inOut: 'O',
        combination: 'None',
        class: 'Auto',
      };
      const bad = { code: 'no code', start: '2026-04-01' };
      const outcome = await client.diseases.store({
        patient: '3',
        department: '01',
        date: TODAY,
        diseases: [good, bad],
      });
      equal(said(outcome), 'refused E42');
      equal(outcome.kind === 'refused' && outcome.isPartlyDone, true);
      deepEqual(outcome.kind === 'refused' && outcome.answer?.remarks.map(({ place, code }) => [place, code]), [
        [1, 'E33'],
      ]);
      const { answer } = done(await client.diseases.list({ patient: '3', month: '2026-04' }));
      deepEqual(
        answer.diseases.map(({ parts, start }) => [parts[0]?.code, start]),
        [['5319009', '2026-04-01']],
      );
    });

    it('names what is valid there and was not sent', async () => {
      const asked = { patient: '3', department: '01', date: TODAY };
      const [one, other] = ['5319009', '2500013'].map((code) => ({ parts: [{ code }], start: '2026-04-01' }));
      done(await client.diseases.store({ ...asked, diseases: [one!] }));
      const { answer } = done(await client.diseases.store({ ...asked, diseases: [other!] }));
      deepEqual(
        answer.unmatched.map(({ code }) => code),
        ['5319009'],
      );
      equal(answer.areAllUnmatched, true);
    });

    it('is told that a patient is open elsewhere, and nothing was written', async () => {
      orca.faults.add({ kind: 'lock', patient: '3', screen: 'ORCA22' });
      orca.faults.add({ kind: 'lock', patient: '3', screen: 'ORCA21' });
      const diseases = [{ parts: [{ code: '5319009' }], start: '2026-04-01' }];
      const stored = await client.diseases.store({ patient: '3', department: '01', date: TODAY, diseases });
      equal(said(stored), 'locked E90');
      equal(said(await client.unfinished.register({ ...RECEPTION, date: TODAY, blocks: [FEE] })), 'locked 90');
      deepEqual(done(await client.unfinished.list({ date: TODAY })).answer, []);
    });

    it('announces over push only what it is asked to', async () => {
      const cloud = await opened.simulator({ flavour: 'cloud' });
      const { unfinished, pushEvents } = opened.client(cloud.url, { form });
      done(await unfinished.register({ ...RECEPTION, date: TODAY, blocks: [FEE] }));
      deepEqual(done(await pushEvents.list({ event: 'receive_medicalreq' })).answer, []);
      done(await unfinished.register({ ...RECEPTION, patient: '4', date: TODAY, blocks: [FEE], isAnnounced: true }));
      const [event] = done(await pushEvents.list({ event: 'receive_medicalreq' })).answer;
      equal(event?.user, 'ormaster');
    });
  });
}

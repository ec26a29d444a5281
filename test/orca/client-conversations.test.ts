import { deepEqual, equal, ok } from 'node:assert/strict';
import type { OrcaClient } from '../../orca/client.ts';
import type { GivenBlock } from '../../orca/client/acts.ts';
import type { Form } from '../../orca/client/call.ts';
import type { Question } from '../../orca/client/steps.ts';
import type { Bill, NewVisit } from '../../orca/client/visit-forms.ts';
import type { Simulator } from '../../simulator/server.ts';
import { arrivedPaths, done, Opened, said, TODAY } from '../support/orca-client.ts';
import { isLeftAlone, sessions } from '../support/orca-locks.ts';

const FEE: GivenBlock = { class: '120', count: '1', items: [{ code: '112007410', quantity: '1' }] };
const drugs = (kinds: number): GivenBlock => ({
  class: '210',
  count: '7',
  items: Array.from({ length: kinds }, (_, index) => ({ code: `62000010${index}`, quantity: '3' })),
});
const VISIT: NewVisit = {
  patient: '3',
  date: TODAY,
  department: '01',
  physician: '10001',
  insurance: { combination: '0001' },
  doctorsFee: '02',
  blocks: [FEE],
};

for (const form of ['xml', 'json'] as const satisfies readonly Form[]) {
  describe(`a conversation, in ${form}`, () => {
    const opened = new Opened();
    let orca: Simulator;
    let client: OrcaClient;
    beforeEach(async () => {
      orca = await opened.simulator();
      client = opened.client(orca.url, { form });
    });
    afterEach(async () => {
      isLeftAlone(orca);
      await opened.close();
    });

    async function registered(visit: NewVisit = VISIT): Promise<string> {
      return done((await client.conversations.register(visit)).outcome).answer.invoice;
    }

    it('registers a visit with a slip', async () => {
      const ended = await client.conversations.register({ ...VISIT, payment: { paid: 100 } });
      const { answer: visit } = done(ended.outcome);
      deepEqual([ended.step, ended.lock], ['medicalmodv33/05', 'released']);
      const [listed] = done(await client.visits.list({ date: TODAY })).answer;
      equal(listed?.invoice, visit.invoice);
      const { answer: performed } = done(
        await client.visits.acts({ patient: '3', date: TODAY, invoice: visit.invoice }),
      );
      deepEqual(
        performed.slips[0]?.blocks.map((block) => block.items.map(({ code }) => code)),
        [['112007410']],
      );
      const { answer: income } = done(await client.income.get({ patient: '3', date: TODAY }));
      deepEqual(
        income.entries.map(({ charged, paid }) => [charged, paid]),
        [[visit.charged, 100]],
      );
    });

    it('can take the examination fee as the server proposes it', async () => {
      const { outcome } = await client.conversations.register({ ...VISIT, blocks: (fee) => [...fee, drugs(1)] });
      deepEqual(
        done(outcome).answer.blocks.map((block) => block.class),
        ['120', '120', '210'],
      );
    });

    it('pays what it makes of the bill', async () => {
      const visitOf = { ...VISIT, payment: ({ charged }: Bill) => ({ method: '02', paid: charged - 10 }) };
      const { answer: visit } = done((await client.conversations.register(visitOf)).outcome);
      const { answer: income } = done(await client.income.get({ patient: '3', date: TODAY }));
      equal(income.entries[0]?.paid, visit.charged - 10);
      equal(income.unpaidTotal, 10);
    });

    it('gets a slip per department', async () => {
      const elsewhere = { ...drugs(1), change: { department: '10', physician: '10002' } };
      const { outcome } = await client.conversations.register({ ...VISIT, blocks: [FEE, elsewhere] });
      const { invoice, slips } = done(outcome).answer;
      deepEqual(
        slips.map((slip) => slip.department),
        ['01', '10'],
      );
      equal(slips[0]?.invoice, invoice);
    });

    it('says what the server remarks', async () => {
      const ended = await client.conversations.register({ ...VISIT, insurance: { combination: '0001' } });
      done(ended.outcome);
      deepEqual(
        ended.remarks.map(({ step, code }) => [step, code]),
        [['medicalmodv31/01', 'W25']],
      );
    });

    it('corrects a visit under its slip', async () => {
      const invoice = await registered();
      const key = { patient: '3', date: TODAY, invoice };
      const ended = await client.conversations.correct(key, ({ blocks }) => ({ blocks: [...blocks, drugs(2)] }));
      equal(done(ended.outcome).answer.invoice, invoice);
      const { answer: performed } = done(await client.visits.acts(key));
      deepEqual(
        performed.slips[0]?.blocks.map((block) => block.class),
        ['120', '210'],
      );
    });

    it('does not delete what nobody agreed to delete', async () => {
      const key = { patient: '3', date: TODAY, invoice: await registered() };
      const ended = await client.conversations.remove(key);
      deepEqual([said(ended.outcome), ended.step, ended.lock], ['question S30', 'medicalmodv34/01', 'released']);
      equal(done(await client.visits.list({ date: TODAY })).answer.length, 1);
    });

    it('deletes when the question is answered, and not when it is denied', async () => {
      const key = { patient: '3', date: TODAY, invoice: await registered() };
      const denied = await client.conversations.remove(key, { answer: () => 'no' });
      deepEqual([said(denied.outcome), denied.lock], ['refused E25', 'gone']);
      equal(done(await client.visits.list({ date: TODAY })).answer.length, 1);
      const asked: Question[] = [];
      const ended = await client.conversations.remove(key, { answer: (question) => (asked.push(question), 'ok') });
      deepEqual([said(ended.outcome), ended.lock], ['ok 000', 'released']);
      deepEqual(
        asked.map(({ step, select }) => [step, select]),
        [['medicalmodv34/01', '0001']],
      );
      deepEqual(done(await client.visits.list({ date: TODAY })).answer, []);
    });

    it('answers one question after the other', async () => {
      const asked: string[] = [];
      const blocks = [FEE, { ...drugs(7), count: '30' }];
      const answer = ({ select }: Question) => (asked.push(select), 'no' as const);
      const ended = await client.conversations.register({ ...VISIT, blocks }, { answer });
      deepEqual(asked, ['2001', '2007']);
      done(ended.outcome);
    });

    it('registers nothing where a question is not answered', async () => {
      const ended = await client.conversations.register({ ...VISIT, blocks: [FEE, drugs(7)] });
      deepEqual([said(ended.outcome), ended.step, ended.lock], ['question S40', 'medicalmodv32/03', 'released']);
      deepEqual(done(await client.visits.list({ date: TODAY })).answer, []);
    });

    it('ends where it is refused, and lets go', async () => {
      const blocks = [{ class: '120', items: [{ code: 'nonsense' }] }];
      const ended = await client.conversations.register({ ...VISIT, blocks });
      deepEqual([said(ended.outcome), ended.step, ended.lock], ['refused E30', 'medicalmodv32/02', 'released']);
    });

    it('has nothing to let go of where the patient is open elsewhere', async () => {
      const lock = orca.faults.add({ kind: 'lock', patient: '3' });
      const ended = await client.conversations.register(VISIT);
      deepEqual([said(ended.outcome), ended.step, ended.lock], ['locked E90', 'medicalmodv31/01', 'none']);
      deepEqual(arrivedPaths(orca), ['/api/api21/medicalmodv31']);
      orca.faults.remove(lock);
    });

    it('proposes without a lock', async () => {
      const { answer } = done(await client.conversations.propose({ patient: '3', date: TODAY, department: '01' }));
      deepEqual([answer.insurance.class, answer.fee[0]?.class], ['060', '120']);
      equal(sessions(orca), 0);
    });

    it('lists who has whom open, and breaks a lock only when that is confirmed', async () => {
      orca.faults.add({ kind: 'lock', patient: '3' });
      orca.faults.add({ kind: 'lock', patient: '4' });
      const locks = done(await client.conversations.locks()).answer;
      const held = locks.find(({ patient }) => patient === '00003');
      ok(held);
      const asked = await client.conversations.breakLock(held);
      deepEqual([said(asked.outcome), asked.lock], ['question S40', 'released']);
      equal(sessions(orca), 0);
      equal(done(await client.conversations.locks()).answer.length, 2);
      const broken = await client.conversations.breakLock(held, { answer: () => 'ok' });
      equal(said(broken.outcome), 'ok 000');
      deepEqual(
        done(await client.conversations.locks()).answer.map(({ patient }) => patient),
        ['00004'],
      );
      equal(said((await client.conversations.breakLock('all', { answer: () => 'ok' })).outcome), 'ok 000');
      equal(said((await client.conversations.breakLock(held, { answer: () => 'ok' })).outcome), 'refused E13');
    });
  });
}

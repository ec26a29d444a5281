import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { ConversationCalls } from '../../orca/client/conversations.ts';
import type { ConversationOptions, Ended } from '../../orca/client/conversation.ts';
import type { NewVisit, RegisteredVisit } from '../../orca/client/visit-forms.ts';
import { formatJson, type OrcaRecord, parseJson } from '../../orca/xml2.ts';
import type { Fault } from '../../simulator/faults.ts';
import type { Simulator } from '../../simulator/server.ts';
import { done, Opened, said, TODAY } from '../support/orca-client.ts';
import { isLeftAlone } from '../support/orca-locks.ts';

const BLOCKS = [{ class: '120', items: [{ code: '112007410' }] }];
const VISIT: NewVisit = {
  patient: '3',
  date: TODAY,
  department: '01',
  physician: '10001',
  insurance: { combination: '0001' },
  blocks: BLOCKS,
};
/** Steps with the path and how many requests on it come before. */
const STEPS = [
  ['medicalmodv31/01', 0],
  ['medicalmodv32/02', 0],
  ['medicalmodv32/03', 1],
  ['medicalmodv33/04', 0],
  ['medicalmodv33/05', 1],
] as const;
const DEADLINES = { connectMs: 1000, firstByteMs: 150, idleMs: 1000 };

type Moment = 'arrival' | 'answer';

function faults(path: string, skip: number, moment: Moment): readonly Fault[] {
  const one = { path, skip, count: 1 } as const;
  const both: Fault[] = [
    { kind: 'reset', moment, ...one },
    { kind: 'hang', moment, ...one },
    { kind: 'bad-gateway', moment, ...one },
  ];
  return moment === 'answer' ? [...both, { kind: 'truncate', ...one }] : both;
}

const slow = (opened: Opened, orca: Simulator): ConversationCalls =>
  opened.client(orca.url, {}, { deadlines: DEADLINES }).conversations;

async function register(calls: ConversationCalls, options: ConversationOptions = {}): Promise<Ended<RegisteredVisit>> {
  return calls.register(VISIT, options);
}

function requestOf(body: string): Record<string, Record<string, string>> {
  const { root, record } = parseJson(body);
  const texts = Object.entries(record).filter((field): field is [string, string] => typeof field[1] === 'string');
  return { [root]: Object.fromEntries(texts) };
}

function answer(response: ServerResponse, root: string, record: OrcaRecord): void {
  response.end(formatJson({ root, record }));
}

function failingAt(step: string): (at: string) => void {
  return (at) => {
    if (at === step) throw new TypeError('mine');
  };
}

function failing(): Promise<never> {
  return Promise.reject(new TypeError('mine'));
}

describe('what a conversation leaves behind', () => {
  const opened = new Opened();
  let orca: Simulator;
  beforeEach(async () => void (orca = await opened.simulator()));
  afterEach(() => opened.close());

  const visitsToday = () => orca.clinic.visits.ofDay(TODAY, '', 100).length;

  for (const [step, skip] of STEPS) {
    for (const moment of ['arrival', 'answer'] as const) {
      const path = `/api/api21/${step.replace(/\/.*/, '')}`;
      for (const fault of faults(path, skip, moment)) {
        const isLost = step === 'medicalmodv33/05' && moment === 'answer';
        it(`is ${isLost ? 'a visit and ' : ''}no lock after ${fault.kind} on ${moment} at ${step}`, async () => {
          orca.faults.add(fault);
          const ended = await register(slow(opened, orca));
          equal(ended.outcome.kind, 'broken');
          equal(ended.outcome.kind === 'broken' && ended.outcome.mayBeDone, true);
          equal(ended.step, step);
          isLeftAlone(orca);
          equal(visitsToday(), isLost ? 1 : 0);
          const isBegun = step !== 'medicalmodv31/01' || moment === 'answer';
          equal(ended.lock, isLost ? 'gone' : isBegun ? 'released' : 'none');
        });
      }
    }

    it(`is no lock after the signal at ${step}`, async () => {
      const abort = new AbortController();
      const onStep = (at: string) => void (at === step && abort.abort());
      const ended = await register(slow(opened, orca), { signal: abort.signal, onStep });
      deepEqual([said(ended.outcome), ended.step], ['broken aborted', step]);
      isLeftAlone(orca);
      equal(visitsToday(), 0);
    });

    it(`is no lock after an exception of the caller's at ${step}`, async () => {
      await rejects(register(slow(opened, orca), { onStep: failingAt(step) }), { message: 'mine' });
      isLeftAlone(orca);
      equal(visitsToday(), 0);
    });
  }

  it('is no lock after the signal in the middle of a step', async () => {
    const abort = new AbortController();
    orca.faults.add({ kind: 'slow', latencyMs: 60, moment: 'answer', path: '/api/api21/medicalmodv32', count: 1 });
    const onStep = (at: string) => void (at === 'medicalmodv32/02' && setImmediate(() => abort.abort()));
    const { conversations } = opened.client(orca.url);
    const ended = await register(conversations, { signal: abort.signal, onStep });
    equal(said(ended.outcome), 'broken aborted');
    isLeftAlone(orca);
  });

  it("is no lock where the caller's answer to a question fails", async () => {
    const drugs = { class: '210', items: Array.from({ length: 7 }, (_, n) => ({ code: `62000010${n}` })) };
    const { conversations } = opened.client(orca.url);
    await rejects(conversations.register({ ...VISIT, blocks: [drugs] }, { answer: failing }), { message: 'mine' });
    isLeftAlone(orca);
  });

  it('is no lock where the release itself is lost once', async () => {
    // 31/01, then 99.
    orca.faults.add({ kind: 'reset', path: '/api/api21/medicalmodv31', skip: 1, count: 1 });
    const ended = await opened.client(orca.url).conversations.register({ ...VISIT, blocks: [] });
    deepEqual([ended.outcome.kind, ended.lock], ['refused', 'released']);
    isLeftAlone(orca);
  });

  it('is no lock where the answer to the release is lost, which says nothing about who let go', async () => {
    const path = '/api/api21/medicalmodv31';
    orca.faults.add({ kind: 'reset', path, skip: 1, count: 1, moment: 'answer' });
    const ended = await opened.client(orca.url).conversations.register({ ...VISIT, blocks: [] });
    deepEqual([ended.outcome.kind, ended.lock], ['refused', 'released']);
    isLeftAlone(orca);
  });

  it('is no lock that a slow server takes only after the client has left', async () => {
    const sent: string[] = [];
    const url = await opened.server((request, response) => {
      let body = '';
      request
        .on('data', (piece) => (body += piece))
        .on('end', () => {
          const [root = '', record = {}] = Object.entries(requestOf(body))[0] ?? [];
          const { Request_Number: number = '', Karte_Uid: uid = '' } = record;
          sent.push(`${root} ${number}`);
          const lists = sent.filter((each) => each === 'medicalv3req7 00').length;
          const lock = { Lock_Karte_Uid: uid, Lock_Orca_Uid: 'late' };
          if (root === 'medicalv3req7' && lists === 1) answer(response, 'medicalv3res7', { Api_Result: 'E10' });
          else if (root === 'medicalv3req7')
            answer(response, 'medicalv3res7', { Api_Result: '000', Lock_Information: [lock] });
          else if (number === '99') answer(response, 'medicalv3res1', { Api_Result: '000' });
        });
    });
    const { conversations } = opened.client(url, { form: 'json' }, { deadlines: DEADLINES });
    const ended = await register(conversations);
    deepEqual([said(ended.outcome), ended.lock, ended.orcaUid], ['broken first-byte-timeout', 'released', 'late']);
    deepEqual(sent, ['medicalv3req1 01', 'medicalv3req7 00', 'medicalv3req7 00', 'medicalv3req1 99']);
  });

  it('is said to be unknown where the environment is gone', async () => {
    const onStep = (at: string) => void (at === 'medicalmodv32/02' && orca.faults.add({ kind: 'refuse' }));
    const ended = await register(slow(opened, orca), { onStep });
    deepEqual([ended.outcome.kind, ended.lock], ['broken', 'unknown']);
    ok(ended.orcaUid !== '');
    equal(orca.clinic.locks.all().length, 1);
  });

  it('is nothing of a correction that fails: the visit is as it was', async () => {
    const { conversations } = opened.client(orca.url);
    const { invoice } = done((await register(conversations)).outcome).answer;
    const key = { patient: '3', date: TODAY, invoice };
    orca.faults.add({ kind: 'reset', path: '/api/api21/medicalmodv33', count: 1 });
    const ended = await conversations.correct(key, () => ({ blocks: [...BLOCKS, ...BLOCKS] }));
    deepEqual([said(ended.outcome), ended.lock], ['broken reset', 'released']);
    isLeftAlone(orca);
    equal(orca.clinic.visits.blocks(Number(invoice)).length, 1);
  });

  it('goes before the reads that wait for their turn', async () => {
    const client = opened.client(orca.url, { concurrency: 1 });
    const waiting: Promise<unknown>[] = [];
    const onStep = (at: string) => {
      if (at !== 'medicalmodv32/02') return;
      for (let read = 0; read < 20; read++) waiting.push(client.visits.list({ date: TODAY }));
    };
    const ended = await client.conversations.register({ ...VISIT, blocks: [] }, { onStep });
    equal(ended.lock, 'released');
    const paths = orca.arrivals.list().map(({ target }) => target.replace(/^.*\/|\?.*$/g, ''));
    ok(paths.lastIndexOf('medicalmodv31') - paths.indexOf('medicalmodv32') <= 2, paths.join(' '));
    await Promise.all(waiting);
  });
});

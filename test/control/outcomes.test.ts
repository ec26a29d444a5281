import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import type { WriteRecord } from '../../gateway/journal/journal.ts';
import { removeFolders } from '../state/folder.ts';
import { scene, TOKENS } from './fixture.ts';
import type { Scene } from './fixture.ts';
import { locked } from './locked.ts';

const RECORD: WriteRecord = {
  id: 'w-1',
  partner: 'emr',
  method: 'POST',
  path: '/api/orca11/acceptmodv2',
  call: 'acceptmodv2',
  patient: '00012',
  digest: 'ab'.repeat(32),
  bytes: 512,
  environment: 'cloudEmergency',
  epoch: 1,
  at: '2026-04-13T09:30:00.000Z',
};

describe('unknown outcomes over HTTP', () => {
  let here: Scene;

  beforeEach(async () => {
    here = await scene();
  });
  afterEach(async () => {
    await here.end();
    removeFolders();
  });

  async function becomesUnknown(id = 'w-1'): Promise<void> {
    await here.journal.begin({ ...RECORD, id });
    here.journal.unknown(id, 'environment-reset');
  }

  const tick = (id: string, note: unknown = '患者番号 00012、受付済みを確認') =>
    here.call('POST', `/api/outcomes/${id}`, { body: { note } });
  const gauge = async () => /^hybrid_gateway_outcomes_open (\d+)$/m.exec(await here.registry.metrics())?.[1];

  it('are listed with the patient, for those who may see patients', async () => {
    assert.deepEqual((await here.call('GET', '/api/outcomes')).json, { outcomes: [] });
    await becomesUnknown();
    const { status, json } = await here.call('GET', '/api/outcomes', { token: TOKENS.patients });
    assert.equal(status, 200);
    const [{ since, ...outcome } = { since: '' }] = json['outcomes'] as { since: string }[];
    assert.deepEqual(outcome, { ...RECORD, cause: 'environment-reset' });
    assert.ok(!Number.isNaN(Date.parse(since)));
    assert.equal((await here.call('GET', '/api/outcomes', { token: TOKENS.switch })).status, 403);
    assert.equal(await gauge(), '1');
  });

  it('are ticked off with a note; the trail has who and what, without a patient for those who may not see it', async () => {
    await becomesUnknown();
    const { status, json } = await tick('w-1');
    assert.equal(status, 200);
    assert.equal(json['open'], 0);
    assert.deepEqual(here.journal.outcomes(), []);
    assert.equal(await gauge(), '0');
    const row = async (token: string) => {
      const answer = await here.call('GET', '/api/audit?limit=1', { token });
      const [newest] = answer.json['rows'] as Record<string, unknown>[];
      const { action, by, subject, reason, address } = newest ?? {};
      return { action, by, subject, reason, address };
    };
    const told = { action: 'outcome-tick', by: 'control.token', subject: 'w-1', address: '127.0.0.1' };
    assert.deepEqual(await row(here.control.token), { ...told, reason: '患者番号 00012、受付済みを確認' });
    assert.deepEqual(await row(TOKENS.read), { ...told, reason: null });
  });

  it('that are not there are 404; those that somebody else has ticked off are 409, with who and when', async () => {
    await becomesUnknown();
    assert.equal((await tick('w-2')).json['code'], 'OUTCOME_NOT_FOUND');
    assert.equal((await tick('w-1')).status, 200);
    const { status, json } = await tick('w-1');
    assert.equal(status, 409);
    assert.equal(json['code'], 'OUTCOME_TICKED');
    assert.equal(json['by'], 'control.token');
  });

  it('need a note of one line, and a caller that may do both: see patients, and change', async () => {
    await becomesUnknown();
    for (const note of ['', '  ', 5, 'a\nb', 'x'.repeat(501)]) assert.equal((await tick('w-1', note)).status, 400);
    for (const token of [TOKENS.patients, TOKENS.switch, TOKENS.read]) {
      const answer = await here.call('POST', '/api/outcomes/w-1', { token, body: { note: 'x' } });
      assert.equal(answer.status, 403);
    }
    assert.equal(here.journal.outcomes().length, 1);
  });

  it('of two who tick one off at once, one is told that the other did', async () => {
    await becomesUnknown();
    const answers = await Promise.all([tick('w-1'), tick('w-1')]);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 409]));
  });

  it('are told as they come up and go, with the patient only to those who may see it', async () => {
    const listen = async (token: string) => {
      const request = http.get(`${here.control.address.url}/api/events`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      return text(response);
    };
    const streams = Promise.all([listen(here.control.token), listen(TOKENS.read)]);
    await streamsAre(2);
    await becomesUnknown();
    await tick('w-1', 'checked');
    here.control.events.close();
    const [whole, reduced] = await streams;
    for (const stream of [whole, reduced]) {
      const events = [...stream.matchAll(/event: outcome\ndata: (.*)\n/g)].map((match) => JSON.parse(match[1] ?? ''));
      assert.deepEqual(
        events.map(({ change, id, open }) => [change, id, open]),
        [
          ['opened', 'w-1', 1],
          ['ticked', 'w-1', 0],
        ],
      );
    }
    assert.match(whole, /"patient":"00012"/);
    assert.doesNotMatch(reduced, /00012|abab/);
  });

  async function streamsAre(open: number): Promise<void> {
    const metric = `hybrid_gateway_control_event_streams ${open}`;
    while (!(await here.registry.metrics()).includes(metric)) await new Promise(setImmediate);
  }

  it('are not ticked off where the trail cannot be written', async () => {
    await becomesUnknown();
    const lock = locked(here.stateDir, 'audit.db');
    const { status, json } = await tick('w-1');
    lock.close();
    assert.equal(status, 503);
    assert.equal(json['code'], 'STATE_UNWRITABLE');
    assert.equal(here.journal.outcomes().length, 1);
    assert.equal((await tick('w-1')).status, 200);
  });
});

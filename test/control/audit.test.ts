import assert from 'node:assert/strict';
import type { AuditHead } from '../../control/switch/audit-row.ts';
import { verifyAudit } from '../../control/switch/verify.ts';
import { removeFolders } from '../state/folder.ts';
import { scene, TOKENS } from './fixture.ts';
import type { Scene, Setting } from './fixture.ts';

interface Row {
  readonly id: number;
  readonly action: string;
  readonly outcome: string;
  readonly [column: string]: unknown;
}

describe('the audit trail over HTTP', () => {
  let here: Scene;

  async function set(setting: Setting = {}): Promise<void> {
    here = await scene(setting);
  }
  afterEach(async () => {
    await here.end();
    removeFolders();
  });

  async function rows(query = ''): Promise<Row[]> {
    return (await here.call('GET', `/api/audit${query}`, { token: TOKENS.read })).json['rows'] as Row[];
  }
  const go = (body: object, headers = {}) =>
    here.call('POST', '/api/mode', { headers, body: { reason: '回線障害', expectedEpoch: 1, ...body } });
  const told = async () => (await rows()).map(({ action, outcome }) => `${action} ${outcome}`).reverse();

  it('begins with the mode that the state began in, and with the start', async () => {
    await set();
    assert.deepEqual(await told(), ['begin switched', 'start done']);
    const [start] = await rows();
    assert.deepEqual(start?.['detail'], {
      mode: 'normal',
      target: 'cloudEmergency',
      awaits: null,
      wrote: [],
      pid: process.pid,
      endedBadly: false,
    });
  });

  it('has a switch before it is done and after it: who, from where, why, what it was and is, what was overridden', async () => {
    await set({ dwellMs: 0 });
    assert.equal((await go({ to: 'emergency', target: 'local' }, { 'x-request-id': 'r-77' })).status, 200);
    const [done, asked] = await rows();
    assert.deepEqual([asked?.action, asked?.outcome, done?.outcome], ['switch', 'asked', 'switched']);
    const { by, via, address, request, reason, before, after, concludes, epoch, overrides } = done!;
    assert.deepEqual(
      { by, via, address, request, reason, concludes, epoch, overrides },
      {
        by: 'control.token',
        via: 'token',
        address: '127.0.0.1',
        request: 'r-77',
        reason: '回線障害',
        concludes: asked?.id,
        epoch: 2,
        overrides: [],
      },
    );
    const { mode, target, since } = here.store.current;
    assert.deepEqual(after, { mode, target, epoch: 2, since });
    assert.equal((before as { mode: string }).mode, 'normal');
  });

  it('has what was refused, blocked, in conflict and failed', async () => {
    await set({ configured: ['operational', 'cloudEmergency'], steps: { settle: () => ({ left: 2 }) } });
    await go({ to: 'recovery' });
    await go({ to: 'emergency', target: 'local' });
    await go({ to: 'emergency', expectedEpoch: 9 });
    await go({ to: 'emergency' });
    assert.deepEqual((await told()).slice(2), [
      'switch refused',
      'switch blocked',
      'switch conflict',
      'switch asked',
      'switch failed',
    ]);
    const [failed, , , blocked, refused] = await rows();
    assert.equal((failed!['detail'] as { step: string }).step, 'settle');
    assert.deepEqual(blocked?.['detail'], { checks: ['target-configured'] });
    assert.deepEqual(refused?.['detail'], { rule: 'emergency-first' });
  });

  it('has a confirmation, with the mode that was vouched for', async () => {
    await set({ initial: null });
    const body = { mode: 'emergency', expectedEpoch: 1, reason: '交換' };
    assert.equal((await here.call('POST', '/api/mode/confirm', { body })).status, 200);
    assert.deepEqual((await told()).slice(2), ['confirm asked', 'confirm confirmed']);
  });

  it('has what something else committed, from the history', async () => {
    await set();
    here.store.commit({
      expectedEpoch: 1,
      mode: 'emergency',
      target: 'cloudEmergency',
      by: 'demo',
      reason: 'by itself',
    });
    const [row] = await rows();
    assert.deepEqual([row?.action, row?.outcome, row?.['by'], row?.['epoch']], ['switch', 'switched', 'demo', 2]);
  });

  it('gives its head with every answer to a switch, and that head pins it', async () => {
    await set();
    const heads: AuditHead[] = [];
    for (const body of [{ to: 'recovery' }, { to: 'emergency' }, { to: 'emergency' }]) {
      const { json } = await go(body);
      heads.push(json['audit'] as AuditHead);
    }
    for (const head of heads) assert.deepEqual(verifyAudit(here.stateDir, head).findings, []);
    const [first] = heads;
    const forged = { id: first!.id, hash: 'f'.repeat(64) };
    assert.equal(verifyAudit(here.stateDir, forged).findings[0]?.kind, 'unlike-head');
    assert.deepEqual(here.control.auditHead, heads.at(-1));
  });

  it('is read page by page, newest first', async () => {
    await set();
    for (let epoch = 1; epoch < 6; epoch += 1)
      await go({ to: epoch % 2 === 1 ? 'emergency' : 'normal', expectedEpoch: epoch });
    const first = await rows('?limit=5');
    const second = await rows(`?limit=5&before=${first.at(-1)?.id}`);
    assert.deepEqual(
      [...first, ...second].map(({ id }) => id),
      [12, 11, 10, 9, 8, 7, 6, 5, 4, 3],
    );
    for (const query of ['?limit=0', '?limit=1001', '?before=0', '?before=x', '?after=1'])
      assert.equal((await here.call('GET', `/api/audit${query}`)).status, 400);
  });

  it('has the stop of the process, and tells at the next start where there was none', async () => {
    await set();
    const { stateDir } = here;
    await here.end();
    await set({ stateDir });
    assert.deepEqual(await told(), ['begin switched', 'start done', 'stop done', 'start done']);
    const [start] = await rows();
    assert.equal((start!['detail'] as { endedBadly: boolean }).endedBadly, false);
  });

  it('goes on over a restart of the API, and stays sound', async () => {
    await set();
    await go({ to: 'emergency' });
    const { stateDir } = here;
    await here.end();
    assert.deepEqual(verifyAudit(stateDir).findings, []);
    await set({ stateDir });
    assert.deepEqual(verifyAudit(stateDir).findings, []);
  });
});

import assert from 'node:assert/strict';
import { removeFolders } from '../state/folder.ts';
import { scene, TOKENS } from './fixture.ts';
import type { Scene, Setting } from './fixture.ts';

describe('the mode over HTTP', () => {
  let here: Scene;

  async function set(setting: Setting = {}): Promise<void> {
    here = await scene(setting);
  }
  afterEach(async () => {
    await here.end();
    removeFolders();
  });

  function go(body: object) {
    return here.call('POST', '/api/mode', { body: { reason: '回線障害', ...body } });
  }

  describe('GET /api/mode', () => {
    it('tells the state, what each environment answers in it, and what may follow', async () => {
      await set();
      const { status, json } = await here.call('GET', '/api/mode', { token: TOKENS.read });
      assert.equal(status, 200);
      assert.deepEqual(json, {
        state: here.store.current,
        confirmed: true,
        awaits: null,
        fenced: null,
        routed: 'operational',
        header: { operational: 'normal', cloudEmergency: 'normal-fa', localEmergency: 'normal-fa' },
        next: ['emergency'],
        proposal: null,
      });
    });

    it('tells only of configured environments', async () => {
      await set({ configured: ['operational', 'localEmergency'] });
      const { json } = await here.call('GET', '/api/mode');
      assert.deepEqual(json['header'], { operational: 'normal', localEmergency: 'normal-fa' });
    });

    it('tells why writes wait', async () => {
      await set({ initial: null });
      here.gateway.fencedBecause = 'unconfirmed';
      const { json } = await here.call('GET', '/api/mode');
      assert.equal(json['confirmed'], false);
      assert.equal(json['awaits'], 'empty');
      assert.equal(json['fenced'], 'unconfirmed');
    });

    it('answers HEAD without a body', async () => {
      await set();
      const { status, text, headers } = await here.call('HEAD', '/api/mode');
      assert.equal(status, 200);
      assert.equal(text, '');
      assert.ok(Number(headers['content-length']) > 100);
    });
  });

  describe('POST /api/mode', () => {
    it('switches all the way round, both names of a target accepted', async () => {
      await set();
      const first = await go({ to: 'emergency', target: 'local', expectedEpoch: 1 });
      assert.equal(first.status, 200);
      const { state, steps } = first.json as { state: object; steps: { name: string }[] };
      assert.deepEqual(state, here.store.current);
      assert.deepEqual(
        steps.map(({ name }) => name),
        ['fence', 'drain', 'settle', 'commit', 'flip'],
      );
      assert.equal(here.store.current.target, 'localEmergency');
      assert.equal(here.store.current.by, 'control.token');
      await go({ to: 'emergency', target: 'cloudEmergency', expectedEpoch: 2 });
      assert.equal(here.store.current.target, 'cloudEmergency');
      await go({ to: 'recovery', expectedEpoch: 3 });
      await go({ to: 'emergency', expectedEpoch: 4 });
      await go({ to: 'normal', expectedEpoch: 5 });
      assert.equal(here.store.current.epoch, 6);
      assert.equal(here.store.current.mode, 'normal');
    });

    it('writes down whose token it was, and the reason without spaces around it', async () => {
      await set();
      const body = { to: 'emergency', expectedEpoch: 1, reason: '  訓練 ' };
      assert.equal((await here.call('POST', '/api/mode', { body, token: TOKENS.switch })).status, 200);
      assert.equal(here.store.current.by, 'switch-name');
      assert.equal(here.store.current.reason, '訓練');
    });

    it('that the table forbids is 422 and names the rule', async () => {
      await set();
      const { status, json } = await go({ to: 'recovery', expectedEpoch: 1 });
      assert.equal(status, 422);
      assert.equal(json['code'], 'SWITCH_REFUSED');
      assert.equal(json['rule'], 'emergency-first');
      assert.match(String(json['detail']), /先に応急措置モード/);
    });

    it('on an old epoch is 409 and tells the present state', async () => {
      await set();
      await go({ to: 'emergency', expectedEpoch: 1 });
      const { status, json } = await go({ to: 'emergency', expectedEpoch: 1 });
      assert.equal(status, 409);
      assert.equal(json['code'], 'EPOCH_CONFLICT');
      assert.deepEqual(json['current'], here.store.current);
    });

    it('too soon after the last is 412, and goes on when that is overridden by name or by *', async () => {
      await set({ dwellMs: 60_000 });
      assert.equal((await go({ to: 'emergency', expectedEpoch: 1 })).status, 200);
      const { status, json } = await go({ to: 'recovery', expectedEpoch: 2 });
      assert.equal(status, 412);
      const blocked = json['blocked'] as { name: string; overridable: boolean; remedy: string }[];
      assert.deepEqual(
        blocked.map(({ name, overridable }) => ({ name, overridable })),
        [{ name: 'dwell', overridable: true }],
      );
      assert.match(blocked[0]!.remedy, /秒待って/);
      assert.match(String(json['detailEn']), /"override": \["dwell"\]/);
      const named = await go({ to: 'recovery', expectedEpoch: 2, override: ['dwell'] });
      assert.deepEqual(named.json['overridden'], ['dwell']);
      assert.equal((await go({ to: 'emergency', expectedEpoch: 3, override: ['*'] })).status, 200);
    });

    it('to an environment that is not configured is 412 whatever is overridden', async () => {
      await set({ configured: ['operational', 'cloudEmergency'] });
      const { status, json } = await go({ to: 'emergency', target: 'local', expectedEpoch: 1, override: ['*'] });
      assert.equal(status, 412);
      const [check] = json['blocked'] as { name: string; overridable: boolean }[];
      assert.equal(check?.name, 'target-configured');
      assert.equal(check?.overridable, false);
    });

    it('that the disk does not take is 503, and nothing has changed', async () => {
      await set();
      const pages = Number(here.db.pragma('page_count', { simple: true }));
      here.db.pragma(`max_page_count = ${pages}`);
      const reason = '長'.repeat(500);
      const again = () =>
        go({
          to: here.store.current.mode === 'normal' ? 'emergency' : 'normal',
          expectedEpoch: here.store.current.epoch,
          reason,
        });
      let before = here.store.current;
      let answer = await again();
      for (let tries = 0; answer.status === 200 && tries < 20; tries += 1) {
        before = here.store.current;
        answer = await again();
      }
      assert.equal(answer.status, 503);
      assert.equal(answer.json['code'], 'SWITCH_FAILED');
      assert.equal(answer.json['step'], 'commit');
      assert.match(String(answer.json['detail']), /ディスクの空き容量/);
      assert.deepEqual((await here.call('GET', '/api/mode')).json['state'], before);
      assert.equal(here.store.history(1)[0]?.epoch, before.epoch);
      here.db.pragma('max_page_count = 100000');
      assert.equal((await again()).status, 200);
    });

    it('leaves a line in the log and a figure, whatever became of it', async () => {
      await set();
      await go({ to: 'recovery', expectedEpoch: 1 });
      await go({ to: 'emergency', expectedEpoch: 1 });
      assert.deepEqual(
        here.log.map(({ level, message }) => `${level}: ${message}`),
        ['warn: the mode was not changed', 'info: the mode was changed'],
      );
      const figures = await here.registry.metrics();
      assert.match(figures, /hybrid_gateway_switches_total\{outcome="refused"\} 1/);
      assert.match(figures, /hybrid_gateway_switches_total\{outcome="switched"\} 1/);
      assert.match(figures, /hybrid_gateway_switch_duration_seconds_count\{outcome="switched"\} 1/);
    });
  });

  it('of two operators at once exactly one wins, fifty times over', async () => {
    await set();
    for (let round = 0; round < 50; round += 1) {
      const { epoch, mode } = here.store.current;
      const to = mode === 'normal' ? 'emergency' : 'normal';
      const [one, two] = await Promise.all([
        go({ to, expectedEpoch: epoch }),
        here.call('POST', '/api/mode', { token: TOKENS.switch, body: { to, expectedEpoch: epoch, reason: '二人目' } }),
      ]);
      assert.deepEqual(new Set([one.status, two.status]), new Set([200, 409]));
      assert.equal(here.store.current.epoch, epoch + 1);
      assert.equal(here.store.current.by, one.status === 200 ? 'control.token' : 'switch-name');
    }
  });

  it('is the same before and after a restart of the API', async () => {
    await set();
    await go({ to: 'emergency', expectedEpoch: 1 });
    const before = await here.call('GET', '/api/mode');
    const { stateDir } = here;
    await here.end();
    await set({ stateDir });
    const after = await here.call('GET', '/api/mode');
    assert.deepEqual(after.json['state'], before.json['state']);
  });
});

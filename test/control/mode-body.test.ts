import assert from 'node:assert/strict';
import { removeFolders } from '../state/folder.ts';
import { scene } from './fixture.ts';
import type { Scene, Setting } from './fixture.ts';

describe('what is sent to change the mode', () => {
  let here: Scene;

  async function set(setting: Setting = {}): Promise<void> {
    here = await scene(setting);
  }
  afterEach(async () => {
    await here.end();
    removeFolders();
  });

  describe('a bad body', () => {
    const GOOD = { to: 'emergency', expectedEpoch: 1, reason: '回線障害' };
    const BAD: [string, object, string[]][] = [
      ['nothing', {}, ['to', 'expectedEpoch', 'reason']],
      ['a mode that does not exist', { ...GOOD, to: 'panic' }, ['to']],
      ['a target that is none', { ...GOOD, target: 'operational' }, ['target']],
      ['an epoch in quotes', { ...GOOD, expectedEpoch: '1' }, ['expectedEpoch']],
      ['half an epoch', { ...GOOD, expectedEpoch: 1.5 }, ['expectedEpoch']],
      ['epoch zero', { ...GOOD, expectedEpoch: 0 }, ['expectedEpoch']],
      ['a reason of spaces', { ...GOOD, reason: '   ' }, ['reason']],
      ['a reason of two lines', { ...GOOD, reason: 'a\nb' }, ['reason']],
      ['a reason without end', { ...GOOD, reason: 'a'.repeat(501) }, ['reason']],
      ['an override that is no list', { ...GOOD, override: '*' }, ['override']],
      ['an override of numbers', { ...GOOD, override: [1] }, ['override.0']],
      ['a field that it does not know', { ...GOOD, force: true }, ['force']],
      ['a list', [], ['(body)']],
    ];

    for (const [name, body, fields] of BAD) {
      it(`with ${name} is 400 and names the field`, async () => {
        await set();
        const { status, json } = await here.call('POST', '/api/mode', { body });
        assert.equal(status, 400);
        assert.equal(json['code'], 'INVALID_FIELDS');
        const named = json['fields'] as { field: string }[];
        assert.deepEqual([...new Set(named.map(({ field }) => field))], fields);
        assert.equal(here.store.current.epoch, 1);
      });
    }

    for (const body of ['', '{', '"text"', 'null', '{"to":"emergency"}}', '{"__proto__":{"to":"emergency"}}']) {
      it(`of ${JSON.stringify(body)} is 400`, async () => {
        await set();
        assert.equal((await here.call('POST', '/api/mode', { body })).status, 400);
      });
    }

    it('of another type is 415', async () => {
      await set();
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'json', '']) {
        const headers = { 'content-type': type };
        const { status, json } = await here.call('POST', '/api/mode', { body: JSON.stringify(GOOD), headers });
        assert.equal(status, 415, type);
        assert.equal(json['code'], 'NOT_JSON_TYPE');
      }
    });

    it('that is compressed is 415', async () => {
      await set();
      const headers = { 'content-encoding': 'gzip' };
      assert.equal((await here.call('POST', '/api/mode', { body: GOOD, headers })).status, 415);
    });

    it('above 64 KiB is 413, however it is framed', async () => {
      await set();
      const body = JSON.stringify({ ...GOOD, reason: 'a'.repeat(64 * 1024) });
      assert.equal((await here.call('POST', '/api/mode', { body })).status, 413);
      const headers = { 'transfer-encoding': 'chunked' };
      const { status, json } = await here.call('POST', '/api/mode', { body, headers });
      assert.equal(status, 413);
      assert.equal(json['code'], 'BODY_TOO_LARGE');
    });

    it('with a charset and in chunks is no bad one', async () => {
      await set();
      const headers = { 'content-type': 'application/json; charset=UTF-8', 'transfer-encoding': 'chunked' };
      assert.equal((await here.call('POST', '/api/mode', { body: GOOD, headers })).status, 200);
    });
  });
});

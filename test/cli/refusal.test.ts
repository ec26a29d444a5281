import { deepEqual, equal, match } from 'node:assert/strict';
import { ControlApiStage, staged } from '../support/control-api.ts';

const clinic = staged();

describe('what the control API refuses', () => {
  const problem = { type: 'urn:x', title: 'T', code: 'C', detail: '日本語の説明', detailEn: 'the English one' };
  const refusals: readonly [number, number, object, RegExp][] = [
    [400, 2, {}, /日本語の説明\nthe English one/],
    [401, 5, {}, /トークンが違います/],
    [403, 5, {}, /lacks the scope/],
    [409, 7, {}, /hybrid-gateway mode/],
    [422, 6, {}, /日本語の説明\nthe English one/],
    [500, 1, {}, /the English one/],
    [503, 1, {}, /the English one/],
    [
      412,
      6,
      {
        blocked: [
          { name: 'dwell', ja: '間もない', en: 'too soon', remedy: '待つ', overridable: true },
          { name: 'wrote', ja: '未反映', en: 'not copied', remedy: null, overridable: true },
        ],
      },
      / {2}dwell: 間もない\n {4}too soon\n {4}→ 待つ\n {2}wrote: 未反映\n {4}not copied\n.*--override dwell --override wrote/,
    ],
    [
      412,
      6,
      { blocked: [{ name: 'target-configured', ja: 'ない', en: 'none', remedy: null, overridable: false }] },
      /Nothing overrides these/,
    ],
  ];
  for (const [status, exit, more, message] of refusals) {
    it(`${status} ends with ${exit}, Japanese first, and --json still prints the answer`, async () => {
      const body = { ...problem, status, ...more };
      clinic.stage.answers({ 'POST /api/mode': [status, body] });
      const args = [
        'switch',
        'recovery',
        '--reason',
        'x',
        '--expected-epoch',
        '1',
        '--yes',
        '--json',
        '--token',
        'abc',
      ];
      const { code, stdout, stderr } = await clinic.call(args);
      equal(code, exit);
      match(stderr, message);
      deepEqual(JSON.parse(stdout), body);
    });
  }

  it('something else on that port ends with 4', async () => {
    clinic.stage.plays((_, response) => response.end('<html>ORCA</html>'));
    const { code, stderr } = await clinic.call(['mode']);
    equal(code, 4);
    match(stderr, /is not the gateway's control API \(ORCA's own client uses port 8800, too\)/);
  });

  it('nobody there ends with 4', async () => {
    const closed = await ControlApiStage.open();
    const { url } = closed;
    await closed.close();
    const { code, stderr } = await clinic.local(['switch', 'normal', '--reason', 'x', '--url', url]);
    equal(code, 4);
    match(stderr, /接続できません.*\nThe control API does not answer at .* \(ECONNREFUSED\)/);
  });
});

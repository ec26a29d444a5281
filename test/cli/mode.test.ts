import { equal, match, ok } from 'node:assert/strict';
import { staged } from '../support/control-api.ts';
import { MODE, STATE } from './answers.ts';

const clinic = staged();

describe('mode and history', () => {
  it('mode shows the mode, where requests go and the header values', async () => {
    clinic.stage.answers({ 'GET /api/mode': [200, MODE] });
    const { code, stdout, stderr } = await clinic.call(['mode']);
    equal(code, 0);
    equal(stderr, '');
    match(stdout, /^モード mode +通常 normal$/m);
    match(stdout, /^接続先 routed to +運用環境 operational$/m);
    match(stdout, /クラウド応急措置環境 cloudEmergency: normal-fa$/m);
  });

  it('mode says when writes are fenced, and what to do', async () => {
    clinic.stage.answers({ 'GET /api/mode': [200, { ...MODE, confirmed: false, fenced: 'stale' }] });
    match((await clinic.call(['mode'])).stdout, /Writes are fenced: stale\n.*hybrid-gateway confirm --reason/);
  });

  it("what the API says cannot steer the operator's terminal", async () => {
    clinic.stage.answers({ 'GET /api/mode': [200, { ...MODE, state: { ...STATE, reason: 'a\u001b[2Jb\nc\u009bd' } }] });
    const { stdout } = await clinic.call(['mode']);
    match(stdout, /理由 reason +ab c/);
    ok(!stdout.includes('\u001b') && !stdout.includes('\u009b'));
  });

  it('--json prints the answer as it came, on one line', async () => {
    const answer = { ...MODE, something: { more: 1 } };
    clinic.stage.answers({ 'GET /api/mode': [200, answer] });
    const { stdout } = await clinic.call(['mode', '--json']);
    equal(stdout, `${JSON.stringify(answer)}\n`);
  });

  it('history lines its columns up, Japanese or not', async () => {
    const { wrote, ...entry } = STATE;
    equal(wrote.length, 0);
    const history = [
      { ...entry, epoch: 2, mode: 'emergency', from: 'normal', by: '鈴木' },
      { ...entry, epoch: 1, from: null },
    ];
    clinic.stage.answers({ 'GET /api/mode/history?limit=2': [200, { history }] });
    const { code, stdout } = await clinic.call(['history', '--limit', '2']);
    equal(code, 0);
    const [, newest, oldest] = stdout.split('\n');
    equal(newest, '2      2026-04-13T09:30:00+09:00  normal → emergency  cloudEmergency  鈴木       訓練');
    equal(oldest, '1      2026-04-13T09:30:00+09:00  normal              -               suzuki     訓練');
  });
});

import { deepEqual, equal, match } from 'node:assert/strict';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Audit } from '../../control/switch/audit.ts';
import { FROM_PROCESS } from '../../control/switch/audit-row.ts';
import { keepBallast } from '../../state/ballast.ts';
import { ended, staged, start } from '../support/control-api.ts';
import type { Ended } from '../support/control-api.ts';

const clinic = staged();

const OUTCOME = {
  id: 'ab-1',
  at: '2026-04-13T09:30:00.000Z',
  partner: 'emr',
  environment: 'cloudEmergency',
  patient: '00012',
  call: 'acceptmodv2',
  path: '/api/orca11/acceptmodv2',
  cause: 'environment-reset',
};
const HASH = 'ab'.repeat(32);

describe('outcomes', () => {
  it('lists what may or may not be in an environment, and says what to do about it', async () => {
    clinic.stage.answers({ 'GET /api/outcomes': [200, { outcomes: [OUTCOME] }] });
    const { code, stdout, stderr } = await clinic.call(['outcomes']);
    equal(code, 0);
    match(
      stdout,
      /^番号 id .*\nab-1 +2026-04-13T09:30.*emr.*クラウド応急措置環境 cloudEmergency.*00012.*acceptmodv2.*environment-reset\n$/,
    );
    match(stderr, /hybrid-gateway outcomes tick ID --note/);
    clinic.stage.answers({ 'GET /api/outcomes': [200, { outcomes: [] }] });
    match((await clinic.call(['outcomes'])).stdout, /There is no unknown outcome/);
  });

  it('tick sends the note, and says how many are left', async () => {
    clinic.stage.answers({ 'POST /api/outcomes/ab-1': [200, { outcome: OUTCOME, open: 2 }] });
    const { code, stdout } = await clinic.call(['outcomes', 'tick', 'ab-1', '--note', '受付済みを確認']);
    equal(code, 0);
    match(stdout, /残り 2 件/);
    deepEqual(clinic.stage.asked[0]?.body, { note: '受付済みを確認' });
  });

  it('tick that somebody else was quicker with ends with 7, one that is not there with 6', async () => {
    clinic.stage.answers({
      'POST /api/outcomes/a': [409, { code: 'OUTCOME_TICKED', detail: '済み', detailEn: 'ticked' }],
    });
    const ticked = await clinic.call(['outcomes', 'tick', 'a', '--note', 'x']);
    equal(ticked.code, 7);
    equal(ticked.stderr, '済み\nticked\n');
    clinic.stage.answers({
      'POST /api/outcomes/a': [404, { code: 'OUTCOME_NOT_FOUND', detail: '無し', detailEn: 'none' }],
    });
    equal((await clinic.call(['outcomes', 'tick', 'a', '--note', 'x'])).code, 6);
  });

  for (const [args, message] of [
    [['outcomes', 'tick', '--note', 'x'], /ID is missing/],
    [['outcomes', 'tick', 'a'], /--note TEXT is missing/],
    [['outcomes', 'untick'], /"untick" is one word too many/],
    [['operators'], /followed by list, add, remove or password/],
    [['operators', 'add', 'sato'], /--role is viewer, operator or admin/],
    [['operators', 'add', 'sato', 'secret', '--role', 'admin'], /"secret" is one word too many/],
    [['operators', 'add', 'sato', '--role', 'admin', '--password', 'x'], /Unknown option '--password'/],
    [['audit', '--limit', 'all'], /--limit is a whole number/],
    [['audit', 'verify', '--head', '12'], /--head is ID:HASH/],
  ] as const)
    it(`"${args.join(' ')}" is a usage error`, async () => {
      const { code, stderr } = await clinic.local(args);
      equal(code, 2);
      match(stderr, message);
    });
});

describe('operators', () => {
  const list = { operators: [{ name: 'sato', role: 'operator', created: '2026-04-13', changed: '2026-04-14' }] };

  async function typing(typed: string, ...args: string[]): Promise<Ended> {
    const child = start([...args, '--url', clinic.stage.url], { cwd: clinic.folder });
    child.stdin.on('error', () => undefined).end(typed);
    return ended(child);
  }

  it('list shows who may log in, and since when the password is as it is', async () => {
    clinic.stage.answers({ 'GET /api/operators': [200, list] });
    const { code, stdout } = await clinic.call(['operators', 'list']);
    equal(code, 0);
    match(stdout, /sato +operator +2026-04-13 +2026-04-14/);
  });

  it('add and password read the password from the input, never from the command line', async () => {
    clinic.stage.answers({ 'POST /api/operators': [200, list], 'POST /api/operators/sato/password': [200, list] });
    equal((await typing('正しい馬 電池 staple\n', 'operators', 'add', 'sato', '--role', 'operator')).code, 0);
    deepEqual(clinic.stage.asked[0]?.body, { name: 'sato', role: 'operator', password: '正しい馬 電池 staple' });
    const changed = await typing('another password', 'operators', 'password', 'sato');
    equal(changed.code, 0);
    deepEqual(clinic.stage.asked[1]?.body, { password: 'another password' });
    equal(`${changed.stdout}${changed.stderr}`.includes('another password'), false);
  });

  it('add without a password, or with a short one, asks nothing of the gateway', async () => {
    clinic.stage.answers({});
    for (const typed of ['', 'short\n']) {
      equal((await typing(typed, 'operators', 'add', 'sato', '--role', 'viewer')).code, 2);
    }
    deepEqual(clinic.stage.asked, []);
  });

  it('remove removes', async () => {
    clinic.stage.answers({ 'DELETE /api/operators/sato': [200, { operators: [] }] });
    equal((await clinic.call(['operators', 'remove', 'sato'])).code, 0);
    equal(clinic.stage.asked[0]?.method, 'DELETE');
  });

  it('remove whose answer is cut off leaves it open whether it was done', async () => {
    clinic.stage.plays((_, response) => {
      response.writeHead(200, { 'content-length': 999 }).write('{', () => response.destroy());
    });
    const { code, stderr } = await clinic.call(['operators', 'remove', 'sato']);
    equal(code, 4);
    match(stderr, /変更されたかどうかを hybrid-gateway operators list で確認/);
  });
});

describe('audit', () => {
  const ROW = {
    id: 7,
    at: '2026-04-13T09:30:00.000Z',
    by: 'sato',
    address: '192.0.2.7',
    action: 'switch',
    outcome: 'switched',
    epoch: 3,
    subject: 'emergency',
    reason: '回線障害',
  };

  it('lists who did what, and the head that pins it', async () => {
    clinic.stage.answers({ 'GET /api/audit?limit=5&before=8': [200, { head: { id: 9, hash: HASH }, rows: [ROW] }] });
    const { code, stdout, stderr } = await clinic.call(['audit', '--limit', '5', '--before', '8']);
    equal(code, 0);
    match(stdout, /\n7 +2026-04-13T09:30.* sato +192\.0\.2\.7 +switch +switched +3 +emergency +回線障害\n$/);
    equal(stderr, `head 9:${HASH}\n`);
  });

  it('a switch prints the head of the trail', async () => {
    const state = { mode: 'normal', target: 'cloudEmergency', epoch: 4, since: '', by: '', reason: '' };
    clinic.stage.answers({ 'POST /api/mode': [200, { state, audit: { id: 9, hash: HASH } }] });
    const { stdout } = await clinic.call(['switch', 'normal', '--reason', 'x', '--expected-epoch', '3', '--yes']);
    match(stdout, new RegExp(`audit head: 9:${HASH}\\n$`));
  });

  describe('verify', () => {
    const dir = () => join(clinic.folder, 'data');
    const verify = (...args: string[]) => clinic.local(['audit', 'verify', ...args]);
    let head: string;

    before(() => {
      const audit = new Audit({ dir: dir(), ballast: keepBallast(dir(), 4096), history: () => [] });
      const entry = { by: 'sato', whence: FROM_PROCESS, action: 'login', outcome: 'done', epoch: 1 } as const;
      for (let row = 0; row < 4; row += 1) audit.append(entry);
      head = `${audit.head.id}:${audit.head.hash}`;
      audit.close();
    });

    it('ends with 0 on a sound trail, without a gateway, and prints its head', async () => {
      const { code, stdout } = await verify();
      equal(code, 0);
      match(stdout, new RegExp(`^4 行を確認しました.*\\nhead ${head}\\n$`));
      equal((await verify('--head', head, '--state', 'data')).code, 0);
      equal(JSON.parse((await verify('--json')).stdout).rows, 4);
    });

    it('ends with 8 and names the row, where one was changed', async () => {
      const db = new Database(join(dir(), 'audit.db'));
      db.exec("DROP TRIGGER audit_no_update; UPDATE audit SET by = 'nobody' WHERE id = 2");
      db.close();
      const { code, stdout, stderr } = await verify();
      equal(code, 8);
      equal(stdout, '');
      match(stderr, /^2 行目の内容が書き換えられています。\n {2}Row 2 was changed after it was written\.\n/);
      const json = JSON.parse((await verify('--json')).stdout);
      deepEqual(
        json.findings.map(({ kind, id }: { kind: string; id: number }) => [kind, id]),
        [['changed', 2]],
      );
    });

    it('ends with 1 where there is no trail', async () => {
      const { code, stderr } = await verify('--state', 'elsewhere');
      equal(code, 1);
      match(stderr, /NO_AUDIT/);
    });
  });
});

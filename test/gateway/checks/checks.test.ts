import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gatewayChecks } from '../../../gateway/checks.ts';
import type { GatewayChecks } from '../../../gateway/checks.ts';
import type { Finding, Plan } from '../../../gateway/checks/check.ts';
import { diskFinding, writableCheck } from '../../../gateway/checks/disk.ts';
import type { Outcome } from '../../../gateway/journal/journal.ts';
import type { Conversation } from '../../../gateway/pins.ts';
import type { EnvironmentStatus } from '../../../gateway/status.ts';
import { ENVIRONMENTS } from '../../../mode/mode.ts';
import type { EnvironmentName, Mode } from '../../../mode/mode.ts';
import { environment } from '../../../orca/environment.ts';
import type { EnvironmentOptions } from '../../../orca/options.ts';
import { startSimulator } from '../../../simulator/server.ts';
import type { Simulator } from '../../../simulator/server.ts';
import { keepBallast } from '../../../state/ballast.ts';
import { folder, removeFolders } from '../../state/folder.ts';
import { Backend } from '../../support/backend.ts';
import { environmentOptions } from '../../support/gateway.ts';
import { Certificates, PASSPHRASE, pem } from '../../support/tls.ts';
import { smallDisk } from '../../support/tmpfs.ts';

const USER = { user: 'ormaster', password: 'ormaster' };
const NOW = Date.parse('2026-04-13T09:00:00.000Z');

type Given = Partial<Record<EnvironmentName, Partial<EnvironmentOptions> & { readonly url: URL }>>;

function plan(from: Mode, to: Mode, kind: Plan['kind'] = 'switch'): Plan {
  const target = 'cloudEmergency';
  const state = { mode: from, target, epoch: 2, since: '', by: '', reason: '', wrote: [] } as const;
  return { kind, from: state, next: { mode: to, target } };
}

describe('the checks of the gateway before a switch', () => {
  const stops: (() => unknown)[] = [];
  let statuses: EnvironmentStatus[];
  let conversations: Conversation[];
  let outcomes: Outcome[];

  beforeEach(() => {
    [statuses, conversations, outcomes] = [[], [], []];
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    removeFolders();
  });

  async function simulator(): Promise<Simulator> {
    const started = await startSimulator({ patients: 1, history: { days: 1, visitsPerDay: 1 } });
    stops.push(() => started.close());
    return started;
  }

  function checks(given: Given, more: { now?: Date; own?: string; dir?: string } = {}): GatewayChecks {
    const named = ENVIRONMENTS.flatMap((name) => {
      const options = given[name];
      return options === undefined ? [] : [[name, environment(environmentOptions({ ...USER, ...options }))] as const];
    });
    const made = gatewayChecks({
      environments: new Map(named),
      gateway: {
        environments: () => statuses,
        switching: { conversations: () => conversations },
      },
      journal: { outcomes: () => outcomes },
      options: {
        tls: more.own === undefined ? null : { listen: [], certificate: more.own, key: '', clientCa: null },
      },
      health: { everyMs: 0 },
      recovery: { partners: 'emergency' },
      stateDir: more.dir ?? folder(),
      ...(more.now !== undefined && { now: () => more.now ?? new Date() }),
    });
    stops.push(() => made.stop());
    return made;
  }

  async function run({ checks: all }: GatewayChecks, name: string, of: Plan): Promise<Finding> {
    const check = all.find((one) => one.name === name);
    assert.ok(check, name);
    return check.run(of, new AbortController().signal);
  }

  it('have names of their own; only a state that cannot be written cannot be overridden', () => {
    const { checks: all } = checks({});
    assert.deepEqual(
      all.map(({ name, isOverridable }) => `${name}${isOverridable ? '' : '!'}`),
      ['reachable', 'credentials', 'certificate', 'versions', 'conversations', 'outcomes', 'disk', 'state-writable!'],
    );
  });

  describe('reachable and credentials', () => {
    const both = async (all: GatewayChecks, of = plan('normal', 'emergency')) =>
      Promise.all([run(all, 'reachable', of), run(all, 'credentials', of)]);

    it('are in order where the target answers and takes the credentials; it is asked once for both', async () => {
      const cloud = await simulator();
      const all = checks({ cloudEmergency: { url: new URL(cloud.url) } });
      const found = await both(all);
      assert.deepEqual(
        found.map(({ state }) => state),
        ['ok', 'ok'],
      );
      assert.equal(cloud.arrivals.list().length, 2);
    });

    it('ask the environment that partners will be routed to', async () => {
      const [operational, cloud] = [await simulator(), await simulator()];
      const all = checks({
        operational: { url: new URL(operational.url) },
        cloudEmergency: { url: new URL(cloud.url) },
      });
      await both(all, plan('recovery', 'normal'));
      assert.deepEqual([operational.arrivals.list().length, cloud.arrivals.list().length], [2, 0]);
    });

    it('tell a wrong password from an environment that is away', async () => {
      const cloud = await simulator();
      const wrong = checks({ cloudEmergency: { url: new URL(cloud.url), password: 'wrong' } });
      assert.deepEqual(
        (await both(wrong)).map(({ state }) => state),
        ['ok', 'block'],
      );
      const away = checks({ cloudEmergency: { url: new URL('http://127.0.0.1:9') } });
      const [reachable, credentials] = await both(away);
      assert.deepEqual([reachable?.state, credentials?.state], ['block', 'warn']);
      assert.match(reachable?.en ?? '', /cannot be reached \(connect/);
      assert.match(reachable?.remedy ?? '', /起動しているか/);
    });

    it('end in time where the target takes the connection and says nothing', async () => {
      const backend = await Backend.start({ script: () => undefined });
      stops.push(() => backend.down());
      const begun = performance.now();
      const [reachable] = await both(checks({ cloudEmergency: { url: backend.url } }));
      assert.equal(reachable?.state, 'block');
      assert.match(reachable?.en ?? '', /timeout/);
      assert.ok(performance.now() - begun < 4800);
    }).timeout(10_000);

    it('do not keep anybody from confirming the mode while an environment is away', async () => {
      const away = checks({ operational: { url: new URL('http://127.0.0.1:9') } });
      const [reachable] = await both(away, plan('normal', 'normal', 'confirm'));
      assert.equal(reachable?.state, 'warn');
    });
  });

  describe('versions', () => {
    it('are compared, and a difference is told and blocks nothing', async () => {
      const [operational, cloud] = [await simulator(), await simulator()];
      const given = { operational: { url: new URL(operational.url) }, cloudEmergency: { url: new URL(cloud.url) } };
      assert.equal((await run(checks(given), 'versions', plan('normal', 'emergency'))).state, 'ok');
      cloud.conditions.version = '050300-9';
      const skew = await run(checks(given), 'versions', plan('normal', 'emergency'));
      assert.equal(skew.state, 'warn');
      assert.match(skew.en, /program \S+ \/ 050300-9/);
    });

    it('of an environment that is dead are those that it last told, also after a restart', async () => {
      const [operational, cloud] = [await simulator(), await simulator()];
      const given = { operational: { url: new URL(operational.url) }, cloudEmergency: { url: new URL(cloud.url) } };
      const dir = folder();
      const early = checks(given, { dir, now: new Date() });
      assert.equal((await run(early, 'versions', plan('normal', 'emergency'))).state, 'ok');
      await written(join(dir, 'versions.json'), 'cloudEmergency');
      await operational.close();
      const later = checks(given, { dir, now: new Date(Date.now() + 3 * 60 * 60_000) });
      const { state, en } = await run(later, 'versions', plan('normal', 'emergency'));
      assert.match(en, /operational as of \d{4}-/);
      assert.equal(state, 'ok');
    });

    it('that nobody ever told are said to be unknown', async () => {
      const { state, en } = await run(checks({}), 'versions', plan('normal', 'emergency'));
      assert.equal(state, 'warn');
      assert.match(en, /not known/);
    });
  });

  describe('certificate', () => {
    const made = new Certificates();
    after(() => made.remove());

    it('blocks where one is expired, warns a month before, and reads our own without a connection', async () => {
      const authority = made.authority('root');
      const server = made.issue({ name: 'orca', authority, names: ['IP:127.0.0.1'] });
      const client = made.issue({ name: 'clinic', authority });
      const backend = await Backend.start({ tls: pem(server) });
      stops.push(() => backend.down());
      const tls = { url: backend.url, ca: authority.certificate };
      const clientCertificate = { pkcs12: client.pkcs12, passphrase: PASSPHRASE };
      const of = plan('normal', 'emergency');
      const found = (more: Partial<EnvironmentOptions>, now = new Date(NOW), own?: string) =>
        run(
          checks(
            { cloudEmergency: { ...tls, clientCertificate, ...more } },
            { now, ...(own !== undefined && { own }) },
          ),
          'certificate',
          of,
        );
      assert.equal((await found({})).state, 'ok');
      const soon = await found({}, new Date('2049-12-11T00:00:00Z'));
      assert.equal(soon.state, 'warn');
      assert.match(soon.en, /server certificate.* in 20 days.*client certificate.* in 20 days/);
      const expired = made.issue({ name: 'old', authority, isExpired: true });
      const own = await found({ clientCertificate: { pkcs12: expired.pkcs12, passphrase: PASSPHRASE } });
      assert.equal(own.state, 'block');
      assert.match(own.en, /client certificate .* expired on 2020-01-02/);
      const away = await found({ url: new URL('https://127.0.0.1:9') });
      assert.match(away.en, /no connection/);
      const unknown = await found({ ca: null });
      assert.equal(unknown.state, 'block');
      const ours = await found({}, new Date(NOW), expired.certificate);
      assert.equal(ours.state, 'warn', 'what partners see is no reason not to switch');
    }).timeout(20_000);

    it('has nothing to say of plain http', async () => {
      const all = checks({ cloudEmergency: { url: new URL('http://127.0.0.1:9') } });
      assert.equal((await run(all, 'certificate', plan('normal', 'emergency'))).state, 'ok');
    });
  });

  it('conversations that the switch would end are told with who and since when', async () => {
    const since = '2026-04-13T09:00:00.000Z';
    conversations = [
      { orcaUid: 'u-1', partner: 'emr', environment: 'operational', since },
      { orcaUid: 'u-2', partner: 'emr', environment: 'cloudEmergency', since },
    ];
    const all = checks({});
    const { state, en } = await run(all, 'conversations', plan('normal', 'emergency'));
    assert.equal(state, 'warn');
    assert.equal(en, `1 conversations (HAORI) are open: emr since ${since}.`);
    assert.equal((await run(all, 'conversations', plan('emergency', 'recovery'))).state, 'ok', 'nothing is left');
  });

  it('outcomes of an emergency environment block the way to normal, and no other', async () => {
    const all = checks({});
    assert.equal((await run(all, 'outcomes', plan('recovery', 'normal'))).state, 'ok');
    outcomes = [outcome('operational')];
    assert.equal((await run(all, 'outcomes', plan('recovery', 'normal'))).state, 'ok');
    outcomes = [outcome('operational'), outcome('cloudEmergency'), outcome('cloudEmergency')];
    const found = await run(all, 'outcomes', plan('recovery', 'normal'));
    assert.equal(found.state, 'block');
    assert.match(found.ja, /運用環境 1 件、クラウド応急措置環境 2 件/);
    assert.doesNotMatch(JSON.stringify(found), /00012/);
    assert.equal((await run(all, 'outcomes', plan('normal', 'emergency'))).state, 'ok');
  });

  describe('disk', () => {
    const MIB = 1024 * 1024;

    it('warns below 100 MiB, and blocks below 5 where the reserve is gone, too', () => {
      const table: [number, boolean, Finding['state']][] = [
        [100 * MIB, false, 'ok'],
        [100 * MIB - 1, false, 'warn'],
        [5 * MIB, false, 'warn'],
        [5 * MIB - 1, true, 'warn'],
        [5 * MIB - 1, false, 'block'],
        [0, false, 'block'],
      ];
      for (const [free, hasReserve, state] of table)
        assert.equal(diskFinding(free, hasReserve, 'switch').state, state, `${free} ${hasReserve}`);
    });

    it('is written to, in truth: where nothing can be, that blocks, unless there is a reserve to be freed', async () => {
      const disk = smallDisk('6m');
      stops.push(() => disk.unmount());
      const check = writableCheck(disk.dir);
      const state = async () => (await check.run(plan('normal', 'emergency'), new AbortController().signal)).state;
      assert.equal(await state(), 'ok');
      const ballast = keepBallast(disk.dir);
      disk.fill();
      assert.equal(await state(), 'warn');
      ballast.free();
      disk.fill();
      assert.equal(await state(), 'block');
      assert.throws(() => writeFileSync(join(disk.dir, 'x'), 'x'.repeat(4096)), { code: 'ENOSPC' });
    });
  });
});

function outcome(environmentName: EnvironmentName): Outcome {
  return {
    id: 'w-1',
    partner: 'emr',
    method: 'POST',
    path: '/api/orca11/acceptmodv2',
    call: 'acceptmodv2',
    patient: '00012',
    digest: null,
    bytes: 5,
    environment: environmentName,
    epoch: 2,
    at: '2026-04-13T09:00:00.000Z',
    cause: 'environment-reset',
    since: '2026-04-13T09:00:01.000Z',
  };
}

async function written(file: string, word: string): Promise<void> {
  while (!(await readFile(file, 'utf8').catch(() => '')).includes(word)) await new Promise(setImmediate);
}

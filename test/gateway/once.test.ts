import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { EMERGENCY_ENVIRONMENTS, ENVIRONMENTS, hybridMode, MODES, type EnvironmentName } from '../../mode/mode.ts';
import { ordinarily, type Script } from '../support/backend.ts';
import { ask, write } from './ask.ts';
import { clinic, closeAll, single, type Clinic } from './clinic.ts';

const READ_BY_POST = { method: 'POST', path: '/api01rv2/acceptlstv2?class=01', body: '<data/>' };

function counts({ at }: Clinic): Record<EnvironmentName, number> {
  const { operational, cloudEmergency, localEmergency } = at;
  return {
    operational: operational.requests.length,
    cloudEmergency: cloudEmergency.requests.length,
    localEmergency: localEmergency.requests.length,
  };
}

describe('a request goes where the mode says', () => {
  afterEach(closeAll);

  for (const initial of MODES) {
    for (const target of EMERGENCY_ENVIRONMENTS) {
      const name = initial === 'normal' ? 'operational' : target;
      it(`to ${name} in ${initial} (${target}), reads and writes alike`, async () => {
        const one = await clinic({ initial, target });
        for (const answer of [await ask(one.port), await ask(one.port, READ_BY_POST), await write(one.port)]) {
          assert.equal(answer.status, 200);
          assert.deepEqual(answer.hybridmodes, [hybridMode(initial, name)]);
        }
        assert.deepEqual(counts(one), { operational: 0, cloudEmergency: 0, localEmergency: 0, [name]: 3 });
      });
    }
  }

  it('from the moment of a switch, on the same connection', async () => {
    const one = await clinic();
    const steps = [
      ['normal', 'cloudEmergency', 'operational'],
      ['emergency', 'cloudEmergency', 'cloudEmergency'],
      ['emergency', 'localEmergency', 'localEmergency'],
      ['recovery', 'localEmergency', 'localEmergency'],
      ['normal', 'localEmergency', 'operational'],
    ] as const;
    for (const [mode, target, name] of steps) {
      one.switchTo(mode, target);
      const before = counts(one)[name];
      const answer = await write(one.port);
      assert.deepEqual([answer.status, answer.hybridmodes], [200, [hybridMode(mode, name)]]);
      assert.equal(counts(one)[name], before + 1);
    }
  });

  it('and nowhere, where that environment is not configured', async () => {
    const { port, environment } = await single({}, { initial: 'emergency' });
    const answer = await ask(port);
    assert.deepEqual(
      [answer.status, answer.error, answer.hybridmodes],
      [502, 'environment-not-configured', ['emergency-fa']],
    );
    assert.equal(environment.requests.length, 0);
  });

  it('to the operational one in recovery, where recovery.partners says so', async () => {
    const one = await clinic({ initial: 'recovery', recovery: 'operational' });
    assert.deepEqual((await ask(one.port)).hybridmodes, ['recovery']);
    assert.deepEqual((await write(one.port)).hybridmodes, ['recovery']);
    assert.deepEqual(counts(one), { operational: 2, cloudEmergency: 0, localEmergency: 0 });
  });

  it('and writes are refused in recovery, where recovery.partners says so', async () => {
    const one = await clinic({ initial: 'recovery', recovery: 'refuse-writes' });
    assert.deepEqual((await ask(one.port)).hybridmodes, ['recovery-fa']);
    assert.equal((await ask(one.port, READ_BY_POST)).status, 200);
    const refused = await write(one.port);
    assert.deepEqual(
      [refused.status, refused.error, refused.hybridmodes],
      [503, 'recovery-refuses-writes', ['recovery-fa']],
    );
    assert.equal(refused.headers['retry-after'], '30');
    assert.deepEqual(counts(one), { operational: 0, cloudEmergency: 2, localEmergency: 0 });
  });
});

const accept = (number: string) => ({
  method: 'POST',
  path: '/orca11/acceptmodv2',
  body: `<data><acceptreq type="record"><Request_Number type="string">${number}</Request_Number></acceptreq></data>`,
});

describe('while the mode is unconfirmed', () => {
  afterEach(closeAll);

  it('writes are fenced and reads flow, until an operator says what the mode is', async () => {
    const one = await clinic({ initial: null });
    assert.equal((await ask(one.port)).status, 200);
    assert.equal((await ask(one.port, READ_BY_POST)).status, 200);
    const refused = await write(one.port);
    assert.deepEqual([refused.status, refused.error, refused.headers['retry-after']], [503, 'mode-unconfirmed', '5']);
    assert.equal(one.at.operational.requests.length, 2);

    one.switchTo('normal');
    assert.equal((await write(one.port)).status, 200);
  });

  it('a call whose body decides is fenced by its body', async () => {
    const one = await clinic({ initial: null });
    assert.equal((await ask(one.port, accept('00'))).status, 200);
    assert.equal((await ask(one.port, accept('01'))).error, 'mode-unconfirmed');
    assert.equal(one.at.operational.requests.length, 1);
  });
});

function wroteOnDisk(dir: string): unknown[] {
  const db = new Database(join(dir, 'state.db'), { readonly: true });
  try {
    return db.prepare('SELECT environment FROM mode_wrote ORDER BY rowid').pluck().all();
  } finally {
    db.close();
  }
}

describe('an emergency environment that takes a write', () => {
  afterEach(closeAll);

  it('is on disk in wrote before the write arrives', async () => {
    const one = await clinic({ initial: 'emergency' });
    const onArrival: unknown[] = [];
    const noting: Script = (seen, response) => {
      onArrival.push(wroteOnDisk(one.dir));
      return ordinarily(seen, response);
    };
    for (const name of EMERGENCY_ENVIRONMENTS) one.at[name].script = noting;
    await write(one.port);
    await write(one.port);
    one.switchTo('emergency', 'localEmergency');
    await write(one.port);
    assert.deepEqual(onArrival, [['cloudEmergency'], ['cloudEmergency'], ['cloudEmergency', 'localEmergency']]);
    assert.deepEqual(one.store.current.wrote, ['cloudEmergency', 'localEmergency']);
  });

  it('is not for reads, nor for writes that the operational one takes', async () => {
    const one = await clinic();
    await write(one.port);
    one.switchTo('emergency');
    await ask(one.port);
    await ask(one.port, READ_BY_POST);
    assert.deepEqual(one.store.current.wrote, []);
    assert.deepEqual(wroteOnDisk(one.dir), []);
  });

  it('is marked also where the write does not get through', async () => {
    const one = await clinic({ initial: 'emergency' });
    await one.at.cloudEmergency.down();
    assert.equal((await write(one.port)).error, 'connect-failed');
    assert.deepEqual(wroteOnDisk(one.dir), ['cloudEmergency']);
  });

  it('gets nothing while the state cannot be written', async () => {
    const one = await clinic({ initial: 'emergency' });
    const db = new Database(join(one.dir, 'state.db'));
    db.exec('DROP TABLE mode_wrote');
    db.close();
    const refused = await write(one.port);
    assert.deepEqual([refused.status, refused.error, refused.hybridmodes], [503, 'state-unwritable', ['emergency-fa']]);
    assert.equal(one.at.cloudEmergency.requests.length, 0);
    assert.equal((await ask(one.port)).status, 200);
  });
});

describe('what is known of environments', () => {
  afterEach(closeAll);

  it('is one entry for each that is configured', async () => {
    const one = await clinic();
    assert.deepEqual(
      one.gateway.environments().map(({ name, health }) => [name, health]),
      ENVIRONMENTS.map((name) => [name, 'unknown']),
    );
  });
});

import assert from 'node:assert/strict';
import { pino } from 'pino';
import { announcer } from '../../gateway/announce.ts';
import type { EnvironmentName, ModeState } from '../../mode/mode.ts';
import { environment, type Environment } from '../../orca/environment.ts';
import { startSimulator } from '../../simulator/server.ts';

const STATE: ModeState = {
  mode: 'emergency',
  target: 'cloudEmergency',
  epoch: 2,
  since: '2026-11-22T00:00:00.000Z',
  by: 'test',
  reason: 'test',
  wrote: [],
};

function at(url: string, announces: boolean): Environment {
  const deadlines = { connectMs: 500, firstByteMs: 2000, idleMs: 2000 };
  const who = { user: 'ormaster', password: 'ormaster', clientCertificate: null, ca: null, servername: null };
  return environment({
    kind: 'cloud',
    url: new URL(url),
    ...who,
    announces,
    hybrid: 'assumed',
    deadlines,
    concurrency: 4,
  });
}

describe('announcing the mode', () => {
  it('tells the environments that announce one, each its own value, and leaves the others alone', async () => {
    const operational = await startSimulator();
    const cloud = await startSimulator();
    const environments = new Map<EnvironmentName, Environment>([
      ['operational', at(operational.url, false)],
      ['cloudEmergency', at(cloud.url, true)],
    ]);
    await announcer(environments, pino({ level: 'silent' }))(STATE);
    assert.deepEqual([operational.conditions.hybridmode, cloud.conditions.hybridmode], ['normal', 'emergency-fa']);
    await operational.close();
    await cloud.close();
  });

  it('fails in the log alone where an environment is gone', async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    const environments = new Map<EnvironmentName, Environment>([['operational', at('http://127.0.0.1:1', true)]]);
    const telling = announcer(environments, log);
    const first = telling(STATE);
    // A newer mode ends what is still being told of an older one.
    await Promise.all([first, telling({ ...STATE, mode: 'normal', epoch: 3 })]);
    assert.equal(lines.filter((line) => line.includes('mode not announced')).length, 1);
  });
});

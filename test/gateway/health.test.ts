import assert from 'node:assert/strict';
import type { ForwardFault } from '../../gateway/fault.ts';
import {
  causeOfFault,
  observe,
  signOfAnonymousProbe,
  signOfCredentialsProbe,
  unknownHealth,
  type Health,
  type Sign,
} from '../../gateway/health.ts';
import type { HealthCause } from '../../gateway/status.ts';

const THRESHOLDS = { failures: 3, successes: 2 };
const WELL: Sign = { kind: 'well', latencyMs: 5 };
const ILL: Sign = { kind: 'ill', cause: 'connect', detail: 'refused' };

/** What is said after each sign: `+` well, `-` ill; the n-th sign comes at n seconds. */
function after(signs: string): { said: string; health: Health } {
  let health = unknownHealth(0);
  let said = '';
  signs.split('').forEach((sign, i) => {
    health = observe(health, sign === '+' ? WELL : ILL, THRESHOLDS, (i + 1) * 1000);
    said += { up: 'U', down: 'D', unknown: '?' }[health.health];
  });
  return { said, health };
}

describe('health', () => {
  const courses: [string, string, string][] = [
    ['is up with the first good sign', '+', 'U'],
    ['is down only after three bad ones, also at the beginning', '---', '??D'],
    ['is up at once where one bad sign went before', '-+', '?U'],
    ['forgives two bad signs', '+--+--+', 'UUUUUUU'],
    ['is down with the third in a row', '+---', 'UUUD'],
    ['is up again with the second good one in a row', '---++', '??DDU'],
    ['stays down where good and bad take turns', '---+-+-+', '??DDDDDD'],
    ['stays up where bad signs come one by one', '+-+-+-+-', 'UUUUUUUU'],
    ['goes on counting from anew after each change', '+---++---', 'UUUDDUUUD'],
  ];
  for (const [name, signs, said] of courses) it(`${name}: ${signs}`, () => assert.equal(after(signs).said, said));

  it('is so since its last change', () => {
    assert.equal(after('+---').health.sinceMs, 4000);
    assert.equal(after('+---++').health.sinceMs, 6000);
    assert.equal(after('+-+-').health.sinceMs, 1000);
  });

  it('names the cause while it is down, and while it is not known yet', () => {
    assert.deepEqual([after('---').health.cause, after('---').health.detail], ['connect', 'refused']);
    assert.equal(after('-').health.cause, 'connect');
    assert.equal(after('---++').health.cause, null);
    assert.equal(after('+').health.cause, null);
    // One bad sign of a healthy environment is no cause for anything.
    assert.equal(after('+-').health.cause, null);
  });

  it('keeps the newest cause of an environment that is down', () => {
    const { health } = after('---');
    const sign: Sign = { kind: 'ill', cause: 'certificate', detail: 'expired' };
    const next = observe(health, sign, THRESHOLDS, 9000);
    assert.deepEqual([next.health, next.cause, next.detail], ['down', 'certificate', 'expired']);
  });

  it('remembers the last answer, and how long it took', () => {
    const first = observe(unknownHealth(0), { kind: 'well', latencyMs: 7 }, THRESHOLDS, 1000);
    const later = observe(observe(first, WELL, THRESHOLDS, 2000), ILL, THRESHOLDS, 3000);
    assert.deepEqual([first.lastAnswerMs, first.latencyMs], [1000, 7]);
    assert.deepEqual([later.lastAnswerMs, later.latencyMs], [2000, 5]);
  });

  it('is slow where answers take more than three seconds, and up all the same', () => {
    const slow = observe(after('+').health, { kind: 'well', latencyMs: 4200 }, THRESHOLDS, 9000);
    assert.deepEqual([slow.health, slow.cause], ['up', 'slow']);
    assert.match(slow.detail ?? '', /4 秒.*4200 ms/);
    assert.equal(observe(slow, WELL, THRESHOLDS, 9500).cause, null);
  });
});

describe('the cause behind a fault', () => {
  const causes: Record<ForwardFault, HealthCause | null> = {
    'dns-failed': 'dns',
    'connect-failed': 'connect',
    'environment-reset': 'connect',
    'connect-timeout': 'timeout',
    'first-byte-timeout': 'timeout',
    'idle-timeout': 'timeout',
    'tls-failed': 'tls',
    'certificate-refused': 'certificate',
    'bad-answer': 'http',
    'bad-target': null,
    'partner-gone': null,
    'partner-broke-off': null,
    'body-too-large': null,
    'request-timeout': null,
    'partner-stalled': null,
    'cut-by-switch': null,
    'taken-back': null,
  };
  // Object.entries would widen the key to string.
  for (const fault of [
    ...(['dns-failed', 'connect-failed', 'connect-timeout', 'tls-failed', 'certificate-refused'] as const),
    ...(['first-byte-timeout', 'idle-timeout', 'environment-reset', 'bad-answer'] as const),
    ...(['bad-target', 'partner-gone', 'partner-broke-off', 'partner-stalled', 'body-too-large'] as const),
    ...(['request-timeout', 'cut-by-switch', 'taken-back'] as const),
  ]) {
    it(`${fault}: ${causes[fault] ?? 'says nothing of the environment'}`, () => {
      assert.equal(causeOfFault(fault), causes[fault]);
    });
  }
});

function says(sign: Sign): 'well' | HealthCause {
  return sign.kind === 'well' ? 'well' : sign.cause;
}

describe('an answer to a probe', () => {
  const cases: [number, string | undefined, 'well' | HealthCause, 'well' | HealthCause][] = [
    // status, Allow, without credentials, with them
    [401, undefined, 'well', 'credentials'],
    [403, undefined, 'http', 'credentials'],
    [200, undefined, 'well', 'well'],
    [204, undefined, 'well', 'well'],
    [405, 'OPTIONS, GET', 'http', 'http'],
    [405, undefined, 'http', 'http'],
    [404, undefined, 'http', 'http'],
    [302, undefined, 'http', 'http'],
    [500, undefined, 'http', 'http'],
    [503, undefined, 'http', 'http'],
  ];
  for (const [status, allow, without, withThem] of cases) {
    it(`${status}${allow ? ' with Allow' : ''}: ${without} without credentials, ${withThem} with them`, () => {
      assert.equal(says(signOfAnonymousProbe(status, 12, allow)), without);
      assert.equal(says(signOfCredentialsProbe(status, 12, allow)), withThem);
    });
  }

  it('that is 405 with Allow points at the path in the configuration', () => {
    const sign = signOfAnonymousProbe(405, 12, 'OPTIONS, GET');
    assert.match(sign.kind === 'ill' ? sign.detail : '', /パス.*url/);
  });

  it('that refuses the credentials points at them', () => {
    const sign = signOfCredentialsProbe(401, 12, undefined);
    assert.match(sign.kind === 'ill' ? sign.detail : '', /パスワード.*password/);
  });
});

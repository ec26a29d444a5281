import assert from 'node:assert/strict';
import { answers, resets, silently } from '../support/backend.ts';
import { EMR } from '../support/gateway.ts';
import { ask, basic, READ, valuesOf, write, WRITE, type Question } from './ask.ts';
import { clinic, closeAll, type Clinic } from './clinic.ts';
import { RawPartner } from './raw.ts';

const AUTH = ['Authorization', basic(EMR)];
const TIGHT = { limits: { headers: 20, bodyBytes: 1000 } } as const;
const IMPATIENT = { deadlines: { connectMs: 500, firstByteMs: 300, idleMs: 500 } };

describe('X-Hybridmode is on every reply, once, and says', () => {
  afterEach(closeAll);

  const states = [
    ['normal', 'cloudEmergency', 'normal'],
    ['emergency', 'cloudEmergency', 'emergency-fa'],
    ['emergency', 'localEmergency', 'emergency-fa'],
    ['recovery', 'cloudEmergency', 'recovery-fa'],
    ['recovery', 'localEmergency', 'recovery-fa'],
  ] as const;

  for (const [initial, target, value] of states) {
    it(`${value} in ${initial} (${target}), whatever the environment says`, async () => {
      const { at, port } = await clinic({ ...TIGHT, initial, target });
      const environment = at[initial === 'normal' ? 'operational' : target];
      const fields = ['X-Hybridmode', 'normal-fa', 'x-hybridmode', 'recovery', 'X_Hybridmode', 'emergency'];
      environment.script = (_seen, response) => response.writeHead(200, fields).end();
      for (const { rawHeaders, status } of [await ask(port), await write(port), await ask(port, { method: 'HEAD' })]) {
        assert.equal(status, 200);
        assert.deepEqual(hybridmodes(rawHeaders), [value]);
      }
    });
  }

  const own: [number, string, Question][] = [
    [401, 'unknown-partner', { authorization: null }],
    [400, 'bad-host', { headers: [...AUTH, 'Host', 'a b'] }],
    [400, 'bad-target', { path: '/a/../b' }],
    [405, 'method-not-allowed', { method: 'TRACE' }],
    [411, 'length-required', { method: 'DELETE', headers: [...AUTH, 'Host', 'a', 'Transfer-Encoding', 'chunked'] }],
    [413, 'body-too-large', { method: 'POST', body: 'x'.repeat(1001) }],
    [417, 'expectation-failed', { headers: [...AUTH, 'Host', 'a', 'Expect', 'x'] }],
    [
      431,
      'too-many-headers',
      { headers: ['Host', 'a', ...Array.from({ length: 20 }, (_, i) => [`X-${i}`, '']).flat()] },
    ],
    [501, 'unknown-coding', { method: 'POST', headers: [...AUTH, 'Host', 'a', 'Transfer-Encoding', 'gzip'] }],
  ];
  for (const [status, error, question] of own) {
    it(`where reads would go, on ${status} ${error}`, async () => {
      const { port, switchTo } = await clinic(TIGHT);
      for (const value of ['normal', 'emergency-fa', 'recovery-fa']) {
        const answer = await ask(port, question);
        assert.deepEqual([answer.status, answer.error, hybridmodes(answer.rawHeaders)], [status, error, [value]]);
        if (value !== 'recovery-fa') switchTo(value === 'normal' ? 'emergency' : 'recovery');
      }
    });
  }

  it('where reads would go in recovery, by recovery.partners', async () => {
    for (const [recovery, value] of [
      ['operational', 'recovery'],
      ['refuse-writes', 'recovery-fa'],
    ] as const) {
      const { port } = await clinic({ ...TIGHT, initial: 'recovery', recovery });
      const answer = await ask(port, { authorization: null });
      assert.deepEqual([answer.status, answer.hybridmodes], [401, [value]]);
    }
  });

  const failures: [number, string, (one: Clinic) => unknown, Question?][] = [
    [502, 'connect-failed', ({ at }) => at.cloudEmergency.down()],
    [502, 'environment-reset', ({ at }) => (at.cloudEmergency.script = resets)],
    [504, 'first-byte-timeout', ({ at }) => (at.cloudEmergency.script = silently)],
    [502, 'bad-answer', ({ at }) => (at.cloudEmergency.script = (seen) => seen.socket.end('nonsense\r\n\r\n'))],
    [
      503,
      'mode-unconfirmed',
      ({ store }) => store.demandConfirmation('stale'),
      { method: 'POST', path: WRITE, body: '' },
    ],
  ];
  for (const [status, error, fail, question] of failures) {
    it(`the environment that was asked, on ${status} ${error}`, async () => {
      const one = await clinic({ each: IMPATIENT, initial: 'emergency' });
      await fail(one);
      const answer = await ask(one.port, question);
      assert.deepEqual(
        [answer.status, answer.error, hybridmodes(answer.rawHeaders)],
        [status, error, ['emergency-fa']],
      );
    });
  }

  it('the same on what an environment refuses itself', async () => {
    const { at, port } = await clinic(TIGHT);
    for (const status of [400, 401, 404, 405, 500, 503]) {
      at.operational.script = answers(status, '', { 'X-Hybridmode': 'recovery-fa' });
      const answer = await write(port);
      assert.deepEqual([answer.status, hybridmodes(answer.rawHeaders)], [status, ['normal']]);
    }
  });

  it('where reads would go, on bytes that are no request', async () => {
    const { port } = await clinic({ initial: 'emergency' });
    const partner = await RawPartner.connect(port);
    partner.send('nonsense\r\n\r\n');
    const text = await partner.ended();
    assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.deepEqual(text.match(/X-Hybridmode: .*/g), ['X-Hybridmode: emergency-fa']);
  });
});

describe('X-Hybridmode of a partner', () => {
  afterEach(closeAll);

  it('does not reach an environment', async () => {
    const { at, port } = await clinic();
    await ask(port, { path: READ, headers: { 'X-Hybridmode': 'normal', X_Hybridmode: 'normal' } });
    const [seen] = at.operational.requests;
    assert.deepEqual(hybridmodes(seen!.rawHeaders), []);
  });
});

/** Also those that a careless reader would take for it. */
function hybridmodes(rawHeaders: readonly string[]): string[] {
  return [...valuesOf(rawHeaders, 'x-hybridmode'), ...valuesOf(rawHeaders, 'x_hybridmode')];
}

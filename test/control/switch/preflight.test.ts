import assert from 'node:assert/strict';
import { dwellCheck, targetConfiguredCheck, wroteCheck } from '../../../control/switch/checks.ts';
import type { SwitchPlan } from '../../../control/switch/plan.ts';
import { blocking, CheckNameTaken, Preflight } from '../../../control/switch/preflight.ts';
import type { Check, CheckReport, CheckResult } from '../../../control/switch/preflight.ts';
import type { EmergencyName, EnvironmentName, Mode } from '../../../mode/mode.ts';

const SINCE = '2025-11-22T09:00:00.000Z';
const PLAN: SwitchPlan = plan();

function plan(
  change: { to?: Mode; epoch?: number; wrote?: EmergencyName[]; kind?: SwitchPlan['kind'] } = {},
): SwitchPlan {
  const { to = 'normal', epoch = 2, wrote = [], kind = 'switch' } = change;
  return {
    kind,
    from: { mode: 'recovery', target: 'cloudEmergency', epoch, since: SINCE, by: '', reason: '', wrote },
    next: { mode: to, target: 'cloudEmergency' },
  };
}

function says(state: CheckResult['state']): CheckResult {
  return { state, ja: '', en: '', remedy: null };
}

function check(name: string, run: Check['run'], isOverridable = true): Check {
  return { name, isOverridable, run };
}

function at(ms: number): () => Date {
  return () => new Date(Date.parse(SINCE) + ms);
}

async function states(preflight: Preflight, override: string[] = []): Promise<Record<string, string>> {
  const reports = await preflight.run(PLAN, override);
  return Object.fromEntries(reports.map((report) => [report.name, word(report)]));
}

function word({ state, overridden, overridable }: CheckReport): string {
  return [state, overridden ? 'overridden' : '', overridable ? '' : 'for good'].filter(Boolean).join(' ');
}

describe('preflight', () => {
  it('reports every check, and what blocks', async () => {
    const preflight = new Preflight();
    preflight.register(check('a', () => says('ok')));
    preflight.register(check('b', async () => says('warn')));
    preflight.register(check('c', async () => says('block')));
    assert.deepEqual(await states(preflight), { a: 'ok', b: 'warn', c: 'block' });
    assert.deepEqual(
      blocking(await preflight.run(PLAN)).map(({ name }) => name),
      ['c'],
    );
  });

  it('lets a block be overridden by name or by *, where it may be', async () => {
    const preflight = new Preflight();
    preflight.register(check('a', () => says('block')));
    preflight.register(check('b', () => says('block')));
    preflight.register(check('c', () => says('block'), false));
    preflight.register(check('d', () => says('warn')));
    const rest = { c: 'block for good', d: 'warn' };
    assert.deepEqual(await states(preflight, ['a', 'c', 'd']), { a: 'block overridden', b: 'block', ...rest });
    assert.deepEqual(await states(preflight, ['*']), { a: 'block overridden', b: 'block overridden', ...rest });
    assert.deepEqual(await states(preflight, ['A', '']), { a: 'block', b: 'block', ...rest });
  });

  it('runs all of them at the same time', async () => {
    const preflight = new Preflight();
    const order: string[] = [];
    let release: (() => void) | undefined;
    const second = new Promise<void>((resolve) => (release = resolve));
    preflight.register(
      check('first', async () => {
        await second;
        order.push('first');
        return says('ok');
      }),
    );
    preflight.register(
      check('second', () => {
        order.push('second');
        release?.();
        return says('ok');
      }),
    );
    await preflight.run(PLAN);
    assert.deepEqual(order, ['second', 'first']);
  });

  it('waits for none longer than its time, tells it to stop, and lets it be overridden', async () => {
    const preflight = new Preflight(20);
    let isTold = false;
    const hang = (_: SwitchPlan, signal: AbortSignal) => {
      signal.addEventListener('abort', () => (isTold = true));
      return new Promise<never>(() => undefined);
    };
    preflight.register(check('hangs', hang, false));
    preflight.register(check('quick', () => says('ok')));
    assert.deepEqual(await states(preflight), { hangs: 'block', quick: 'ok' });
    assert.ok(isTold);
    assert.deepEqual(await states(preflight, ['hangs']), { hangs: 'block overridden', quick: 'ok' });
  });

  it('takes a check that throws for a block, whether at once or later', async () => {
    const preflight = new Preflight();
    preflight.register(
      check('at once', () => {
        throw new Error('no idea');
      }),
    );
    preflight.register(check('later', () => Promise.reject(new Error('no idea'))));
    const reports = await preflight.run(PLAN);
    assert.ok(reports.every(({ state, en }) => state === 'block' && en.includes('no idea')));
  });

  it('takes no second check of a name', () => {
    const preflight = new Preflight();
    preflight.register(check('a', () => says('ok')));
    assert.throws(() => preflight.register(check('a', () => says('ok'))), CheckNameTaken);
  });
});

async function goingTo(to: Mode, ...configured: EnvironmentName[]): Promise<string> {
  const { run } = targetConfiguredCheck(configured);
  return (await run(plan({ to }), new AbortController().signal)).state;
}

describe('the check', () => {
  const signal = new AbortController().signal;

  it('dwell blocks until the time since the last switch is over', async () => {
    const state = async (ms: number, from = PLAN) => (await dwellCheck(5000, at(ms)).run(from, signal)).state;
    assert.equal(await state(0), 'block');
    assert.equal(await state(4999), 'block');
    assert.equal(await state(5000), 'ok');
    assert.match((await dwellCheck(5000, at(3500)).run(PLAN, signal)).ja, /あと 2 秒/);
  });

  it('dwell does not count the first start, a confirmation, or a clock that was set back', async () => {
    assert.equal((await dwellCheck(5000, at(0)).run(plan({ epoch: 1 }), signal)).state, 'ok');
    assert.equal((await dwellCheck(5000, at(0)).run(plan({ kind: 'confirm' }), signal)).state, 'ok');
    assert.equal((await dwellCheck(5000, at(-3_600_000)).run(PLAN, signal)).state, 'ok');
  });

  it('wrote blocks normal mode, and only that, while an environment holds work', async () => {
    const state = async (to: Mode, wrote: EmergencyName[]) =>
      (await wroteCheck().run(plan({ to, wrote }), signal)).state;
    assert.equal(await state('normal', []), 'ok');
    assert.equal(await state('normal', ['localEmergency']), 'block');
    assert.equal(await state('emergency', ['cloudEmergency']), 'ok');
    assert.equal(await state('recovery', ['cloudEmergency']), 'ok');
    const { ja } = await wroteCheck().run(plan({ wrote: ['localEmergency', 'cloudEmergency'] }), signal);
    assert.match(ja, /^ローカル応急措置環境とクラウド応急措置環境に/);
  });

  it('wrote warns where another target does not have what the one before it took', async () => {
    const found = await wroteCheck().run(plan({ to: 'emergency', wrote: ['localEmergency'] }), signal);
    assert.equal(found.state, 'warn');
    assert.match(found.ja, /^ローカル応急措置環境に.*クラウド応急措置環境では見えません/);
  });

  it('target-configured blocks where there is nowhere to go', async () => {
    assert.equal(await goingTo('emergency', 'operational', 'cloudEmergency'), 'ok');
    assert.equal(await goingTo('emergency', 'operational', 'localEmergency'), 'block');
    assert.equal(await goingTo('normal', 'cloudEmergency'), 'block');
    assert.equal(targetConfiguredCheck([]).isOverridable, false);
  });
});

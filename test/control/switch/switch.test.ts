import assert from 'node:assert/strict';
import { Audit } from '../../../control/switch/audit.ts';
import type { SwitchDeps, SwitchParts } from '../../../control/switch/deps.ts';
import { createSwitch } from '../../../control/switch/deps.ts';
import type { SwitchOutcome } from '../../../control/switch/outcome.ts';
import type { Check } from '../../../control/switch/preflight.ts';
import { switchMode } from '../../../control/switch/switch.ts';
import type { SwitchRequest } from '../../../control/switch/switch.ts';
import { ENVIRONMENTS } from '../../../mode/mode.ts';
import { ModeStore } from '../../../mode/store.ts';
import { keepBallast } from '../../../state/ballast.ts';
import type { Ballast } from '../../../state/ballast.ts';
import { openState } from '../../../state/open.ts';
import type { State } from '../../../state/open.ts';
import { folder, removeFolders } from '../../state/folder.ts';

const WISH: SwitchRequest = { to: 'emergency', expectedEpoch: 1, reason: '回線障害', by: 'sato' };

const NEVER = new Promise<void>(() => undefined);

function kinds(outcomes: readonly SwitchOutcome[]): string[] {
  return outcomes.map(({ kind }) => kind).sort();
}

describe('a switch', () => {
  let state: State;
  let store: ModeStore;
  let audit: Audit;
  let ballast: Ballast;
  let said: string[];
  let complaints: string[];

  beforeEach(() => {
    state = openState(folder());
    store = new ModeStore(state, { initial: 'normal', target: 'cloudEmergency' });
    ballast = keepBallast(state.dir);
    audit = new Audit({ dir: state.dir, ballast, history: () => store.history(1000) });
    said = [];
    complaints = [];
  });
  afterEach(() => {
    audit.close();
    state.close();
    removeFolders();
  });

  function deps(parts: Partial<SwitchParts> = {}): SwitchDeps {
    return createSwitch({
      store,
      audit,
      ballast,
      options: { dwellMs: 0 },
      configured: ENVIRONMENTS,
      complain: (step, error) => complaints.push(`${step}: ${error instanceof Error ? error.message : 'unknown'}`),
      ...parts,
    });
  }

  function say(name: string): void {
    said.push(`${name} ${store.current.epoch}`);
  }

  /** Steps that say when they run, and in which epoch. */
  function speaking(): NonNullable<SwitchParts['steps']> {
    return {
      fence: () => {
        say('fence');
        return () => say('lift');
      },
      drain: () => say('drain'),
      settle: () => {
        say('settle');
        return { left: 0 };
      },
      announce: () => say('announce'),
    };
  }

  it('goes through its steps in order of time, and the epoch changes once, between settle and the lifting', async () => {
    const outcome = await switchMode(WISH, deps({ steps: speaking() }));
    assert.ok(outcome.kind === 'switched');
    assert.deepEqual(said, ['fence 1', 'drain 1', 'settle 1', 'lift 2', 'announce 2']);
    assert.deepEqual(
      outcome.steps.map(({ name }) => name),
      ['fence', 'drain', 'settle', 'commit', 'flip'],
    );
    assert.ok(outcome.steps.every(({ at, ms }) => !Number.isNaN(Date.parse(at)) && ms >= 0));
  });

  it('on another epoch is a conflict before it is anything else', async () => {
    const outcome = await switchMode({ ...WISH, to: 'normal', expectedEpoch: 9 }, deps());
    assert.deepEqual(outcome, { kind: 'conflict', current: store.current });
  });

  it('that is refused or blocked fences nothing', async () => {
    const all = deps({ steps: speaking(), configured: ['operational'] });
    assert.equal((await switchMode({ ...WISH, to: 'recovery' }, all)).kind, 'refused');
    assert.equal((await switchMode(WISH, all)).kind, 'blocked');
    assert.deepEqual(said, []);
  });

  for (const step of ['fence', 'drain', 'settle'] as const) {
    it(`whose ${step} fails has changed nothing, and lifts the fence that stood`, async () => {
      const failing = { [step]: () => Promise.reject(new Error('out of order')) };
      const outcome = await switchMode(WISH, deps({ steps: { ...speaking(), ...failing } }));
      assert.ok(outcome.kind === 'failed');
      assert.equal(outcome.step, step);
      assert.match(outcome.en, /out of order/);
      assert.equal(store.current.epoch, 1);
      assert.equal(said.includes('lift 1'), step !== 'fence');
    });
  }

  it('that does not settle in time stays where it is, and says how much is left', async () => {
    const outcome = await switchMode(WISH, deps({ steps: { ...speaking(), settle: () => ({ left: 3 }) } }));
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.step, 'settle');
    assert.match(outcome.ja, /3 件/);
    assert.equal(said.at(-1), 'lift 1');
  });

  it('whose commit the disk does not take has changed nothing, and lifts the fence', async () => {
    state.db.pragma(`max_page_count = ${Number(state.db.pragma('page_count', { simple: true }))}`);
    const outcome = await switchMode({ ...WISH, reason: '長'.repeat(10_000) }, deps({ steps: speaking() }));
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.step, 'commit');
    assert.match(outcome.ja, /ディスク/);
    assert.deepEqual(said, ['fence 1', 'drain 1', 'settle 1', 'lift 1']);
    assert.equal(store.current.mode, 'normal');
    assert.equal((await switchMode(WISH, deps())).kind, 'switched');
  });

  it('whose announcement or lifting fails is done all the same, and complains', async () => {
    const steps = {
      fence: () => () => Promise.reject(new Error('stuck')),
      announce: () => Promise.reject(new Error('nobody listens')),
    };
    assert.equal((await switchMode(WISH, deps({ steps }))).kind, 'switched');
    assert.deepEqual(complaints, ['flip: stuck', 'announce: nobody listens']);
  });

  it('does not wait for the announcement', async () => {
    const outcome = await switchMode(WISH, deps({ steps: { announce: () => NEVER } }));
    assert.equal(outcome.kind, 'switched');
  });

  it('is not called failed because a listener throws when the disk has it', async () => {
    store.onChange(() => {
      throw new Error('a broken page');
    });
    const outcome = await switchMode(WISH, deps());
    assert.ok(outcome.kind === 'switched');
    assert.equal(outcome.state.epoch, 2);
    assert.deepEqual(complaints, []);
  });

  it('goes alone: the others wait, and then find that the epoch has moved', async () => {
    let inside = 0;
    const drain = async () => {
      inside += 1;
      assert.equal(inside, 1);
      await new Promise(setImmediate);
      inside -= 1;
    };
    const all = deps({ steps: { drain } });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => switchMode(WISH, all)));
    assert.deepEqual(kinds(outcomes), [...Array.from({ length: 19 }, () => 'conflict'), 'switched']);
  });

  it('waits for its turn behind one that fails', async () => {
    let failures = 1;
    const drain = () => {
      failures -= 1;
      if (failures === 0) throw new Error('once');
    };
    const all = deps({ steps: { drain } });
    const outcomes = await Promise.all([switchMode(WISH, all), switchMode(WISH, all)]);
    assert.deepEqual(kinds(outcomes), ['failed', 'switched']);
  });

  describe('to normal', () => {
    beforeEach(() => {
      store.commit({ expectedEpoch: 1, mode: 'emergency', target: 'cloudEmergency', by: 'sato', reason: '障害' });
    });

    it('is blocked by work that was not copied back, until it is given up by name', async () => {
      store.markWrote('cloudEmergency');
      const wish: SwitchRequest = { ...WISH, to: 'normal', expectedEpoch: 2 };
      const blocked = await switchMode(wish, deps());
      assert.ok(blocked.kind === 'blocked');
      assert.deepEqual(
        blocked.checks.map(({ name }) => name),
        ['wrote'],
      );
      const switched = await switchMode({ ...wish, override: ['wrote'] }, deps());
      assert.ok(switched.kind === 'switched');
      assert.deepEqual(switched.overridden, ['wrote']);
    });

    it('is blocked by a write that slips in between its checks and its commit', async () => {
      const drain = () => store.markWrote('cloudEmergency');
      const wish: SwitchRequest = { ...WISH, to: 'normal', expectedEpoch: 2 };
      const outcome = await switchMode(wish, deps({ steps: { ...speaking(), drain } }));
      assert.ok(outcome.kind === 'blocked');
      assert.deepEqual(store.current.wrote, ['cloudEmergency']);
      assert.equal(said.at(-1), 'lift 2');
    });
  });

  it('runs the checks that rooms register', async () => {
    const all = deps();
    const check: Check = {
      name: 'moon',
      isOverridable: true,
      run: ({ from, next }) => ({
        state: 'block',
        ja: '満月です。',
        en: `Full moon between ${from.mode} and ${next.mode}.`,
        remedy: null,
      }),
    };
    all.preflight.register(check);
    const outcome = await switchMode(WISH, all);
    assert.ok(outcome.kind === 'blocked');
    assert.equal(outcome.checks[0]?.en, 'Full moon between normal and emergency.');
  });
});

import assert from 'node:assert/strict';
import { EMERGENCY_ENVIRONMENTS, MODES } from '../../mode/mode.ts';
import type { EmergencyName, Mode } from '../../mode/mode.ts';
import { decideSwitch, nextModes } from '../../mode/switches.ts';

// The full product, by hand: from, to → with no target | with cloud | with local.
const ALREADY = 'already-there';
const FIRST = 'emergency-first';
const SAME = 'recovery-first';
const NO_TARGET = 'target-is-set-in-emergency';
type Answers = readonly [none: string, cloud: string, local: string];
const TABLE: Readonly<Record<string, Readonly<Record<Mode, Answers>>>> = {
  'normal/cloud': {
    normal: [ALREADY, ALREADY, NO_TARGET],
    emergency: ['emergency/cloud', 'emergency/cloud', 'emergency/local'],
    recovery: [FIRST, FIRST, NO_TARGET],
  },
  'normal/local': {
    normal: [ALREADY, NO_TARGET, ALREADY],
    emergency: ['emergency/local', 'emergency/cloud', 'emergency/local'],
    recovery: [FIRST, NO_TARGET, FIRST],
  },
  'emergency/cloud': {
    normal: ['normal/cloud', 'normal/cloud', NO_TARGET],
    emergency: [ALREADY, ALREADY, 'emergency/local'],
    recovery: ['recovery/cloud', 'recovery/cloud', NO_TARGET],
  },
  'emergency/local': {
    normal: ['normal/local', NO_TARGET, 'normal/local'],
    emergency: [ALREADY, 'emergency/cloud', ALREADY],
    recovery: ['recovery/local', NO_TARGET, 'recovery/local'],
  },
  'recovery/cloud': {
    normal: ['normal/cloud', 'normal/cloud', NO_TARGET],
    emergency: ['emergency/cloud', 'emergency/cloud', SAME],
    recovery: [ALREADY, ALREADY, NO_TARGET],
  },
  'recovery/local': {
    normal: ['normal/local', NO_TARGET, 'normal/local'],
    emergency: ['emergency/local', SAME, 'emergency/local'],
    recovery: [ALREADY, NO_TARGET, ALREADY],
  },
};

const WISHED = [undefined, 'cloudEmergency', 'localEmergency'] as const;

function word(target: EmergencyName): string {
  return target === 'cloudEmergency' ? 'cloud' : 'local';
}

function answer(from: { mode: Mode; target: EmergencyName }, to: Mode, target: EmergencyName | undefined): string {
  const decision = decideSwitch(from, { to, target });
  return decision.kind === 'refused' ? decision.rule : `${decision.next.mode}/${word(decision.next.target)}`;
}

describe('decideSwitch', () => {
  for (const mode of MODES) {
    for (const target of EMERGENCY_ENVIRONMENTS) {
      for (const to of MODES) {
        const from = `${mode}/${word(target)}`;
        it(`${from} to ${to} is answered as the table says, for every target`, () => {
          const answers = WISHED.map((wished) => answer({ mode, target }, to, wished));
          assert.deepEqual(answers, TABLE[from]?.[to]);
        });
      }
    }
  }

  it('says in Japanese and in English what to do instead', () => {
    const decision = decideSwitch({ mode: 'normal', target: 'cloudEmergency' }, { to: 'recovery' });
    assert.ok(decision.kind === 'refused');
    assert.match(decision.ja, /先に応急措置モードへ/);
    assert.match(decision.en, /Switch to emergency first/);
  });
});

describe('nextModes', () => {
  it('lists what may follow without another target', () => {
    const target = 'localEmergency';
    assert.deepEqual(nextModes({ mode: 'normal', target }), ['emergency']);
    assert.deepEqual(nextModes({ mode: 'emergency', target }), ['normal', 'recovery']);
    assert.deepEqual(nextModes({ mode: 'recovery', target }), ['normal', 'emergency']);
  });
});

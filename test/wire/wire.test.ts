import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { ALL, LISTED } from './cases/all.ts';
import type { Verdict } from './run.ts';
import { eventually } from './stage.ts';
import { casesOf, Restless, Suite } from './suite.ts';
import { GATEWAY, type WireMode } from './world.ts';

// Raw bytes against the gateway as a process, raw recording environments behind it. `WIRE_ONLY=S-01,U-09` runs some of the
// cases, `WIRE_GATEWAY=script` another program in the gateway's place, `WIRE_LIST=file` compares the ids with a list.

const script = process.env['WIRE_GATEWAY'] ?? GATEWAY;
const MODES: readonly (readonly [mode: WireMode, name: string])[] = [
  ['normal', 'in normal mode'],
  ['emergency', 'in an emergency'],
  ['switching', 'while the mode changes all the time'],
];

describe('the wire cases', () => {
  it('are 408 and those that were found since, each with an id of its own', () => {
    assert.equal(new Set(ALL.map(({ id }) => id)).size, ALL.length);
    assert.equal(LISTED.length, 408);
  });

  it('are those of the list, where there is one', function () {
    const list = process.env['WIRE_LIST'];
    if (list === undefined || !existsSync(list)) return this.skip();
    const ids = [...readFileSync(list, 'utf8').matchAll(/^(?:- )?\*\*([A-Z]+-[^*]+)\*\*/gm)].map(([, id]) => id);
    assert.deepEqual(new Set(LISTED.map(({ id }) => id)), new Set(ids));
  });
});

for (const [mode, name] of MODES) {
  describe(`the wire cases ${name}`, function () {
    this.timeout(180_000);
    const suite = new Suite(mode, script);
    const cases = casesOf(mode);
    let restless: Restless | null = null;
    let whole: Promise<readonly Verdict[]> = Promise.resolve([]);

    before(async () => {
      await suite.start();
      if (mode === 'switching') restless = new Restless(suite.world, 300);
      whole = suite.run(cases);
    });

    after(async () => {
      await whole;
      await restless?.stop();
      await suite.stop();
    });

    for (const { id, title } of cases) {
      it(`${id} ${title}`, async () => {
        const { faults, evidence } = await suite.verdict(id);
        assert.ok(faults.length === 0, `${faults.join('\n')}\n${evidence}`);
      });
    }

    it('bring nothing in late', async () => {
      const late = (await whole).flatMap(({ id, faults, again }) =>
        again()
          .filter((fault) => !faults.includes(fault))
          .map((fault) => `${id}: ${fault}`),
      );
      assert.deepEqual(late, []);
    });

    it('leave no socket of theirs behind', async () => {
      await whole;
      await eventually(() => suite.world.busy().length === 0, 2000);
      assert.deepEqual(suite.world.busy(), []);
    });

    if (mode === 'switching') {
      it('met more than a few switches', async () => {
        await whole;
        assert.ok(
          (restless?.switched ?? 0) >= 5,
          `${restless?.switched} switches, refused: ${restless?.refused.slice(-3).join('\n')}`,
        );
      });
    }
  });
}

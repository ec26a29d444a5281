import assert from 'node:assert/strict';
import { COST, hashPassword, isOutdated, isPassword } from '../../../control/login/password.ts';

const CHEAP = { N: 2 ** 10, r: 8, p: 1 };

describe('a password', () => {
  it('is kept as a hash with its own salt and cost, and known again', async () => {
    const [one, two] = [await hashPassword('馬 電池', CHEAP), await hashPassword('馬 電池', CHEAP)];
    assert.match(one, /^scrypt\$1024\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    assert.notEqual(one, two);
    assert.equal(await isPassword('馬 電池', one, CHEAP), true);
    assert.equal(await isPassword('馬 電池 ', one, CHEAP), false);
    assert.equal(await isPassword('馬 電池', one, COST), true, 'by the cost that it was made with');
  });

  it('is made anew when the cost has changed', async () => {
    const kept = await hashPassword('x', CHEAP);
    assert.equal(isOutdated(kept, CHEAP), false);
    assert.equal(isOutdated(kept, COST), true);
  });

  it('is nobody’s where nothing is kept, or nothing that can be read', async () => {
    for (const kept of [null, '', 'scrypt$1024$8$1$x', 'md5$x$y', 'scrypt$1024$8$1$aaaa$bbbb'])
      assert.equal(await isPassword('x', kept, CHEAP), false);
  });

  it('of nobody takes as long to refuse as a wrong one', async () => {
    const kept = await hashPassword('right');
    const took = async (given: string | null): Promise<number> => {
      const begun = performance.now();
      await isPassword('wrong', given);
      return performance.now() - begun;
    };
    // The quickest of some: what the machine does beside it only makes one slower.
    const [wrong, nobody]: [number[], number[]] = [[], []];
    for (let round = 0; round < 5; round += 1) {
      wrong.push(await took(kept));
      nobody.push(await took(null));
    }
    const ratio = Math.min(...nobody) / Math.min(...wrong);
    assert.ok(ratio > 0.7 && ratio < 1.4, `nobody ${Math.min(...nobody)} ms, wrong ${Math.min(...wrong)} ms`);
    assert.ok(Math.min(...wrong) > 30, 'and is no cheap guess');
  }).timeout(60_000);
});

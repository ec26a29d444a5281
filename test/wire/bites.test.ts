import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ALL } from './cases/all.ts';
import { Suite } from './suite.ts';

// An oracle that never fails shows nothing. http-proxy-3 with nothing around it must fall where it is known to be weak.
const WEAK = [
  'S-01', // a chunked DELETE is sent on without its framing
  'S-03',
  'S-24', // junk behind a POST costs its answer
  'H-06', // fields with an underscore
  'U-01', // dot segments
  'U-09', // the process ends
  'X-02', // what Connection names
  'X-04', // spoofed addresses
  'X-05c',
  'E-01', // the header policy is passed over
  'P-01', // the process ends
  'P-02',
  'P-05', // the partner waits for ever
  'P-14', // the address of the environment
  'W-03', // an offer of h2c ends in a cut
  'W-04', // a socket is left open
  'M-02', // two modes
  'M-06c', // a reply without a mode
  'Q-TE-underjoin',
];
const SOUND = [
  'U-16',
  'S-28',
  'S-28b',
  'S-28c',
  'S-20d',
  'H-10',
  'X-08',
  'E-05',
  'P-10',
  'P-16',
  'M-01',
  'M-04',
  'M-05',
];

describe('the oracle of the wire cases', function () {
  this.timeout(90_000);
  const suite = new Suite('normal', join(import.meta.dirname, 'bare-proxy.ts'));
  const chosen = ALL.filter(({ id }) => WEAK.includes(id) || SOUND.includes(id));
  let whole: Promise<unknown> = Promise.resolve();

  before(async () => {
    await suite.start();
    whole = suite.run(chosen);
  });

  after(async () => {
    await whole;
    await suite.stop();
  });

  for (const { id, title } of chosen) {
    it(`${WEAK.includes(id) ? 'bites' : 'is content with'} a bare proxy at ${id}: ${title}`, async () => {
      const { faults, evidence } = await suite.verdict(id);
      assert.equal(faults.length > 0, WEAK.includes(id), `${faults.join('\n')}\n${evidence}`);
    });
  }
});

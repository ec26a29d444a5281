import assert from 'node:assert/strict';
import { HandWorked, sent } from './hand.ts';
import { outcomesOf, readJournalAtRest } from './journal.ts';
import { CLOUD, NORMAL } from './places.ts';

describe('a write that is held while the clinic is switched', () => {
  let clinic: HandWorked;
  before(async function () {
    this.timeout(30_000);
    clinic = await HandWorked.start();
  });
  after(() => clinic.stop());
  beforeEach(async () => {
    const { mode } = await clinic.stand.state();
    if (mode !== 'normal') assert.equal((await clinic.stand.operator.switchTo(NORMAL)).status, 200);
  });

  async function held(id: string, more = '', headers: Readonly<Record<string, string>> = {}) {
    const { result, switching } = await clinic.inTheDrain(CLOUD, async (partner) => {
      const { answer } = sent(partner, id, more, headers);
      await clinic.hasRead();
      return { answer };
    });
    assert.equal(switching.status, 200);
    return result.answer;
  }

  it('goes to the new environment, once, and its answer says so', async () => {
    const { status, hybridmode, environment } = await held('plain');
    assert.deepEqual([status, hybridmode, environment], [200, 'emergency-fa', 'cloudEmergency']);
    assert.deepEqual(clinic.whoTook('plain'), ['cloudEmergency']);
  });

  for (const name of ['Acceptance_Id', 'Invoice_Number', 'Medical_Uid'])
    it(`is refused with 409 and not sent where it names an ${name} of the old environment`, async () => {
      const id = `names-${name.replace('_', '-')}`;
      const { status, code } = await held(id, `<${name} type="string">00017</${name}>`);
      assert.deepEqual([status, code], [409, 'names-other-environment']);
      assert.deepEqual(clinic.whoTook(id), []);
    });

  it('gets 412 with the actual mode, and is not sent, where it expects the mode before the switch', async () => {
    const { status, code, hybridmode } = await held('expects', '', { 'X-Hybridmode': 'normal' });
    assert.deepEqual([status, code, hybridmode], [412, 'mode-precondition', 'emergency-fa']);
    assert.deepEqual(clinic.whoTook('expects'), []);
  });

  it('is dropped where its partner leaves: nobody takes it, and it is no unknown outcome', async () => {
    await clinic.inTheDrain(CLOUD, async (partner) => {
      const { answer, leave } = sent(partner, 'left');
      await clinic.hasRead();
      leave();
      assert.equal((await answer).status, null);
      await clinic.hasRead();
    });
    await clinic.hasRead();
    assert.deepEqual(clinic.whoTook('left'), []);
    assert.deepEqual(outcomesOf(await readJournalAtRest(clinic.stand.gateway.place.stateDir)), []);
  });

  it('is not sent to the new environment where it names a number and was being tried again at the old one', async () => {
    const old = clinic.backend('operational');
    for (let i = 0; i < 5; i += 1) {
      await old.down();
      const { answer } = sent(clinic.stand.partner(), `again-${i}`, '<Acceptance_Id type="string">1</Acceptance_Id>');
      await clinic.hasRead();
      assert.equal((await clinic.stand.operator.switchTo(CLOUD)).status, 200);
      const { status, code } = await answer;
      assert.ok(status === 409 || code === 'connect-failed', `${status} ${code}`);
      assert.deepEqual(clinic.whoTook(`again-${i}`), []);
      await old.up();
      assert.equal((await clinic.stand.operator.switchTo(NORMAL)).status, 200);
    }
  });
});

describe('a partner that says which mode it expects', () => {
  let clinic: HandWorked;
  before(async function () {
    this.timeout(30_000);
    clinic = await HandWorked.start();
  });
  after(() => clinic.stop());

  it('is served in that mode, and gets 412 with the actual one in any other', async () => {
    const partner = clinic.stand.partner();
    const expects = { 'X-Hybridmode': 'normal' };
    assert.equal((await sent(partner, 'in-normal', '', expects).answer).status, 200);
    assert.equal((await clinic.stand.operator.switchTo(CLOUD)).status, 200);
    const write = await sent(partner, 'in-emergency', '', expects).answer;
    assert.deepEqual([write.status, write.hybridmode], [412, 'emergency-fa']);
    const read = await partner.ask({ path: '/api/api01rv2/patientgetv2?id=1', headers: expects });
    assert.deepEqual([read.status, read.hybridmode], [412, 'emergency-fa']);
    assert.deepEqual(clinic.whoTook('in-normal'), ['operational']);
    assert.deepEqual(clinic.whoTook('in-emergency'), []);
    assert.equal((await sent(partner, 'expects-it', '', { 'X-Hybridmode': 'emergency-fa' }).answer).status, 200);
  });
});

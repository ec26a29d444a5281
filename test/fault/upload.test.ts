import assert from 'node:assert/strict';
import { HandWorked } from './hand.ts';
import { outcomesOf, readJournalAtRest } from './journal.ts';
import { CLOUD, NORMAL, RECOVERY } from './places.ts';
import { Upload } from './upload.ts';

const MEBIBYTE = 1024 * 1024;
const NUMBER = '<Acceptance_Id type="string">00017</Acceptance_Id>';

describe('a slow upload across a switch', () => {
  let clinic: HandWorked;
  before(async function () {
    this.timeout(30_000);
    clinic = await HandWorked.start(700);
  });
  after(() => clinic.stop());
  beforeEach(async () => {
    const { mode } = await clinic.stand.state();
    if (mode !== 'normal') assert.equal((await clinic.stand.operator.switchTo(NORMAL)).status, 200);
  });

  const upload = (id: string, bytes: number, more?: string): Upload =>
    new Upload(clinic.stand.gateway.place.port, id, bytes, more);

  it('that does not end within the drain is cut with 504, whole nowhere, and an unknown outcome', async () => {
    const large = upload('cut', 4 * MEBIBYTE);
    await large.send(2 * MEBIBYTE);
    const seen = await arrivalOf('operational');
    const { status, askedAt, answeredAt } = await clinic.stand.operator.switchTo(CLOUD);
    assert.equal(status, 200);
    assert.ok(answeredAt - askedAt >= 700, 'the drain was waited for');
    const { status: answered, code } = await large.answer;
    assert.deepEqual([answered, code], [504, 'cut-by-switch']);
    await seen.closed;
    assert.deepEqual(clinic.whoTook('cut'), []);
    const outcomes = outcomesOf(await readJournalAtRest(clinic.stand.gateway.place.stateDir));
    assert.deepEqual(
      outcomes.map(({ environment, cause }) => [environment, cause]),
      [['operational', 'cut-by-switch']],
    );
  });

  it('that ends within the drain is stored in the old environment, and nowhere else', async () => {
    const large = upload('within', 4 * MEBIBYTE);
    await large.send(2 * MEBIBYTE);
    await arrivalOf('operational');
    const switching = clinic.stand.operator.switchTo(CLOUD);
    const { status, hybridmode } = await large.finish();
    assert.equal((await switching).status, 200);
    assert.deepEqual([status, hybridmode], [200, 'normal']);
    assert.deepEqual(clinic.whoTook('within'), ['operational']);
  });

  it('that is held from its beginning goes to the new environment whole', async () => {
    const { result } = await clinic.inTheDrain(CLOUD, async () => {
      const large = upload('held-large', 4 * MEBIBYTE);
      await large.send(2 * MEBIBYTE);
      return { large };
    });
    const { status, hybridmode } = await result.large.finish();
    assert.deepEqual([status, hybridmode], [200, 'emergency-fa']);
    assert.deepEqual(clinic.whoTook('held-large'), ['cloudEmergency']);
  });

  it('of a small body goes to the new environment, once it is whole', async () => {
    const { status, hybridmode } = await acrossASwitch('small', '');
    assert.deepEqual([status, hybridmode], [200, 'emergency-fa']);
    assert.deepEqual(clinic.whoTook('small'), ['cloudEmergency']);
  });

  it('that names a number of the old environment is refused with 409', async () => {
    const { status, code } = await acrossASwitch('names', NUMBER);
    assert.deepEqual([status, code], [409, 'names-other-environment']);
    assert.deepEqual(clinic.whoTook('names'), []);
  });

  it('keeps its number where the switch leads to the same environment', async () => {
    assert.equal((await clinic.stand.operator.switchTo(CLOUD)).status, 200);
    const { status, hybridmode } = await acrossASwitch('same', NUMBER, RECOVERY);
    assert.deepEqual([status, hybridmode], [200, 'recovery-fa']);
    assert.deepEqual(clinic.whoTook('same'), ['cloudEmergency']);
  });

  async function acrossASwitch(id: string, more: string, to = CLOUD) {
    const small = upload(id, 2000, more);
    await small.send(1000);
    await clinic.hasRead();
    assert.equal((await clinic.stand.operator.switchTo(to)).status, 200);
    return small.finish();
  }

  /** The request that comes next to this environment. */
  async function arrivalOf(name: 'operational') {
    const backend = clinic.backend(name);
    for (;;) {
      const last = backend.requests.at(-1);
      if (last?.method === 'POST' && !last.request.complete) return last;
      await backend.arrival(backend.requests.length + 1);
    }
  }
});

import { deepEqual, equal, rejects } from 'node:assert/strict';
import type { HybridSpeaker } from '../../orca/hybrid.ts';
import { assumedSpeaker } from '../../orca/hybrid/assumed.ts';
import type { Simulator } from '../../simulator/server.ts';
import { Opened, reached } from '../support/orca-client.ts';
import { spoken as done } from '../support/spoken.ts';

const NUMBERS = '/api/hybrid/numbers';

describe('hybrid: assumed', () => {
  const opened = new Opened();
  let orca: Simulator;
  beforeEach(async () => void (orca = await opened.simulator()));
  afterEach(() => opened.close());

  function speaker(): HybridSpeaker {
    const speaking = assumedSpeaker(reached(orca.url), { firstPauseMs: 1 });
    opened.later(() => speaking.close());
    return speaking;
  }

  it('reads the numbers', async () => {
    deepEqual(done(await speaker().readNumbers()), orca.clinic.counters.all());
  });

  it('raises the numbers, never lowers them, and says from what to what', async () => {
    const before = orca.clinic.counters.all();
    const wanted = { outpatientSlip: before.outpatientSlip + 50, patientSerial: 1 };
    const raised = done(await speaker().raiseNumbers(wanted));
    deepEqual(raised, { before, after: { ...before, outpatientSlip: wanted.outpatientSlip } });
    deepEqual(orca.clinic.counters.all(), raised.after);
    equal(orca.arrivals.list().length, 1);
  });

  it('asks for no number that could not be given out', async () => {
    await rejects(speaker().raiseNumbers({ outpatientSlip: 10_000_000 }), RangeError);
    await rejects(speaker().raiseNumbers({ patientSerial: 1.5 }), RangeError);
    deepEqual(orca.arrivals.list(), []);
  });

  it('asks again what changes nothing, and never what does', async () => {
    orca.faults.add({ kind: 'reset', path: NUMBERS, method: 'GET', count: 2 });
    done(await speaker().readNumbers());
    orca.faults.add({ kind: 'reset', path: NUMBERS, method: 'POST', moment: 'answer' });
    const failed = speaker().raiseNumbers({ outpatientSlip: 9000 });
    await rejects(failed, { code: 'HYBRID_UNANSWERED', fault: 'reset', mayBeDone: true });
    equal(orca.clinic.counters.all().outpatientSlip, 9000);
    equal(orca.arrivals.list().filter(({ method }) => method === 'POST').length, 1);
  });

  it('says so where an environment offers nothing of the kind', async () => {
    orca.conditions.isHybridOffered = false;
    await rejects(speaker().readNumbers(), { code: 'HYBRID_NOT_OFFERED' });
  });

  it('says so where the password is wrong', async () => {
    const speaking = assumedSpeaker(reached(orca.url, { password: 'wrong' }), { retries: 0 });
    opened.later(() => speaking.close());
    await rejects(speaking.readNumbers(), { code: 'HYBRID_UNANSWERED', fault: 'credentials' });
  });

  it('announces a mode, which the environment says from then on', async () => {
    done(await speaker().announceMode('recovery-fa'));
    equal(orca.conditions.hybridmode, 'recovery-fa');
    await rejects(speaker().announceMode('holiday'), { code: 'HYBRID_REFUSED' });
  });
});

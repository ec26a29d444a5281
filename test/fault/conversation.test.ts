import assert from 'node:assert/strict';
import { parseJson, type OrcaRecord } from '../../orca/xml2.ts';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { ENVIRONMENTS, type EnvironmentName } from './environments.ts';
import type { Partner } from './partner.ts';
import { CLOUD, NORMAL } from './places.ts';
import { Stand } from './stand.ts';

interface Stepped {
  readonly status: number | null;
  readonly hybridmode: string | null;
  readonly result: string;
  readonly orcaUid: string;
}

describe('a HAORI conversation across a switch', () => {
  const simulators = new Map<EnvironmentName, Simulator>();
  let stand: Stand;
  before(async function () {
    this.timeout(30_000);
    const urls: Partial<Record<EnvironmentName, string>> = {};
    for (const name of ENVIRONMENTS) {
      const simulator = await startSimulator();
      simulators.set(name, simulator);
      urls[name] = simulator.url;
    }
    stand = await Stand.start({ urls });
  });
  after(async () => {
    await stand.stop();
    for (const simulator of simulators.values()) await simulator.close();
  });
  beforeEach(async () => {
    const { mode } = await stand.state();
    if (mode !== 'normal') assert.equal((await stand.operator.switchTo(NORMAL)).status, 200);
  });

  it("gets WebORCA's own E08 from the new side at its next step", async () => {
    const partner = stand.partner();
    const { orcaUid } = await begun(partner);
    assert.equal((await stand.operator.switchTo(CLOUD)).status, 200);
    const arrivals = arrivalsAt('cloudEmergency');
    const next = await step(partner, 32, { Request_Number: '02', Orca_Uid: orcaUid });
    assert.deepEqual([next.status, next.hybridmode, next.result], [200, 'emergency-fa', 'E08']);
    assert.equal(arrivalsAt('cloudEmergency'), arrivals + 1);
    await step(partner, 31, { Request_Number: '99', Orca_Uid: orcaUid });
  });

  it('releases the lock, with its 99, at the side that holds it', async () => {
    const partner = stand.partner();
    const { orcaUid } = await begun(partner);
    assert.deepEqual(locks('operational'), [orcaUid]);
    assert.equal((await stand.operator.switchTo(CLOUD)).status, 200);
    assert.deepEqual(locks('operational'), [orcaUid]);
    const last = await step(partner, 31, { Request_Number: '99', Orca_Uid: orcaUid });
    assert.deepEqual([last.status, last.hybridmode, last.result], [200, 'emergency', '000']);
    assert.deepEqual(locks('operational'), []);
  });

  it('can be begun anew at the new side, where its registering steps stay', async () => {
    const partner = stand.partner();
    assert.equal((await stand.operator.switchTo(CLOUD)).status, 200);
    const { orcaUid, hybridmode } = await begun(partner);
    assert.equal(hybridmode, 'emergency-fa');
    assert.deepEqual(locks('cloudEmergency'), [orcaUid]);
    assert.deepEqual(locks('operational'), []);
    await step(partner, 31, { Request_Number: '99', Orca_Uid: orcaUid });
    assert.deepEqual(locks('cloudEmergency'), []);
  });

  it('has its 99 answered by the new side once the old one is known to be down', async () => {
    const partner = stand.partner();
    const { orcaUid } = await begun(partner, '5');
    assert.equal((await stand.operator.switchTo(CLOUD)).status, 200);
    at('operational').faults.add({ kind: 'refuse' });
    let last = await step(partner, 31, { Patient_ID: '5', Request_Number: '99', Orca_Uid: orcaUid });
    for (let i = 0; i < 5 && last.status !== 200; i += 1)
      last = await step(partner, 31, { Patient_ID: '5', Request_Number: '99', Orca_Uid: orcaUid });
    assert.deepEqual([last.hybridmode, last.result], ['emergency-fa', 'E60']);
  });

  function at(name: EnvironmentName): Simulator {
    const simulator = simulators.get(name);
    assert.ok(simulator !== undefined);
    return simulator;
  }

  function locks(name: EnvironmentName): string[] {
    return at(name)
      .clinic.locks.all()
      .map(({ uid }) => uid);
  }

  function arrivalsAt(name: EnvironmentName): number {
    return at(name)
      .arrivals.list()
      .filter(({ target }) => target.includes('medicalmodv3')).length;
  }
});

async function begun(partner: Partner, patient = '3'): Promise<Stepped> {
  const answer = await step(partner, 31, {
    Patient_ID: patient,
    Request_Number: '01',
    Diagnosis_Information: {
      Department_Code: '01',
      Physician_Code: '10001',
      HealthInsurance_Information: { Insurance_Combination_Number: '0001' },
      Medical_Information: { OffTime: '0', Doctors_Fee: '02' },
    },
  });
  assert.match(answer.result, /^(000|W00)$/);
  assert.notEqual(answer.orcaUid, '');
  return answer;
}

async function step(partner: Partner, screen: 31 | 32, record: object): Promise<Stepped> {
  const named = { Karte_Uid: 'karte-1', Patient_ID: '3', ...record };
  const { status, hybridmode, text } = await partner.ask({
    path: `/api/api21/medicalmodv${screen}?format=json`,
    body: JSON.stringify({ [`medicalv3req${screen - 30}`]: named }),
    headers: { 'Content-Type': 'application/json' },
  });
  const said = status === 200 ? parseJson(text).record : {};
  return { status, hybridmode, result: textOf(said, 'Api_Result'), orcaUid: textOf(said, 'Orca_Uid') };
}

function textOf(record: OrcaRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : '';
}

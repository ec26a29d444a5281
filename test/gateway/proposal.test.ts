import assert from 'node:assert/strict';
import { proposalOf } from '../../gateway/proposal.ts';
import { HEALTH_CAUSES, type EnvironmentStatus } from '../../gateway/status.ts';
import type { EnvironmentName } from '../../mode/mode.ts';

function status(name: EnvironmentName, changes: Partial<EnvironmentStatus> = {}): EnvironmentStatus {
  const since = '2026-11-22T00:00:00.000Z';
  const well = { health: 'up', cause: null, detail: null, lastAnswerAt: since, latencyMs: 5, announced: null } as const;
  return { name, kind: 'cloud', since, inFlight: 0, ...well, ...changes };
}

const DOWN = { health: 'down', cause: 'connect' } as const;
const normal = { mode: 'normal', target: 'cloudEmergency' } as const;
const emergency = { mode: 'emergency', target: 'cloudEmergency' } as const;

describe('a proposal', () => {
  it('is none while the environment that serves is well', () => {
    const statuses = [status('operational'), status('cloudEmergency', DOWN)];
    assert.equal(proposalOf(normal, statuses, [], 'emergency'), null);
  });

  for (const cause of HEALTH_CAUSES) {
    const isOutage = !['certificate', 'credentials', 'slow'].includes(cause);
    it(`is ${isOutage ? 'emergency' : 'none'} where the operational environment is down by ${cause}`, () => {
      const statuses = [status('operational', { health: 'down', cause }), status('cloudEmergency')];
      const proposal = proposalOf(normal, statuses, [], 'emergency');
      assert.equal(proposal?.to ?? 'none', isOutage ? 'emergency' : 'none');
      if (proposal)
        assert.match(proposal.ja, /運用環境に接続できません。応急措置モードへの切り替えを検討してください。/);
    });
  }

  it('names the target, or the other environment where the target is down too', () => {
    const statuses = [status('operational', DOWN), status('cloudEmergency', DOWN), status('localEmergency')];
    assert.equal(proposalOf(normal, statuses, [], 'emergency')?.target, 'localEmergency');
  });

  it('is none where nothing is left to switch to', () => {
    const statuses = [status('operational', DOWN), status('cloudEmergency', DOWN)];
    assert.equal(proposalOf(normal, statuses, [], 'emergency'), null);
  });

  it('is the other emergency environment where the one in use fails, and never the way back by itself', () => {
    const statuses = [status('operational'), status('cloudEmergency', DOWN), status('localEmergency')];
    const proposal = proposalOf(emergency, statuses, [], 'emergency');
    assert.deepEqual([proposal?.to, proposal?.target], ['emergency', 'localEmergency']);
    assert.equal(proposalOf(emergency, statuses.slice(0, 2), [], 'emergency'), null);
  });

  it('follows what an environment announces, where it announces at all', () => {
    const statuses = [status('operational', { announced: 'emergency' }), status('cloudEmergency')];
    assert.equal(proposalOf(normal, statuses, [], 'emergency'), null);
    const proposal = proposalOf(normal, statuses, ['operational'], 'emergency');
    assert.deepEqual([proposal?.to, proposal?.why, proposal?.target], ['emergency', 'announced', 'cloudEmergency']);
  });

  it('does not follow words that are no mode', () => {
    const statuses = [status('operational', { announced: 'maintenance' }), status('cloudEmergency')];
    assert.equal(proposalOf(normal, statuses, ['operational'], 'emergency'), null);
  });
});

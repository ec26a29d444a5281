import { equal, throws } from 'node:assert/strict';
import { hybridSpeaker } from '../../orca/hybrid/speaker.ts';
import { memorySteps } from '../../orca/hybrid/memory-steps.ts';
import { reached } from '../support/orca-client.ts';

const WIRING = { steps: memorySteps() };
const connection = { host: '127.0.0.1', port: 5432, database: 'orca', user: 'orca', password: 'orca' };
const postgres = { connection, folder: './backup', binaries: null };

describe('the speaker of an environment', () => {
  for (const hybrid of ['assumed', 'postgres', 'manual'] as const) {
    it(`is the one that its option names: ${hybrid}`, async () => {
      const environment = reached('http://127.0.0.1:8000/', { hybrid });
      const speaker = hybridSpeaker('localEmergency', environment, { ...WIRING, postgres });
      equal(speaker.kind, hybrid);
      await speaker.close();
    });
  }

  it('is none where postgres is named and no database is', () => {
    const environment = reached('http://127.0.0.1:8000/', { hybrid: 'postgres' });
    throws(() => hybridSpeaker('localEmergency', environment, WIRING), { code: 'HYBRID_NOT_OFFERED' });
  });
});

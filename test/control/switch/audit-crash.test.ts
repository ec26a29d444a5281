import assert from 'node:assert/strict';
import { Audit } from '../../../control/switch/audit.ts';
import type { AuditRow } from '../../../control/switch/audit-row.ts';
import { verifyAudit } from '../../../control/switch/verify.ts';
import { ModeStore } from '../../../mode/store.ts';
import { keepBallast } from '../../../state/ballast.ts';
import { openState } from '../../../state/open.ts';
import { child } from '../../state/child.ts';
import { folder, removeFolders } from '../../state/folder.ts';

const SWITCHER = new URL('switcher.ts', import.meta.url);
const KILLS = 12;

describe('a process killed in the middle of switches', () => {
  afterEach(removeFolders);

  it('leaves a trail without a hole: after the next start every mode has its row, and nothing looks like tampering', async () => {
    const dir = folder();
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const switcher = child(SWITCHER, dir);
      for (let read = 0; read < 3 + ((kill * 7) % 11); read += 1) await switcher.line();
      await switcher.kill();
      // As it was left: what a kill does is never called a change.
      assert.deepEqual(verifyAudit(dir).findings, [], `kill ${kill}`);
    }
    const state = openState(dir);
    const store = new ModeStore(state, { initial: 'normal', target: 'cloudEmergency' });
    const history = store.history(1_000_000);
    const audit = new Audit({ dir, ballast: keepBallast(dir, 4096), history: () => history });
    const rows = audit.page(1_000_000);
    audit.close();
    state.close();

    assert.deepEqual(verifyAudit(dir), { ...verifyAudit(dir), findings: [], owed: 0 });
    const told = rows.filter(({ outcome }) => outcome === 'switched').map(({ epoch }) => epoch);
    assert.deepEqual(
      told,
      history.map(({ epoch }) => epoch),
      'each epoch once, in order',
    );
    const intents = rows.filter(({ outcome }) => outcome === 'asked').map(({ id }) => id);
    const concluded = new Set(rows.map(({ concludes }) => concludes));
    assert.deepEqual(
      intents.filter((id) => !concluded.has(id)),
      [],
    );
    assert.ok(told.length > KILLS * 3);
  }).timeout(60_000);
});

describe('a start', () => {
  afterEach(removeFolders);

  /** The rows after a process was killed where `upTo` says, and started anew. */
  function restarted(upTo: 'intent' | 'commit'): AuditRow[] {
    const dir = folder();
    const state = openState(dir);
    const store = new ModeStore(state, { initial: 'normal', target: 'cloudEmergency' });
    const ballast = keepBallast(dir, 4096);
    const history = () => store.history(100);
    const killed = new Audit({ dir, ballast, history });
    const whence = { via: 'token', address: '192.0.2.7', requestId: 'r-1' } as const;
    killed.intend({ by: 'sato', whence, action: 'switch', epoch: 1, reason: '障害', overrides: ['dwell'] });
    const to = { mode: 'emergency', target: 'cloudEmergency', by: 'sato', reason: '障害' } as const;
    if (upTo === 'commit') store.commit({ expectedEpoch: 1, ...to });
    killed.close();
    const audit = new Audit({ dir, ballast, history });
    const rows = audit.page(100);
    audit.close();
    state.close();
    return rows;
  }

  it('writes the row of a switch that was committed and not told of, with who asked, from where, and what was overridden', () => {
    const [row] = restarted('commit');
    const { by, via, address, request, action, outcome, concludes, epoch, reason, overrides } = row!;
    assert.deepEqual(
      { by, via, address, request, action, outcome, concludes, epoch, reason, overrides },
      {
        by: 'sato',
        via: 'token',
        address: '192.0.2.7',
        request: 'r-1',
        action: 'switch',
        outcome: 'switched',
        concludes: 2,
        epoch: 2,
        reason: '障害',
        overrides: '["dwell"]',
      },
    );
    assert.match(row?.after ?? '', /"mode":"emergency"/);
    assert.match(row?.detail ?? '', /history/);
  });

  it('closes an intent that led to nothing', () => {
    const [row] = restarted('intent');
    assert.deepEqual([row?.outcome, row?.concludes, row?.epoch], ['not-done', 2, 1]);
  });

  it('notes that the mode on the disk is not the one that the trail knows last: a copy was put back', () => {
    const dir = folder();
    const ballast = keepBallast(dir, 4096);
    const at = (epoch: number) => ({
      epoch,
      since: `2026-04-0${epoch}T09:00:00.000Z`,
      mode: 'normal' as const,
      target: 'cloudEmergency' as const,
      by: 'sato',
      reason: 'x',
      from: null,
    });
    new Audit({ dir, ballast, history: () => [at(1), at(2), at(3)] }).close();
    for (let start = 0; start < 2; start += 1) {
      const audit = new Audit({ dir, ballast, history: () => [at(1)] });
      const rewound = audit.page(100).filter(({ action }) => action === 'state-rewound');
      assert.equal(rewound.length, 1, 'once, however often it is started');
      audit.close();
    }
  });
});

import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModeState } from '../../mode/mode.ts';
import { EpochConflict, ModeStore } from '../../mode/store.ts';
import type { Commit, ModeStoreOptions } from '../../mode/store.ts';
import { openState } from '../../state/open.ts';
import type { State } from '../../state/open.ts';
import { folder, removeFolders } from '../state/folder.ts';

const NOW = Date.parse('2025-11-22T09:00:00Z');
const COMMIT: Commit = {
  expectedEpoch: 1,
  mode: 'emergency',
  target: 'cloudEmergency',
  by: 'sato',
  reason: '回線障害',
};

/** Another row, as the second one is but for its epoch. */
function copy(epoch: number): string {
  return `INSERT INTO mode_history SELECT ${epoch}, mode, target, since, by, reason, from_mode, confirmed, fingerprint
          FROM mode_history WHERE epoch = 2`;
}

describe('the mode store', () => {
  let dir: string;
  let state: State;

  beforeEach(() => {
    dir = folder();
    state = openState(dir);
  });
  afterEach(() => {
    state.close();
    removeFolders();
  });

  function store(options: Partial<ModeStoreOptions> = {}): ModeStore {
    return new ModeStore(state, {
      initial: 'normal',
      target: 'cloudEmergency',
      now: () => new Date(NOW),
      ...options,
    });
  }

  /** As a restart a moment later: the sign of life is there. */
  function reopened(options: Partial<ModeStoreOptions> = {}): ModeStore {
    state.close();
    writeFileSync(join(dir, 'alive'), String(NOW));
    state = openState(dir);
    return store(options);
  }

  describe('from nothing', () => {
    it('begins in state.initial, at epoch 1, and runs', () => {
      const { current, awaitsConfirmation } = store({ initial: 'emergency', target: 'localEmergency' });
      assert.deepEqual(current, {
        mode: 'emergency',
        target: 'localEmergency',
        epoch: 1,
        since: '2025-11-22T09:00:00.000Z',
        by: 'start',
        reason: 'state.initial',
        wrote: [],
      });
      assert.equal(awaitsConfirmation, null);
    });

    it('waits for an operator where state.initial is not set, also over restarts', () => {
      assert.equal(store({ initial: null }).awaitsConfirmation, 'empty');
      assert.equal(reopened({ initial: null }).awaitsConfirmation, 'never-confirmed');
      assert.equal(reopened({ initial: 'normal' }).awaitsConfirmation, 'never-confirmed');
    });
  });

  describe('a commit', () => {
    it('grows the epoch by one and is what the next start finds', () => {
      const committed = store().commit(COMMIT);
      assert.deepEqual(committed, {
        mode: 'emergency',
        target: 'cloudEmergency',
        epoch: 2,
        since: '2025-11-22T09:00:00.000Z',
        by: 'sato',
        reason: '回線障害',
        wrote: [],
      });
      const again = reopened({ initial: 'normal', target: 'localEmergency' });
      assert.deepEqual(again.current, committed);
      assert.equal(again.awaitsConfirmation, null);
    });

    it('with another epoch changes nothing and tells the present state', () => {
      const mode = store();
      const first = mode.commit(COMMIT);
      assert.throws(
        () => mode.commit({ ...COMMIT, mode: 'recovery' }),
        (error: EpochConflict) => error instanceof EpochConflict && error.current === first,
      );
      assert.equal(mode.current, first);
      assert.equal(mode.history().length, 2);
    });

    it('is told to every listener, with the state before it, until it stops listening', () => {
      const mode = store();
      const told: [ModeState, ModeState][] = [];
      const stop = mode.onChange((now, before) => told.push([now, before]));
      const before = mode.current;
      const now = mode.commit(COMMIT);
      stop();
      mode.commit({ ...COMMIT, expectedEpoch: 2, mode: 'normal' });
      assert.deepEqual(told, [[now, before]]);
    });

    it('that the disk does not take changes nothing, and the next one does', () => {
      const mode = store();
      const told: ModeState[] = [];
      mode.onChange((now) => told.push(now));
      const pages = Number(state.db.pragma('page_count', { simple: true }));
      state.db.pragma(`max_page_count = ${pages}`);
      const before = mode.current;
      assert.throws(() => mode.commit({ ...COMMIT, reason: '長'.repeat(100_000) }), { code: 'SQLITE_FULL' });
      assert.equal(mode.current, before);
      assert.deepEqual(told, []);
      assert.equal(mode.history().length, 1);
      assert.equal(mode.commit(COMMIT).epoch, 2);
    });

    it('confirms the mode', () => {
      const mode = store({ initial: null });
      mode.commit({ ...COMMIT, mode: 'normal' });
      assert.equal(mode.awaitsConfirmation, null);
      assert.equal(reopened({ initial: null }).awaitsConfirmation, null);
    });
  });

  describe('the list of environments that took writes', () => {
    it('is on disk before anybody is told, keeps its order, and names each once', () => {
      const mode = store();
      mode.commit(COMMIT);
      const onDisk: unknown[] = [];
      mode.onChange(() =>
        onDisk.push(state.db.prepare('SELECT environment FROM mode_wrote ORDER BY rowid').pluck().all()),
      );
      mode.markWrote('localEmergency');
      mode.markWrote('cloudEmergency');
      mode.markWrote('localEmergency');
      assert.deepEqual(onDisk, [['localEmergency'], ['localEmergency', 'cloudEmergency']]);
      assert.deepEqual(mode.current.wrote, ['localEmergency', 'cloudEmergency']);
      assert.deepEqual(reopened().current.wrote, ['localEmergency', 'cloudEmergency']);
    });

    it('lasts through recovery and a return to emergency, and ends with normal mode', () => {
      const mode = store();
      mode.commit(COMMIT);
      mode.markWrote('cloudEmergency');
      assert.deepEqual(mode.commit({ ...COMMIT, expectedEpoch: 2, mode: 'recovery' }).wrote, ['cloudEmergency']);
      assert.deepEqual(mode.commit({ ...COMMIT, expectedEpoch: 3 }).wrote, ['cloudEmergency']);
      assert.deepEqual(mode.commit({ ...COMMIT, expectedEpoch: 4, mode: 'normal' }).wrote, []);
      assert.deepEqual(reopened().current.wrote, []);
    });
  });

  describe('the history', () => {
    it('is newest first, says where each switch came from, and can be cut', () => {
      const mode = store();
      mode.commit(COMMIT);
      mode.commit({ ...COMMIT, expectedEpoch: 2, mode: 'recovery', by: 'suzuki' });
      const all = mode.history().map(({ epoch, from, mode, by }) => ({ epoch, from, mode, by }));
      assert.deepEqual(all, [
        { epoch: 3, from: 'emergency', mode: 'recovery', by: 'suzuki' },
        { epoch: 2, from: 'normal', mode: 'emergency', by: 'sato' },
        { epoch: 1, from: null, mode: 'normal', by: 'start' },
      ]);
      assert.deepEqual(
        mode.history(1).map(({ epoch }) => epoch),
        [3],
      );
    });

    it('takes no change, no deletion, no gap and no second row for an epoch', () => {
      store().commit(COMMIT);
      const { db } = state;
      assert.throws(() => db.exec("UPDATE mode_history SET by = 'nobody' WHERE epoch = 2"), /append-only/);
      assert.throws(() => db.exec('DELETE FROM mode_history WHERE epoch = 2'), /append-only/);
      assert.throws(() => db.exec(copy(2)), /epoch must grow by one/);
      assert.throws(() => db.exec(copy(4)), /epoch must grow by one/);
      assert.throws(() => db.exec(copy(2).replace('INSERT', 'REPLACE')), /epoch must grow by one/);
      db.exec(copy(3));
    });

    it('takes no mode that does not exist', () => {
      store();
      const row = "2, 'panic', 'cloudEmergency', '', '', '', 'normal', 1, ''";
      assert.throws(() => state.db.exec(`INSERT INTO mode_history VALUES (${row})`), /CHECK constraint/);
    });
  });

  describe('the start', () => {
    it('of a copied folder waits for an operator', () => {
      store();
      state.close();
      const copy = folder();
      cpSync(dir, copy, { recursive: true });
      writeFileSync(join(copy, 'alive'), String(NOW));
      state = openState(copy);
      assert.equal(store().awaitsConfirmation, 'copied');
    });

    it('after a day and a bit waits for an operator', () => {
      store();
      const later = NOW + 24 * 3_600_000 + 1;
      assert.equal(reopened({ now: () => new Date(later) }).awaitsConfirmation, 'stale');
    });
  });

  it('can be made to wait for an operator while it runs, and tells that', () => {
    const mode = store();
    let told = 0;
    mode.onChange(() => (told += 1));
    mode.demandConfirmation('announced');
    mode.demandConfirmation('announced');
    assert.equal(mode.awaitsConfirmation, 'announced');
    assert.equal(told, 1);
  });
});

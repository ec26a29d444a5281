import assert from 'node:assert/strict';
import { ModeStore } from '../../mode/store.ts';
import { openState } from '../../state/open.ts';
import { child } from '../state/child.ts';
import { folder, removeFolders } from '../state/folder.ts';

const COMMITTER = new URL('committer.ts', import.meta.url);

describe('a process killed in the middle of commits', () => {
  afterEach(removeFolders);

  for (const lines of [1, 2, 7, 40, 150]) {
    it(`after ${lines} of them leaves a whole state, at the last epoch that it told or the next`, async () => {
      const dir = folder();
      const committer = child(COMMITTER, dir);
      let told = 0;
      for (let read = 0; read < lines; read += 1) told = Number(await committer.line());
      await committer.kill();
      // What it had written to the pipe before it died counts as told.
      for (let line = await committer.line(); line !== null; line = await committer.line()) told = Number(line);

      const state = openState(dir);
      const store = new ModeStore(state, { initial: 'emergency', target: 'cloudEmergency' });
      const { epoch, mode, wrote } = store.current;
      assert.ok(epoch === told || epoch === told + 1, `told ${told}, found ${epoch}`);
      assert.equal(mode, epoch % 2 === 1 ? 'normal' : 'emergency');
      if (mode === 'normal') assert.deepEqual(wrote, []);
      const history = store.history(epoch + 1);
      assert.deepEqual(
        history.map((entry) => entry.epoch),
        Array.from({ length: epoch }, (_, index) => epoch - index),
      );
      assert.ok(history.every((entry) => entry.epoch === 1 || entry.reason === `after ${entry.epoch - 1}`));
      assert.deepEqual(state.db.pragma('integrity_check', { simple: true }), 'ok');
      state.close();
    });
  }
});

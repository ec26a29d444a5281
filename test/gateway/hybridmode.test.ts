import assert from 'node:assert/strict';
import { compareAnnouncement, type Announcement } from '../../gateway/hybridmode.ts';
import { ENVIRONMENTS, MODES, hybridMode } from '../../mode/mode.ts';

describe('what an environment announces', () => {
  for (const mode of MODES) {
    for (const environment of ENVIRONMENTS) {
      it(`is held against what ${environment} should say in ${mode}`, () => {
        assert.equal(compareAnnouncement(undefined, { mode }, environment), 'absent');
        for (const saidMode of MODES) {
          for (const saidRole of ['', '-fa']) {
            const said = `${saidMode}${saidRole}`;
            const isRoleRight = (saidRole === '-fa') === (environment !== 'operational');
            const expected: Announcement = !isRoleRight
              ? 'wrong-role'
              : saidMode === mode
                ? 'as-expected'
                : 'wrong-phase';
            assert.equal(compareAnnouncement(said, { mode }, environment), expected, said);
          }
        }
        assert.equal(compareAnnouncement(hybridMode(mode, environment), { mode }, environment), 'as-expected');
      });
    }
  }
});

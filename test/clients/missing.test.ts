import assert from 'node:assert/strict';
import { run } from './both-ways.ts';

describe('a program that the tests need and the machine lacks', () => {
  it('is named in the failure', async () => {
    await assert.rejects(run('no-such-program'), {
      code: 'PROGRAM_MISSING',
      message: /"no-such-program" is missing.*tools\.sh/,
    });
  });
});

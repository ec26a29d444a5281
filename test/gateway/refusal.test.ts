import assert from 'node:assert/strict';
import { refusalCodes, refusalOf } from '../../gateway/refusal.ts';

describe('a refusal', () => {
  for (const code of refusalCodes()) {
    const refusal = refusalOf(code);

    it(`${code} says what is the matter in Japanese and in English`, () => {
      assert.match(refusal.ja, /[ぁ-んァ-ヶ一-龠].*。$/u);
      assert.match(refusal.en, /^[A-Z][ -~]+\.$/);
    });

    it(`${code} has a status that fits`, () => {
      assert.ok(refusal.status >= 400 && refusal.status <= 505, String(refusal.status));
      if (refusal.retryAfterSeconds !== null) {
        assert.ok(refusal.status >= 429 && refusal.retryAfterSeconds > 0);
        // What may have been done must not be asked for again.
        assert.equal(refusal.outcome, 'not-sent');
      }
    });
  }

  it('of a deadline is 504, of a connection 502, and each has a code of its own', () => {
    for (const code of ['connect-timeout', 'first-byte-timeout', 'idle-timeout'] as const) {
      assert.equal(refusalOf(code).status, 504, code);
    }
    for (const code of ['connect-failed', 'environment-reset', 'bad-answer', 'dns-failed', 'tls-failed'] as const) {
      assert.equal(refusalOf(code).status, 502, code);
    }
  });

  it('says that nothing was sent only where nothing can have been', () => {
    const unknown = refusalCodes().filter((code) => refusalOf(code).outcome === 'unknown');
    assert.deepEqual(unknown.sort(), [
      'bad-answer',
      'cut-by-switch',
      'environment-reset',
      'first-byte-timeout',
      'idle-timeout',
      'internal-error',
      'partner-gone',
      'partner-stalled',
    ]);
  });

  it('has words of its own', () => {
    const words = refusalCodes().map((code) => refusalOf(code).en);
    assert.equal(new Set(words).size, words.length);
  });
});

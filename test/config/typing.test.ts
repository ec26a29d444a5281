import { deepEqual, match, ok } from 'node:assert/strict';
import * as fc from 'fast-check';
import { configured, SOUND } from '../support/configuration.ts';

const configuration = configured();

const TYPOS = ': |:|,|"|\'|{|}|[|]|\n|\n  |#|&|*|!|>|- |? |\t|---\n|${|\\'.split('|');

describe('whatever is typed into a configuration', () => {
  it("a comma in an unquoted secret does not make its second half an option's name in a message", () => {
    const [message = ''] = configuration.problems(SOUND.replace('password: hushhush } }', 'password: hush,hush } }'));
    match(
      message,
      /^5:\d+ partners\[0\]\.basic: expected "name: value", got something without a value; a text with a comma/,
    );
  });

  it('whatever is typed into it, it is read or refused with a place, and never repeats a secret', () => {
    const typo = fc.constantFrom(...TYPOS);
    const edit = fc.tuple(fc.nat(SOUND.length), fc.nat(4), fc.oneof(typo, fc.string({ maxLength: 6 })));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 2 }), (edits) => {
        const text = edits.reduce((rest, [at, cut, typed]) => rest.slice(0, at) + typed + rest.slice(at + cut), SOUND);
        const found = configuration.problems(text);
        for (const problem of found) {
          match(problem, /^[1-9]\d*:[1-9]\d* /);
          ok(!problem.includes('hush'), problem);
        }
      }),
      { numRuns: 400, interruptAfterTimeLimit: 10_000 },
    );
  });

  it('any text at all is read or refused, and nothing else', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'state:',
        '  dir: x',
        'partners:',
        '- name: a',
        '__proto__: { a: 1 }',
        'constructor: 1',
        '? [a]',
        '&a *a',
        '<<: *a',
      ),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => void configuration.problems(lines.join('\n'))),
      { numRuns: 300, interruptAfterTimeLimit: 10_000 },
    );
  });

  it('depth and size are bounded', () => {
    const deep = configuration.problems('['.repeat(20_000));
    ok(deep.length > 0);
    match(configuration.problems(`a: &a [x,x,x,x,x,x,x,x,x]\n${bomb()}`).join('\n'), /got far too many/);
    deepEqual(configuration.problems(' '.repeat(256 * 1024 + 1)), [
      '1:1 : expected at most 256 KiB of text, got more; is this the right file?',
    ]);
  });
});

/** A YAML text whose aliases multiply by nine on every line. */
function bomb(): string {
  const names = 'abcdefghi'.split('');
  return names
    .slice(1)
    .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${names[at]}`).join(',')}]`)
    .join('\n');
}

import { deepEqual, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { APIS } from '../../simulator/api/table.ts';
import { referenceFolder } from '../support/reference.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
/** These ask for no code that the others do not ask for, and take long. */
const LEFT_OUT = ['codes.test.ts', 'guide.test.ts', 'postgres.test.ts', 'reality.test.ts'];

const reference = referenceFolder();
const suite = reference === undefined ? describe.skip : describe;

suite('the result codes of the calls (skipped where the reference folder is not there)', function () {
  this.timeout(120_000);
  const calls = new Map(APIS.map(({ path }) => [path, path.slice(path.lastIndexOf('/') + 1)]));
  let known: ReadonlySet<string>;
  let answered: ReadonlySet<string>;
  let listed: ReadonlySet<string>;

  before(async () => {
    known = await knownCodes(reference ?? '', calls);
    answered = await answeredCodes(calls);
    listed = listedCodes(await readFile(join(ROOT, 'docs', 'simulator.md'), 'utf8'), known);
  });

  it('are each answered in a test, or listed in the guide as not simulated', () => {
    deepEqual([...known].filter((code) => !answered.has(code) && !listed.has(code)).toSorted(), []);
  });

  it('are not listed as missing where they are answered', () => {
    deepEqual([...listed].filter((code) => answered.has(code) && !AMBIGUOUS.has(code)).toSorted(), []);
  });

  it('are not listed where no such call has them', () => {
    deepEqual(
      [...listed].filter((code) => !known.has(code)),
      [],
    );
  });

  it('are many enough for this to say something', () => {
    ok([...known].filter((code) => answered.has(code)).length > 300);
  });
});

/** One number for a question that is asked and for a failure that is not. */
const AMBIGUOUS = new Set(['medicalmodv34 0002']);

/** `E07`, `S07` and `07` are one code, as are `K02` and `K2`; four digits stand for themselves. */
function normalised(code: string): string {
  const [, letters = '', digits = ''] = /^([A-Z]*)(\d+)$/.exec(code) ?? [];
  const kind = letters === 'E' || letters === 'S' ? '' : letters;
  return `${kind}${digits.length >= 4 ? digits : Number(digits)}`;
}

async function knownCodes(folder: string, calls: ReadonlyMap<string, string>): Promise<ReadonlySet<string>> {
  const table = await readFile(join(folder, 'error-codes-v5.1.tsv'), 'utf8');
  return new Set(
    table.split('\n').flatMap((line) => {
      const [path = '', code = ''] = line.split('\t');
      const call = calls.get(path);
      return call === undefined ? [] : [`${call} ${normalised(code)}`];
    }),
  );
}

/** What the simulator's other tests get answered, in a run of their own. */
async function answeredCodes(calls: ReadonlyMap<string, string>): Promise<ReadonlySet<string>> {
  const folder = await mkdtemp(join(tmpdir(), 'codes-'));
  try {
    const SIMULATOR_RESULTS = join(folder, 'results');
    const tests = (await readdir(import.meta.dirname)).filter((each) => each.endsWith('.test.ts'));
    const files = tests.filter((each) => !LEFT_OUT.includes(each)).map((each) => join(import.meta.dirname, each));
    const mocha = join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js');
    await run(process.execPath, [mocha, ...files], { cwd: ROOT, env: { ...process.env, SIMULATOR_RESULTS } });
    const lines = (await readFile(SIMULATOR_RESULTS, 'utf8')).trim().split('\n');
    return new Set(
      lines.map((line) => {
        const [path = '', code = ''] = line.split('\t');
        return `${calls.get(path)} ${normalised(code)}`;
      }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The last table of the guide: `| calls | codes | why |`, with ranges. */
function listedCodes(guide: string, known: ReadonlySet<string>): ReadonlySet<string> {
  const rows = guide.slice(guide.indexOf('| call | codes | why |')).split('\n').slice(2);
  return new Set(
    rows.flatMap((row) => {
      const [, calls = '', codes = ''] = row.split('|').map((cell) => cell.trim());
      return calls.split(', ').flatMap((call) =>
        codes
          .split(', ')
          .flatMap(inRange)
          .flatMap((code) => (call === 'all' ? ofAll(code, known) : [`${call} ${normalised(code)}`])),
      );
    }),
  );
}

function ofAll(code: string, known: ReadonlySet<string>): readonly string[] {
  return [...known].filter((each) => each.split(' ')[1] === normalised(code));
}

function inRange(text: string): readonly string[] {
  const [, letters = '', first = '', last = ''] = /^([A-Z]*)(\d+)–[A-Z]*(\d+)$/.exec(text) ?? [];
  if (first === '') return text === '' ? [] : [text];
  const numbers = Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
  return numbers.map((number) => `${letters}${String(number).padStart(first.length, '0')}`);
}

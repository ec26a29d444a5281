import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import {
  bothWays,
  content,
  digest,
  DOWNLOAD,
  PASSWORD,
  run,
  SIZES,
  UPLOAD,
  USER,
  type BothWays,
  type Ran,
} from './both-ways.ts';

const PROGRAMS = join(import.meta.dirname, 'programs');
const FORMS = ['GET', 'GET chunked', 'POST', 'POST chunked', 'POST expecting'];

/** What a program says of one way where every body is as it should be. */
function expected(): string[] {
  return SIZES.flatMap((size) => FORMS.map((form) => `${form} ${size}: 200 ${digest(content(size))}`));
}

function assertSame({ stdout }: Ran): void {
  const [directly, through, rest] = stdout.toString().split(/--\r?\n/);
  assert.deepEqual(directly?.trim().split(/\r?\n/), expected());
  assert.deepEqual(through?.trim().split(/\r?\n/), expected());
  assert.equal(rest, '');
}

describe('byte-identical bodies, directly and through the gateway, for', () => {
  let both: BothWays;
  let folder: string;
  before(async () => {
    both = await bothWays();
    folder = dirname(SIZES.map((size) => both.file(`body-${size}`, content(size)))[0]!);
  });
  beforeEach(() => both.environment.requests.splice(0));
  after(() => both.close());

  const given = (): string[] => [USER, PASSWORD, DOWNLOAD, UPLOAD, folder, ...both.ways.map(({ url }) => url)];

  it('Java’s HttpClient, which offers h2c with each first request', async () => {
    const quickly = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
    assertSame(await run('java', ...quickly, join(PROGRAMS, 'Bodies.java'), ...given()));
    const offers = both.environment.requests.map(({ headers }) => headers.upgrade);
    const ofEachWay = SIZES.length * FORMS.length;
    assert.equal(offers.length, 2 * ofEachWay);
    assert.ok(offers.slice(0, ofEachWay).includes('h2c'));
    assert.ok(!offers.slice(ofEachWay).includes('h2c'));
  });

  it('Ruby’s net/http', async () => {
    assertSame(await run('ruby', join(PROGRAMS, 'bodies.rb'), ...given()));
  });

  it('Python’s http.client', async () => {
    assertSame(await run('python3', join(PROGRAMS, 'bodies.py'), ...given()));
  });
});

import assert from 'node:assert/strict';
import { bothWays, content, DOWNLOAD, PASSWORD, run, SIZES, UPLOAD, USER, type BothWays } from './both-ways.ts';

const CHUNKED = ['-H', 'Transfer-Encoding: chunked'];
// name, options, what curl -v must have said where there is a body
const DOWNLOADS: [string, string[], RegExp | null][] = [
  ['plainly', [], null],
  ['in HTTP/1.0', ['--http1.0'], /^> GET .* HTTP\/1\.0/m],
  ['with its h2c upgrade', ['--http2'], /^> Upgrade: h2c/m],
];
const UPLOADS: [string, string[], RegExp | null][] = [
  ['plainly', [], null],
  ['with Expect: 100-continue', ['-H', 'Expect: 100-continue'], /^< HTTP\/1\.1 100 Continue/m],
  ['without Expect', ['-H', 'Expect:'], null],
  ['in chunks', CHUNKED, /^> Transfer-Encoding: chunked/m],
  ['in chunks with Expect', [...CHUNKED, '-H', 'Expect: 100-continue'], /^< HTTP\/1\.1 100 Continue/m],
  ['in HTTP/1.0', ['--http1.0'], /^> POST .* HTTP\/1\.0/m],
  ['with its h2c upgrade', ['--http2'], /^> Upgrade: h2c/m],
];

const curl = (...args: string[]) => run('curl', '-sS', '-v', '--max-time', '15', '-u', `${USER}:${PASSWORD}`, ...args);

const statusOf = (stderr: string): string | undefined => [...stderr.matchAll(/^< HTTP\/1\.[01] (\d+)/gm)].at(-1)?.[1];

describe('curl', () => {
  let both: BothWays;
  before(async () => {
    both = await bothWays();
  });
  after(() => both.close());

  /** Directly and through the gateway at the same time; each gets these very bytes. */
  async function assertSame(bytes: number, sign: RegExp | null, args: string[], path: string): Promise<void> {
    const each = both.ways.map(async ({ name, url }) => {
      const { stdout, stderr } = await curl(...args, url + path);
      assert.equal(statusOf(stderr), '200', name);
      assert.ok(stdout.equals(content(bytes)), `${bytes} bytes ${name}`);
      if (sign !== null && bytes > 0) assert.match(stderr, sign, name);
    });
    await Promise.all(each);
  }

  for (const [name, options, sign] of DOWNLOADS) {
    for (const framing of ['', '&chunked']) {
      it(`downloads the same bytes both ways ${name}${framing && ', in chunks'}`, async () => {
        for (const bytes of SIZES) await assertSame(bytes, sign, options, `${DOWNLOAD}?bytes=${bytes}${framing}`);
      });
    }
  }

  for (const [name, options, sign] of UPLOADS) {
    it(`uploads, and gets back, the same bytes both ways ${name}`, async () => {
      // curl 7.88 itself never ends an empty body in chunks after a 100.
      const sizes = name === 'in chunks with Expect' ? SIZES.filter((bytes) => bytes > 0) : SIZES;
      for (const bytes of sizes) {
        const file = both.file('body', content(bytes));
        await assertSame(bytes, sign, [...options, '--data-binary', `@${file}`], UPLOAD);
      }
    });
  }

  it('with HEAD gets the same length and no body both ways', async () => {
    for (const way of both.ways) {
      both.environment.next((_seen, response) => response.writeHead(200, { 'Content-Length': '12345' }).end());
      const { stdout } = await curl('--head', `${way.url}${DOWNLOAD}`);
      assert.match(stdout.toString(), /^content-length: 12345\r$/im, way.name);
    }
  });

  it('several on one connection are answered on that connection', async () => {
    const urls = [1, 2, 3].map((bytes) => `${both.through}${DOWNLOAD}?bytes=${bytes}`);
    const { stdout, stderr } = await curl(...urls);
    assert.equal(stdout.length, 6);
    assert.equal(stderr.match(/Re-using existing connection/g)?.length, 2);
  });

  it('gets a refusal before it sends a large body, where it asks first', async () => {
    const file = both.file('body', content(3_000_001));
    const wrong = ['-H', 'Expect: 100-continue', '-u', 'emr:wrong', '--data-binary', `@${file}`];
    const { stderr } = await curl(...wrong, `${both.through}${UPLOAD}`);
    assert.equal(statusOf(stderr), '401');
    assert.doesNotMatch(stderr, /100 Continue/);
  });
});

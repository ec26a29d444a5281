import assert from 'node:assert/strict';
import { bothWays, content, DOWNLOAD, PASSWORD, run, SIZES, UPLOAD, USER, type BothWays } from './both-ways.ts';

const VARIANTS: [string, string[], RegExp | null][] = [
  // name, options, what curl -v must have said where there is a body
  ['plain', [], null],
  ['with Expect: 100-continue', ['-H', 'Expect: 100-continue'], /^< HTTP\/1\.1 100 Continue/m],
  ['without Expect', ['-H', 'Expect:'], null],
  ['in HTTP/1.0', ['--http1.0'], /^> (?:GET|POST) .* HTTP\/1\.0/m],
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

  for (const [name, options] of VARIANTS) {
    for (const framing of ['', '&chunked']) {
      it(`${name} downloads the same bytes both ways${framing && ', in chunks'}`, async () => {
        for (const bytes of SIZES) {
          for (const way of both.ways) {
            const { stdout, stderr } = await curl(...options, `${way.url}${DOWNLOAD}?bytes=${bytes}${framing}`);
            assert.equal(statusOf(stderr), '200', way.name);
            assert.ok(stdout.equals(content(bytes)), `${bytes} bytes ${way.name}`);
          }
        }
      });
    }
  }

  for (const [name, options, sign] of VARIANTS) {
    it(`${name} uploads, and gets back, the same bytes both ways`, async () => {
      for (const bytes of SIZES) {
        const file = both.file('body', content(bytes));
        for (const way of both.ways) {
          const { stdout, stderr } = await curl(...options, '--data-binary', `@${file}`, `${way.url}${UPLOAD}`);
          assert.equal(statusOf(stderr), '200', way.name);
          assert.ok(stdout.equals(content(bytes)), `${bytes} bytes ${way.name}`);
          if (sign !== null && bytes > 0) assert.match(stderr, sign, way.name);
        }
      }
    });
  }

  it('in chunks uploads, and gets back, the same bytes both ways', async () => {
    for (const bytes of SIZES) {
      const file = both.file('body', content(bytes));
      for (const way of both.ways) {
        const chunked = ['-H', 'Transfer-Encoding: chunked', '--data-binary', `@${file}`];
        const { stdout, stderr } = await curl(...chunked, `${way.url}${UPLOAD}`);
        assert.match(stderr, /^> Transfer-Encoding: chunked/m);
        assert.ok(stdout.equals(content(bytes)), `${bytes} bytes ${way.name}`);
      }
    }
  });

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

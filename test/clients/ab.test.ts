import assert from 'node:assert/strict';
import { bothWays, content, DOWNLOAD, PASSWORD, run, UPLOAD, USER, type BothWays } from './both-ways.ts';

const REQUESTS = 300;
const PARTNERS = 10;
const BYTES = 20_000;

/** What ab says of the bodies: their length, their sum, and that none failed or was unlike the others. */
function figures(stdout: Buffer): Record<string, string | undefined> {
  const text = stdout.toString();
  const figure = (name: string): string | undefined => new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1];
  return {
    complete: figure('Complete requests'),
    failed: figure('Failed requests'),
    keptAlive: figure('Keep-Alive requests'),
    length: figure('Document Length'),
    bytes: figure('HTML transferred'),
    others: figure('Non-2xx responses'),
  };
}

describe('ApacheBench with keep-alive', () => {
  let both: BothWays;
  before(async () => {
    both = await bothWays();
  });
  after(() => both.close());

  const ab = (...args: string[]) =>
    run(
      'ab',
      '-k',
      '-q',
      '-s',
      '15',
      '-n',
      String(REQUESTS),
      '-c',
      String(PARTNERS),
      '-A',
      `${USER}:${PASSWORD}`,
      ...args,
    );

  const whole = {
    complete: String(REQUESTS),
    failed: '0',
    keptAlive: String(REQUESTS),
    length: String(BYTES),
    bytes: String(REQUESTS * BYTES),
    others: undefined,
  };

  it('downloads as many bytes, on connections that stay, both ways', async () => {
    for (const { name, url } of both.ways) {
      const { stdout } = await ab(`${url}${DOWNLOAD}?bytes=${BYTES}`);
      assert.deepEqual(figures(stdout), whole, name);
    }
  });

  it('uploads, and gets back, as many bytes, on connections that stay, both ways', async () => {
    const file = both.file('body', content(BYTES));
    for (const { name, url } of both.ways) {
      const { stdout } = await ab('-p', file, '-T', 'application/octet-stream', `${url}${UPLOAD}`);
      assert.deepEqual(figures(stdout), whole, name);
    }
  });

  it('prints the same body both ways', async () => {
    const text = 'one line of a body, and nothing else';
    const file = both.file('text', Buffer.from(text));
    for (const { name, url } of both.ways) {
      const { stdout } = await run(
        'ab',
        '-k',
        '-q',
        '-v',
        '4',
        '-A',
        `${USER}:${PASSWORD}`,
        '-p',
        file,
        `${url}${UPLOAD}`,
      );
      assert.ok(stdout.includes(text), name);
    }
  });
});

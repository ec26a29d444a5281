import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { staged } from './support/control-api.ts';

const clinic = staged();

describe('the command line', () => {
  it('help tells the commands and every exit code', async () => {
    const { code, stdout } = await clinic.local(['help']);
    equal(code, 0);
    for (const word of ['run', 'check', 'mode', 'switch', 'confirm', 'history', 'watch', '--json'])
      ok(stdout.includes(word));
    for (const exit of [0, 1, 2, 3, 4, 5, 6, 7]) match(stdout, new RegExp(`^  ${exit}  `, 'm'));
    equal((await clinic.local(['switch', '--help'])).stdout, stdout);
  });

  it('--version is the one of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'));
    deepEqual(await clinic.local(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  });

  const wrong: readonly [readonly string[], RegExp][] = [
    [[], /There is no command\./],
    [['swich'], /There is no command "swich"/],
    [['mode', 'extra'], /"extra" is one word too many/],
    [['mode', '--frobnicate'], /Unknown option '--frobnicate'/],
    [['mode', '--url', 'localhost:8800'], /--url is a URL that begins with http/],
    [['switch', '--reason', 'x'], /normal\|emergency\|recovery is missing/],
    [['switch', 'panic', '--reason', 'x'], /The mode is normal, emergency or recovery, not "panic"/],
    [['switch', 'normal'], /--reason TEXT is missing/],
    [['switch', 'normal', '--reason', ' '], /--reason TEXT is missing/],
    [['switch', 'emergency', '--reason', 'x', '--target', 'moon'], /--target is cloud or local, not "moon"/],
    [['switch', 'emergency', '--reason', 'x', '--expected-epoch', '-1'], /expected-epoch/],
    [['confirm', '--reason', 'x', '--target', 'cloud'], /--target needs --mode/],
    [['history', '--limit', 'all'], /--limit is a whole number, not "all"/],
    [['check'], /FILE is missing/],
    [['run'], /--config FILE is missing/],
    [['mode', '--ca', 'gone.pem'], /The certificate gone\.pem cannot be read/],
  ];
  for (const [args, message] of wrong) {
    it(`"${args.join(' ')}" is a usage error that points to help`, async () => {
      const { code, stdout, stderr } = await clinic.local(args);
      equal(code, 2);
      equal(stdout, '');
      match(stderr, message);
      match(stderr, /hybrid-gateway help\n$/);
    });
  }
});

describe('check', () => {
  const sound = `environments:
  operational: { kind: onprem, url: "http://192.0.2.1:8000" }
  localEmergency: { kind: onprem, url: "http://192.0.2.2:8000" }
sync: { keep: 9 }
`;

  it('a sound file ends with 0, and names what has no effect yet', async () => {
    writeFileSync(join(clinic.folder, 'sound.yaml'), sound);
    const { code, stdout } = await clinic.local(['check', 'sound.yaml']);
    equal(code, 0);
    match(stdout, /^sound\.yaml: 問題ありません/);
    match(stdout, /operational, localEmergency/);
    match(stdout, /sync\.keep/);
    const json = await clinic.local(['check', 'sound.yaml', '--json']);
    deepEqual(JSON.parse(json.stdout), { problems: [], withoutEffect: ['sync.keep'] });
  });

  it('a wrong one ends with 3, one line per problem', async () => {
    writeFileSync(join(clinic.folder, 'wrong.yaml'), `${sound}emergency: cloud\nlog: { level: loud }\n`);
    const { code, stdout, stderr } = await clinic.local(['check', 'wrong.yaml']);
    equal(code, 3);
    equal(stdout, '');
    match(
      stderr,
      /^wrong\.yaml:5:12: emergency: .*\nwrong\.yaml:6:15: log\.level: .*\n設定ファイルを直してください \(2 件\)/,
    );
    const json = await clinic.local(['check', 'wrong.yaml', '--json']);
    equal(json.code, 3);
    deepEqual(
      JSON.parse(json.stdout).problems.map(({ path }: { path: string }) => path),
      ['emergency', 'log.level'],
    );
  });

  it('run ends with 3 on the same file', async () => {
    const { code, stderr } = await clinic.local(['run', '--config', 'wrong.yaml']);
    equal(code, 3);
    match(stderr, /wrong\.yaml:6:15: log\.level/);
  });
});

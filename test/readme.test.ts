import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { parseCommand } from '../cli/arguments.ts';
import { HELP } from '../cli/help.ts';
import { parseConfig } from '../config.ts';
import { DOCUMENT } from '../control/openapi/document.ts';
import { refusalCodes, refusalOf } from '../gateway/refusal.ts';
import { hybridMode, MODES } from '../mode/mode.ts';

const ROOT = join(import.meta.dirname, '..');
const PAGES = ['README.md', 'README.ja.md'] as const;
const DECISIONS = readdirSync(join(ROOT, 'docs/decisions')).map((file) => `docs/decisions/${file}`);
const DOCUMENTS = [...PAGES, 'ARCHITECTURE.md', 'METRICS.md', 'CHANGELOG.md', ...DECISIONS];

const described: unknown = JSON.parse(read('package.json'));
const { scripts, bin } = z
  .object({ scripts: z.record(z.string(), z.string()), bin: z.record(z.string(), z.string()) })
  .parse(described);

for (const page of PAGES) {
  const text = read(page);

  describe(page, () => {
    it('prints only commands that there are', () => {
      const commands = [...shellLines(text).flatMap((line) => line.split(' && ')), ...inlineCommands(text)];
      assert.ok(commands.length > 10);
      for (const command of commands) assert.doesNotThrow(() => checkCommand(command), `\`${command}\``);
    });

    it('has every line that the demo prints to be pasted', () => {
      const [, printed = ''] = /const TRY = `([^`]*)`/.exec(read('demo.ts')) ?? [];
      const lines = [...printed.matchAll(/^ {2}((?:curl|npx) .*)$/gm)].map(([, line = '']) => line);
      assert.ok(lines.length > 3);
      assert.deepEqual(
        lines.filter((line) => !shellLines(text).includes(line)),
        [],
      );
    });

    it('names the ports that are listened on, and no other', () => {
      const { gateway, control } = parseConfig(yaml(text), { directory: ROOT, env: namedSecrets(text) });
      const demo = [...read('demo.ts').matchAll(/port: (\d+)/g)].map(([, port]) => Number(port));
      const listed = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, port]) => Number(port));
      assert.deepEqual(listed, [...gateway.listen.map(({ port }) => port), control.listen.port, ...demo]);
      const called = [...text.matchAll(/http:\/\/(?:127\.0\.0\.1|GATEWAY):(\d+)/g)].map(([, port]) => Number(port));
      assert.deepEqual(
        called.filter((port) => !listed.includes(port) && port !== 8000),
        [],
        '8000 is the WebORCA of the example',
      );
    });

    it('has the whole table of X-Hybridmode', () => {
      const rows = [...text.matchAll(/^\|.*\| `(\S+)` \| `(\S+)` \| `(\S+)` \|$/gm)].map((row) => row.slice(1));
      const expected = (['operational', 'localEmergency'] as const).map((name) =>
        MODES.map((mode) => hybridMode(mode, name)),
      );
      assert.deepEqual(rows, expected);
    });

    it('has every refusal where it belongs: to be corrected, to be sent again, to be looked after', () => {
      const row = /^\| `([a-z-]+)` \| (\d{3}) \|(?: (\d+) \|)? .+ \|$/gm;
      const tables = text.split(/^\| `X-Hybrid-Error` .*$/m).slice(1);
      const listed = tables.flatMap((table, group) =>
        [...table.matchAll(row)].map(([, code, status, retry = '-']) => `${group} ${code} ${status} ${retry}`),
      );
      const expected = refusalCodes().map((code) => {
        const { status, retryAfterSeconds, outcome } = refusalOf(code);
        const group = outcome === 'unknown' ? 2 : retryAfterSeconds === null ? 0 : 1;
        return `${group} ${code} ${status} ${retryAfterSeconds ?? '-'}`;
      });
      assert.deepEqual(difference(listed, expected), { missing: [], surplus: [] });
    });
  });
}

describe('README.ja.md beside README.md', () => {
  const [english, japanese] = PAGES.map(read);

  it('has the same sections in the same order, with the same commands, tables and links', () => {
    assert.ok(english !== undefined && japanese !== undefined);
    assert.deepEqual(outline(japanese), outline(english));
    assert.deepEqual(shellLines(japanese), shellLines(english));
    assert.equal(yaml(japanese), yaml(english));
    assert.deepEqual(linksElsewhere(japanese), linksElsewhere(english));
  });
});

describe('ARCHITECTURE.md', () => {
  it('has the import table that the layout is held by', () => {
    const rule = /^ {2}'?([\w/]+)'?: \[(.*)\],$/gm;
    const held = [...read('test/architecture.test.ts').matchAll(rule)].map(([, room, allowed = '']) => [
      room,
      [...allowed.matchAll(/'([^']+)'/g)].map(([, name]) => name),
    ]);
    const row = /^\| `([\w/]+)` \| .+ \| ?((?:`\w+` ?)*)\|$/gm;
    const rooms =
      read('ARCHITECTURE.md')
        .split(/^(?=## )/m)
        .find((section) => section.startsWith('## Rooms')) ?? '';
    const written = [...rooms.matchAll(row)].map(([, room, allowed = '']) => [
      room,
      [...allowed.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    ]);
    assert.deepEqual(written, held);
  });
});

describe('the documents', () => {
  for (const document of DOCUMENTS) {
    it(`${document} links only to what is there`, () => {
      const dead = links(read(document)).filter((link) => !isAlive(link, document));
      assert.deepEqual(dead, []);
    });

    it(`${document} names only files that are there`, () => {
      const named = [...read(document).matchAll(/`([a-z][\w./-]*\/[\w.-]+\.(?:ts|js|sh|yaml))`/g)].map(
        ([, file = '']) => file,
      );
      assert.deepEqual(
        named.filter((file) => !existsSync(join(ROOT, file))),
        [],
      );
    });
  }
});

function difference(listed: readonly string[], expected: readonly string[]) {
  return {
    missing: expected.filter((one) => !listed.includes(one)),
    surplus: listed.filter((one) => !expected.includes(one)),
  };
}

function checkCommand(command: string): void {
  const [program = '', ...words] = shellWords(command);
  if (program === 'npm') return checkScript(words);
  if (program === 'cp') return assert.ok(existsSync(join(ROOT, words[0] ?? '')));
  if (program === 'curl') return checkCall(command);
  if (program.startsWith('TOKEN=')) return;
  const [name = '', ...rest] = program === 'npx' ? words : [program, ...words];
  assert.ok(bin[name] !== undefined && existsSync(join(ROOT, bin[name])), `there is no program ${name}`);
  // In a sentence a command may stand by its name alone.
  if (rest.length === 1) return assert.match(HELP, new RegExp(`^ {2}${rest[0]}\\b`, 'm'));
  parseCommand(rest);
}

function checkScript([first = '', second = '']: readonly string[]): void {
  const script = first === 'run' ? second : first;
  assert.ok(script === 'ci' || scripts[script] !== undefined, `there is no script ${script}`);
}

function checkCall(command: string): void {
  const [, path] = /http:\/\/127\.0\.0\.1:8800(\/[^'" ]*)/.exec(command) ?? [];
  assert.ok(path === undefined || Object.hasOwn(DOCUMENT.paths, path), `the control API has no ${path}`);
}

/** The lines of all shell blocks, without comments. */
function shellLines(text: string): string[] {
  return blocks(text, 'sh').flatMap((block) =>
    block.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
  );
}

function inlineCommands(text: string): string[] {
  return [...text.matchAll(/`((?:npx )?hybrid-gateway [a-z][^`]*|npm [a-z][^`]*)`/g)].map(
    ([, command = '']) => command,
  );
}

function shellWords(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , block = '']) => block);
}

function yaml(text: string): string {
  return blocks(text, 'yaml').join('\n');
}

function namedSecrets(text: string): Record<string, string> {
  return Object.fromEntries(
    [...yaml(text).matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, `secret-of-${name}`]),
  );
}

/** The depth of each heading, and how many tables, blocks and items stand under it. */
function outline(text: string): string[] {
  return text.split(/^(?=#+ )/m).map((section) => {
    const plain = section.replace(/^```.*?^```$/gms, '```');
    const count = (line: RegExp) => [...plain.matchAll(line)].length;
    return `${/^#+/.exec(section)?.[0]}: ${count(/^\|/gm)} rows, ${count(/^```/gm)} blocks, ${count(/^(?:- |\d\. )/gm)} items`;
  });
}

function links(text: string): string[] {
  const prose = text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^https?:/.test(link));
}

/** Without those that the two pages have to each other. */
function linksElsewhere(text: string): string[] {
  return links(text).filter((link) => !/^README(?:\.ja)?\.md$/.test(link));
}

function isAlive(link: string, from: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? from : join(dirname(from), path);
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || anchors(read(file)).includes(anchor);
}

/** As GitHub makes them: small letters, without punctuation, hyphens for spaces. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

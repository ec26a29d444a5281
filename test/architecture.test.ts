import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** Which room may import which; a room may always import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  state: [],
  orca: ['units'],
  mode: ['state', 'units'],
  gateway: ['orca', 'mode', 'state', 'units'],
  sync: ['orca', 'state', 'units'],
  diff: ['orca', 'state', 'units'],
  'control/switch': ['mode', 'state', 'units'],
  control: ['gateway', 'sync', 'diff', 'orca', 'mode', 'state', 'units'],
  simulator: ['orca'],
  units: [],
  config: ['state', 'orca', 'mode', 'gateway', 'sync', 'diff', 'control', 'units'],
  log: ['config'],
  cli: ['config', 'main', 'demo', 'mode'],
  main: ['config', 'log', 'state', 'orca', 'mode', 'gateway', 'sync', 'diff', 'control'],
  demo: ['config', 'log', 'main', 'simulator'],
};

/** Files that decide: nothing of the outside world at run time, so that a table can test them. */
const PURE = [
  /^mode\/(?:mode|switches|start)\.ts$/,
  /^gateway\/(?:refusals\/.*|proposal|treatment|request|headers|route|refusal|form|fault|health|hybridmode|retry-budget|metrics)\.ts$/,
  /^gateway\/push\/protocol\.ts$/,
  /^orca\/(?!options|environment|client|hybrid).*\.ts$/,
  /^control\/openapi\/.*\.ts$/,
  /^units\.ts$/,
];
const IO = /^node:(?:fs|net|http|https|tls|dns|child_process|worker_threads|cluster|os|dgram)/;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

const files = sources(ROOT);
const imports = files.flatMap(importsOf);
const local = imports.filter(({ to }) => to.endsWith('.ts'));

describe('the layout', () => {
  it('has no file in a room that the table does not know', () => {
    const strangers = files.filter((file) => MAY_IMPORT[roomOf(file)] === undefined);
    assert.deepEqual(strangers, []);
  });

  it('lets rooms import only what the table allows', () => {
    const breaches = local
      .filter(({ from, to }) => !isAllowed(roomOf(from), roomOf(to)))
      .map(({ from, to }) => `${from} → ${to}`);
    assert.deepEqual(breaches, []);
  });

  it('keeps the files that decide free of the outside world', () => {
    const breaches = imports
      .filter(({ from, to, isType }) => !isType && IO.test(to) && PURE.some((pure) => pure.test(from)))
      .map(({ from, to }) => `${from} → ${to}`);
    assert.deepEqual(breaches, []);
  });

  it('has no circle of imports', () => {
    assert.equal(circle(), null);
  });

  it('finds a circle and a breach where there is one', () => {
    assert.equal(isAllowed('orca', 'gateway'), false);
    assert.equal(isAllowed('control/switch', 'gateway'), false);
    assert.deepEqual(
      circle([
        { from: 'a.ts', to: 'b.ts', isType: false },
        { from: 'b.ts', to: 'a.ts', isType: true },
      ]),
      ['a.ts', 'b.ts', 'a.ts'],
    );
  });
});

function isAllowed(from: string, to: string): boolean {
  if (from === to || (from === 'control' && to === 'control/switch')) return true;
  const wanted = to === 'control/switch' ? 'control' : to;
  return MAY_IMPORT[from]?.includes(wanted) ?? false;
}

/** The room of a file: its top folder, or for a file at the top its own name. */
function roomOf(file: string): string {
  if (file.startsWith('control/switch/')) return 'control/switch';
  return file.includes('/') ? (file.split('/', 1)[0] ?? '') : file.replace(/\.ts$/, '');
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const isElsewhere = /^(?:\..*|node_modules|dist|test|docs|data|bin|deploy|backup)$/.test(entry.name);
      return folder === ROOT && isElsewhere ? [] : sources(path);
    }
    return entry.name.endsWith('.ts') ? [relative(ROOT, path)] : [];
  });
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(/(?:^|\n)(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|import\('([^']+)'\)/g);
  return [...found].map((match) => {
    const to = match[2] ?? match[3] ?? '';
    const isRelative = to.startsWith('.');
    return { from: file, to: isRelative ? normalize(join(dirname(file), to)) : to, isType: match[1] !== undefined };
  });
}

function circle(edges: readonly Import[] = local): string[] | null {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] | null => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return null;
    for (const to of next.get(file) ?? []) {
      const found = walk(to, [...path, file]);
      if (found !== null) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of next.keys()) {
    const found = walk(file, []);
    if (found !== null) return found;
  }
  return null;
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { z } from 'zod';
import { parseConfig } from '../config.ts';
import { createControlMetrics } from '../control/metrics.ts';
import { gatewayMetrics } from '../gateway/metrics.ts';
import { pushMetrics } from '../gateway/push/metrics.ts';
import { start } from '../main.ts';
import { createModeMetrics } from '../mode/metrics.ts';
import { folder, removeFolders } from './state/folder.ts';

interface Figure {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly meaning: string;
}

const documented = documentedFigures(readFileSync(join(import.meta.dirname, '..', 'METRICS.md'), 'utf8'));

describe('METRICS.md', () => {
  afterEach(removeFolders);

  it('has every registered figure, with its type, labels and meaning, and no other', () => {
    assert.deepEqual(difference(documented, registeredFigures()), { missing: [], surplus: [] });
  });

  it('has every figure that a running gateway shows, and no other', async () => {
    const withoutLabels = documented.map(({ name, type, meaning }) => ({ name, type, meaning }));
    assert.deepEqual(difference(withoutLabels, await shownFigures()), { missing: [], surplus: [] });
  });
});

/** The rows of all tables; those under a heading that names Linux only where there is one. */
function documentedFigures(text: string): Figure[] {
  const isLinux = process.platform === 'linux';
  const sections = text.split(/^(?=#+ )/m).filter((section) => isLinux || !/^#+ .*Linux/.test(section));
  const rows = sections.flatMap((section) => section.split('\n')).filter((line) => line.startsWith('| `'));
  return rows.map((row) => {
    const [, name = '', type = '', labels = '', meaning = ''] = row.split('|').map((cell) => cell.trim());
    return { name: name.replaceAll('`', ''), type, labels: quoted(labels), meaning: sentence(meaning) };
  });
}

// prom-client keeps the label names, but its types do not tell.
const metric = z.object({ name: z.string(), type: z.string(), help: z.string(), labelNames: z.array(z.string()) });

function registeredFigures(): Figure[] {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'hybrid_gateway_' });
  createModeMetrics(registry);
  gatewayMetrics(registry);
  pushMetrics(registry);
  createControlMetrics(registry);
  const metrics = registry.getMetricsAsArray().map((each) => metric.parse(each));
  return metrics.map(({ name, type, help, labelNames }) => ({
    name,
    type,
    labels: labelNames,
    meaning: sentence(help),
  }));
}

const CONFIG = `
gateway: { listen: "127.0.0.1:0" }
control: { listen: "127.0.0.1:0" }
health: { every: 0 }
environments:
  operational: { kind: onprem, url: "http://127.0.0.1:9" }
  localEmergency: { kind: onprem, url: "http://127.0.0.2:9" }
`;

async function shownFigures(): Promise<Omit<Figure, 'labels'>[]> {
  const dir = folder();
  const config = parseConfig(`state: { dir: ${JSON.stringify(dir)}, initial: normal }${CONFIG}`, {
    directory: dir,
    env: {},
  });
  const running = await start(config, pino({ level: 'silent' }));
  try {
    const { address, token } = running.control;
    const headers = { authorization: `Bearer ${token}` };
    const text = await (await fetch(new URL('/metrics', address.url), { headers })).text();
    const heads = [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \1 (\S+)$/gm)];
    return heads.map(([, name = '', help = '', type = '']) => ({ name, type, meaning: sentence(help) }));
  } finally {
    await running.stop();
  }
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, label = '']) => label);
}

function sentence(text: string): string {
  return text.replace(/\.$/, '');
}

function difference(listed: readonly object[], expected: readonly object[]) {
  const [here, there] = [listed, expected].map((figures) => figures.map((figure) => JSON.stringify(figure)));
  assert.ok(here !== undefined && there !== undefined);
  assert.equal(new Set(here).size, here.length, 'a figure stands there twice');
  return {
    missing: there.filter((figure) => !here.includes(figure)),
    surplus: here.filter((figure) => !there.includes(figure)),
  };
}

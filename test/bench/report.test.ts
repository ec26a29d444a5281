import assert from 'node:assert/strict';
import type { Measured, Sample } from './measure.ts';
import { summarise, table, type Row } from './report.ts';

const SAMPLE: Sample = {
  perSecond: 1000,
  p50Ms: 1,
  p99Ms: 2,
  cpuMicros: 100,
  peakMiB: 50,
  proxyShare: 1,
  foreignShare: 0,
};

function row(name: string, ...rounds: (Partial<Sample> | string)[]): Row {
  return {
    name,
    rounds: rounds.map((round): Measured =>
      typeof round === 'string'
        ? { kind: 'not offered', why: round }
        : { kind: 'sample', sample: { ...SAMPLE, ...round } },
    ),
  };
}

const BARE = row('http-proxy-3', { perSecond: 1000 }, { perSecond: 500 }, { perSecond: 2000 });
const OURS = row('gateway', { perSecond: 900 }, { perSecond: 450, cpuMicros: 150 }, { perSecond: 1900 });
const LOAD = { name: 'get-32', title: 'GET 1 KB, 32 at a time', unit: 'request' } as const;

describe('the report of a benchmark', () => {
  it('gives medians of the rounds, and ratios against bare http-proxy-3 of the same round', () => {
    const summary = summarise(OURS, [BARE, OURS]);
    assert.ok(typeof summary === 'object');
    assert.equal(summary.median.perSecond, 900);
    assert.equal(summary.ratio, 0.9);
    assert.equal(summary.cpuRatio, 1);
  });

  it('says in words what a row does not offer, and has no figures there', () => {
    const refusing = row('gateway', '426 Upgrade Required');
    assert.equal(summarise(refusing, [BARE, refusing]), 'not offered: 426 Upgrade Required');
    assert.match(
      table({ load: LOAD, rows: [BARE, refusing] }),
      /^\| gateway +\| not offered: 426 Upgrade Required \|/m,
    );
  });

  it('has no ratio where http-proxy-3 took no part, and no costs of what is no process', () => {
    const direct = row('direct', { cpuMicros: null, peakMiB: null, proxyShare: null });
    const summary = summarise(direct, [direct]);
    assert.ok(typeof summary === 'object');
    assert.equal(summary.ratio, null);
    assert.match(table({ load: LOAD, rows: [direct] }), /^\| direct \| +– \| +1000 \| +1.00 \| +2.00 \| +– \|/m);
  });

  it('is a table whose rows all have the same cells', () => {
    const lines = table({ load: LOAD, rows: [BARE, OURS, row('old', 'no')] })
      .split('\n')
      .filter((line) => line.startsWith('|'));
    assert.deepEqual(new Set(lines.map((line) => line.split('|').length)), new Set([12]));
  });
});

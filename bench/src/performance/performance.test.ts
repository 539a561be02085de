// The page of performance on crowds of ten accounts: its code runs and says what it should; what it measures here is nobody's business.

import { crowdFigures, isRefusal, models, type Refusal, sweepPlain, typescriptFigures } from '@plimsoll/core';
import { openKernel } from '@plimsoll/wasm';
import { describe, expect, it } from 'vitest';
import { judging } from '../figures.ts';
import { mixedCrowd, withEverything } from '../mixed.ts';
import type { Report } from '../report.ts';
import { plainThreads } from '../threads.ts';
import { bookOf, crowdOf, SHAPES, type Shape, venue } from '../venue.ts';
import { type Evidence, filesOf } from './document.ts';
import { crowdsOf, fullPlan, tinyPlan } from './plan.ts';
import { logLogPlot } from './plot.ts';
import { bookShelf, isMeasured, measureCrowd, type Point, VARIANTS } from './points.ts';
import { lastRecords, suiteTable } from './suite-tables.ts';
import { numberText } from './tables.ts';
import { isMet, type Target, targetCells } from './targets.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};

const run = { at: '2026-03-02T09:30:00.000Z', commit: 'abc1234', machine: 'a machine x 2, Node v20' };
const suite = {
  name: 'check',
  results: [{ name: 'WebAssembly, 0 orders', unit: 'ns', median: 30, best: 29, spread: 0.1, sink: 1 }],
  peers: [{ name: 'QuantLib', unit: 'ns', absent: 'no compiler' }],
  ratios: [{ name: 'WebAssembly, each order more', value: 24, unit: 'ns' }],
} as const;
const place = venue();
const shelf = bookShelf(place);

describe('the page of performance', () => {
  it('has a row for every size, a line for every body, no number that is none, and pictures that it links', async () => {
    const points: Point[] = [];
    for (const spec of crowdsOf(tinyPlan)) points.push(...(await measureCrowd(spec, shelf, tinyPlan.effort)));
    const evidence: Evidence = {
      ...{ run, load: 0.5, processors: 2, plan: tinyPlan, points, suites: [{ suite, run }] },
      weighed: { accounts: 1_000_000, positions: 20_000_000, kernel: 3e8, grown: 5e8, rss: 6e8 },
      judged: { accounts: 1_000_000, positions: 20_000_000, kernel: 3.5e8, grown: 5.5e8, rss: 6.5e8 },
      took: 90_000,
    };
    const files = filesOf(evidence);
    const page = files.get('performance.md')!;
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    const linked = [...page.matchAll(/\]\((performance-[a-z]+\.svg)\)/g)].map(([, name]) => name!);
    expect(new Set(linked)).toEqual(new Set([...files.keys()].filter((name) => name.endsWith('.svg'))));
    for (const { name, values } of tinyPlan.axes) {
      const [, table] = page.split(`### Along ${name}`);
      for (const value of values) expect(table).toContain(`| ${value.toLocaleString('en-US')} | `);
      const drawn = files.get(`performance-${name}.svg`)!;
      expect(drawn.match(/<circle/g)).toHaveLength(values.length * VARIANTS.length);
    }
    expect(page).not.toContain('busy');
    expect(filesOf({ ...evidence, load: 4 }).get('performance.md')).toContain('**The machine was busy');
    expect(page).toContain('| met |');
    expect(page).toContain('| **missed** |');
    expect(page).toContain('| peer: QuantLib | absent | no compiler |');
    expect(page).toContain('- WebAssembly, each order more: 24.0 ns');
    expect(page).toContain('measuring took 1.5 minutes');
    expect(page).toContain('| judged whole | 1,000,000 | 20,000,000 | 350 MB | 550 MB | 650 MB |');
    expect(page).toContain('weigh 50.0 bytes an account more');
    const absent = filesOf({ ...evidence, judged: { absent: 'no room' } }).get('performance.md');
    expect(absent).toContain('| judged whole | not measured: no room |');
  });

  it('measures every crowd once, and none that a small machine has no room for', () => {
    const crowds = crowdsOf(fullPlan);
    const keys = crowds.map(({ shape, accounts, positions }) => `${shape} ${accounts} ${positions}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(crowds.every(isMeasured)).toBe(true);
    const largest = (own: Shape) =>
      crowds.filter(({ shape }) => shape === own).reduce((most, { accounts }) => Math.max(most, accounts), 0);
    expect(SHAPES.map(largest)).toEqual([1_000_000, 100_000, 100_000, 100_000, 10_000]);
  });

  it.each<[Target['wanted'], number | undefined, boolean | undefined, string]>([
    [{ least: 9 }, 9, true, 'met'],
    [{ least: 9 }, 8.99, false, '**missed**'],
    [{ most: 400 }, 400, true, 'met'],
    [{ most: 400 }, 401, false, '**missed**'],
    [{ most: 400 }, undefined, undefined, 'not measured'],
  ])('says of %o and %s: %s', (wanted, measured, met, said) => {
    const target: Target = { what: 'a loop', unit: 'x', wanted, measured };
    expect(isMet(target)).toBe(met);
    expect(targetCells(target).at(-1)).toBe(said);
  });

  it('takes each suite from its last record, and says which that was', () => {
    const line = (commit: string, names: readonly string[]) =>
      JSON.stringify({ ...run, commit, suites: names.map((name) => ({ ...suite, name })) } as Report);
    const records = lastRecords(`${line('first', ['rows', 'check'])}\n${line('second', ['check'])}\n\n`);
    expect(records.get('rows')!.run.commit).toBe('first');
    expect(records.get('check')!.run.commit).toBe('second');
    const later = { ...run, at: '2026-03-03T09:30:00.000Z' };
    expect(suiteTable(records.get('rows')!, later)).toContain('Recorded 2026-03-02T09:30Z at commit first.');
    expect(suiteTable({ suite, run }, run)).toContain('Measured by the run that wrote this page.');
    expect(lastRecords('').size).toBe(0);
    for (const broken of ['{', '{}', '7'])
      expect(() => lastRecords(`${line('first', [])}\n${broken}`)).toThrow('history.jsonl, line 2:');
  });

  it.each([
    [1234.5, '1,230'],
    [0.012345, '0.0123'],
    [20, '20'],
    [999_999, '1,000,000'],
    [Number.NaN, '-'],
  ])('writes %s as %s', (value, said) => {
    expect(numberText(value)).toBe(said);
  });

  it('draws a point where its logarithm is, and text as text', () => {
    const drawn = logLogPlot({
      ...{ title: 'a < b', along: 'x', up: 'y' },
      series: [
        { name: 'line', points: [1, 10, 100].map((x) => [x, x] as const) },
        { name: 'nowhere', points: [] },
      ],
    });
    const places = [...drawn.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    expect(places).toHaveLength(3);
    expect(places[1]![0]! * 2).toBeCloseTo(places[0]![0]! + places[2]![0]!, 0);
    expect(places[1]![1]! * 2).toBeCloseTo(places[0]![1]! + places[2]![1]!, 0);
    expect(places[0]![1]!).toBeGreaterThan(places[2]![1]!);
    expect(drawn).toContain('a &lt; b');
    expect(drawn).not.toContain('nowhere');
  });
});

describe('crowds of benches', () => {
  it('are swept by several threads to the bits of one, and of TypeScript', async () => {
    const { risk, plan } = shelf(16);
    const seen = plan.seen.maintenance;
    const crowd = crowdOf('random', 20_000, risk.products.length);
    const own = new Float64Array(2 * crowd.count);
    sweepPlain(crowd, risk, seen, 0, crowd.count, own);
    const sweeps = await plainThreads(sure(await openKernel()), risk, seen, crowd, 3);
    expect(sweeps.together().slice()).toEqual(own);
    const out = sweeps.alone();
    expect(out).toEqual(own);
    out.fill(-1);
    expect(sweeps.together()).toEqual(own);
    sweeps.close();
  });

  it('of everything a venue has are judged whole, nobody asked about, by a pool to the units of TypeScript', async () => {
    const book = bookOf(withEverything(place));
    const crowd = mixedCrowd(40, book.risk);
    expect(mixedCrowd(40, book.risk)).toEqual(crowd);
    const held = new Set([...crowd.rows].map((row) => book.risk.products[row]!.kind));
    expect(held).toEqual(new Set(['option', 'asset', 'perpetual', 'future']));
    const out = crowdFigures(crowd.count);
    sure(models.grid.figures!(typescriptFigures, book))(crowd, 0, crowd.count, out);
    expect(out.asked.every((asked) => asked === 0)).toBe(true);
    expect(new Set(out.initial).size).toBe(crowd.count);
    const pool = await judging(book, crowd);
    sure(await pool.figures());
    expect(pool.judged).toEqual(out);
    await pool.close();
  });

  it('are the same again, and have about the positions that were asked for, rows ascending', () => {
    for (const shape of SHAPES) {
      const crowd = crowdOf(shape, 200, 2_000);
      expect(crowdOf(shape, 200, 2_000)).toEqual(crowd);
      const mean = crowd.start[200]! / 200;
      expect(mean).toBeGreaterThan(shape === 'market maker' ? 499 : 17);
      expect(mean).toBeLessThan(shape === 'market maker' ? 501 : 23);
      for (let i = 0; i < 200; i++) {
        const rows = crowd.rows.subarray(crowd.start[i], crowd.start[i + 1]);
        expect(rows.every((row, k) => k === 0 || row > rows[k - 1]!)).toBe(true);
      }
    }
  });
});

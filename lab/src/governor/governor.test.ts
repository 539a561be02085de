// The walk-forward rules: by hand where it is small, by their order on real prices.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { instant } from '@plimsoll/core';
import type { Bar } from '@plimsoll/core/governor';
import { describe, expect, it } from 'vitest';
import { dailyFigures } from '../evidence/governor.ts';
import { dailyBars, hourlyBars, movesOf } from './bars.ts';
import { figuresOf } from './figures.ts';
import { pathsAhead } from './hourly.ts';
import { halfLifeOf, historical, stressed } from './rules.ts';

const HOUR = 3_600_000;
const bar = (hour: number, open: number, high: number, low: number, close: number): Bar => {
  return { from: instant(hour * HOUR), to: instant((hour + 1) * HOUR), open, high, low, close };
};

describe('bars', () => {
  it('hours make days, the first open and the last close, gaps and all', () => {
    const days = dailyBars([
      bar(22, 10, 12, 9, 11),
      bar(23, 11, 13, 10, 12),
      bar(24, 12, 12, 8, 9),
      bar(30, 9, 15, 9, 14),
    ]);
    expect(days.map(({ open, high, low, close }) => [open, high, low, close])).toEqual([
      [10, 13, 9, 12],
      [12, 15, 8, 14],
    ]);
    const [moved] = movesOf(days);
    expect([moved!.long, moved!.short]).toEqual([expect.closeTo(1 / 3, 12), 0.25]);
  });

  it('a path ahead needs its four hours', () => {
    const bars = [
      bar(0, 10, 10, 10, 10),
      bar(1, 10, 11, 10, 10),
      bar(2, 10, 10, 8, 9),
      bar(3, 9, 9, 9, 9),
      bar(4, 9, 12, 9, 9),
      bar(6, 9, 9, 9, 9),
    ];
    expect(pathsAhead(bars)[0]).toEqual({ long: expect.closeTo(0.2, 12), short: expect.closeTo(0.2, 12) });
    expect(pathsAhead(bars).slice(1)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});

it('figures by hand', () => {
  const stood = [
    { required: 0.1, long: 0.12, short: 0 },
    { required: 0.2, long: 0.05, short: 0.25 },
    { required: 0.15, long: 0.15, short: 0.01 },
  ];
  const { long, short, mean, peakToTrough, rises, shortfall } = figuresOf(stood, [1, 2]);
  expect([long, short, peakToTrough]).toEqual([1, 1, 2]);
  expect(mean).toBeCloseTo(0.15, 14);
  expect(rises).toEqual([1, expect.closeTo(0.5, 14)]);
  expect(shortfall).toBeCloseTo(0.07, 14);
});

it('the stressed level never falls, and is never below the plain one', () => {
  const days = [1, 5, 2, 1, 1, 1].map((loss, i) => ({
    from: instant(i),
    to: instant(i + 1),
    change: 0,
    long: loss / 100,
    short: 0,
  }));
  expect(historical(days, 2, 0.99)).toEqual([0.01, 0.05, 0.05, 0.02, 0.01, 0.01]);
  expect(stressed(days, 2, 0.99)).toEqual([0.01, 0.05, 0.05, 0.05, 0.05, 0.05]);
  expect(halfLifeOf(0.5)).toBeCloseTo(24, 12);
});

const data = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const reason = existsSync(`${data}/prices`) ? '' : ' (skipped: no data folder beside the project)';

describe.skipIf(reason !== '')(`real days${reason}`, () => {
  it('M-152 the governor whips least of all that follow the market, and costs about what a floor does', async () => {
    const { bars } = await hourlyBars(data, 'btcusdt_hourly_spliced.csv.gz');
    const figures = new Map(dailyFigures(movesOf(dailyBars(bars)), 365));
    const governor = figures.get('governor, pi 0.5')!;
    const raw = figures.get('FHS, lambda 0.94')!;
    for (const name of [
      'FHS, lambda 0.94',
      'FHS, lambda 0.97',
      'FHS, lambda 0.99',
      'asymmetric EWMA 0.94 / 0.99',
      '25 % buffer on FHS 0.97',
    ]) {
      expect(governor.peakToTrough, name).toBeLessThan(figures.get(name)!.peakToTrough);
      expect(governor.rises[0], name).toBeLessThan(figures.get(name)!.rises[0]!);
    }
    expect(governor.peakToTrough).toBeLessThan(raw.peakToTrough / 2);
    expect(governor.rises[0]).toBeLessThan(Math.exp(0.2) - 1);
    expect(governor.long).toBeLessThanOrEqual(raw.long);
    expect(governor.mean).toBeLessThan(figures.get('floor: max(FHS 0.97, long run)')!.mean);
  });
});

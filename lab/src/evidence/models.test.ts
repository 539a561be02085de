// The comparison on a simulated market, so that the command cannot rot where the real chains are absent; and on the real ones.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ChainSnapshot, greeksDefaults, instant, isRefusal } from '@plimsoll/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulateChain } from '../simulate/index.ts';
import { type Asked, type ComparedDay, compareDay, compared, type Day } from './compare.ts';
import { modelDays, modelsReport } from './models.ts';

const timing = { clock: () => 0, rounds: 1, machine: 'a test' };
const [first, second, ...later] = simulateChain({
  seed: 5,
  at: instant(Date.UTC(2026, 0, 10, 9)),
  snapshots: 5,
  hours: 6,
  crash: { hour: 9, move: -0.12 },
}) as [ChainSnapshot, ChainSnapshot, ...ChainSnapshot[]];
const calm: Day = { title: 'Calm: simulated', snapshots: [first, second] };
const crash: Day = { title: 'Crash: simulated', snapshots: [first, second, ...later] };

const asked = (day: ComparedDay, name: string) => day.books.find(({ book }) => book.name === name)!;

describe('the comparison of models', () => {
  let day: ComparedDay;
  beforeAll(() => {
    day = compareDay(crash);
  });

  it('asks every model of our own about every book, in its order', () => {
    for (const { book, asked } of day.books) {
      const ids = asked.map((one) => (isRefusal(one) ? `${book.name}: ${one.message}` : one.model));
      expect(ids).toEqual(compared.map(({ id }) => id));
    }
  });

  it('measures the loss at the next snapshot and at the worst of all', () => {
    const outright = asked(day, 'outright');
    const moves = [second, ...later].map(({ options }) => options[0]!.index! / first.options[0]!.index! - 1);
    // A coin-settled perpetual gains 1 / entry - 1 / mark coins per dollar, worth the mark: the move of the price, in dollars.
    const away = (loss: number, move: number) => Math.abs(loss - Math.max(0, -move) * 1e6);
    expect(away(outright.lossNext, moves[0]!)).toBeLessThan(3_000);
    expect(away(outright.lossDay, Math.min(...moves))).toBeLessThan(3_000);
    expect(outright.lossDay).toBeGreaterThan(60_000);
    for (const { lossNext, lossDay } of day.books) expect(lossDay).toBeGreaterThanOrEqual(lossNext);
  });

  it('finds the expansion within its tolerance where it stands, and far beyond it in the tails', () => {
    expect(asked(day, 'outright').expansion).toBeUndefined();
    for (const { expansion } of day.books) {
      if (expansion === undefined) continue;
      const { cells, fellBack, kept, near, tail } = expansion;
      expect(fellBack).toBeGreaterThan(0);
      expect(fellBack).toBeLessThan(cells);
      // The tolerance is of the forward, which stands a few percent above the index at most.
      expect(kept!.share).toBeLessThan(1.05 * greeksDefaults.expansion.tolerance);
      expect(tail!.usd).toBeGreaterThan(near!.usd);
      expect(tail!.share).toBeGreaterThan(0.1);
      expect(kept!.scenario).not.toContain('/tail');
    }
    const { expansion } = asked(day, 'straddle');
    const greeks = asked(day, 'straddle').asked.find((one) => !isRefusal(one) && one.model === 'greeks');
    expect(expansion!.trusted.initial).toBeGreaterThan(2 * (greeks as Asked).initial);
  });

  it('sizes every book to a few units', () => {
    const gross = new Map(day.books.map(({ book, gross }) => [book.name, gross / 1e6]));
    expect(gross.get('outright')).toBe(1);
    expect(gross.get('straddle')).toBeCloseTo(2, 1);
    expect(gross.get('market maker')).toBeGreaterThan(9);
    for (const size of gross.values()) expect(size).toBeLessThan(12);
  });
});

describe('docs/evidence/models.md', () => {
  it('has a row per book and day, a column per model, and no number that is none', () => {
    const text = modelsReport([calm, crash], timing, () => {});
    const table = (title: string) => text.split(`## ${title}`)[1]!.split('\n## ')[0]!;
    for (const title of [calm.title, crash.title]) {
      const rows = table(title)
        .split('\n')
        .filter((line) => line.startsWith('|'));
      expect(rows).toHaveLength(2 + 12);
      for (const row of rows) expect(row.split(' | ')).toHaveLength(2 + compared.length);
    }
    expect(table('Microseconds')).toContain('| market maker | 0.0 / 0.0');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });
});

const folder = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const there = existsSync(folder);
if (!there) console.log('skipped: books on real chains, no ../shared/data beside the repository');

describe.skipIf(!there)('books on real chains', () => {
  it('a calm day costs less than a crash, and grid holds the loss of a day in all three', async () => {
    const days = (await modelDays(folder)).map(compareDay);
    const [calm, crash] = days as [ComparedDay, ComparedDay, ComparedDay];
    expect(asked(crash, 'outright').lossDay).toBeGreaterThan(100_000);
    expect(asked(calm, 'outright').lossDay).toBeLessThan(10_000);
    for (const { books } of days) {
      for (const { asked, lossDay } of books) {
        const grid = asked.find((one) => !isRefusal(one) && one.model === 'grid');
        expect(grid).toBeDefined();
        if (grid !== undefined && !isRefusal(grid)) expect(grid.initial).toBeGreaterThan(lossDay);
      }
    }
  });
});

// The table of venues on a simulated market, so that the command cannot rot where the real chains are absent.

import {
  assess,
  type ChainSnapshot,
  dollars,
  fitMarket,
  instant,
  isRefusal,
  models,
  productsOf,
} from '@plimsoll/core';
import { describe, expect, it } from 'vitest';
import { simulateChain } from '../simulate/index.ts';
import { standardBooks } from './books.ts';
import { compared, type Day, venueModels } from './compare.ts';
import { orThrow } from './data.ts';
import { linearTwin } from './twins.ts';
import { venueRows, venuesReport } from './venues.ts';

const [first, second, ...later] = simulateChain({
  seed: 5,
  at: instant(Date.UTC(2026, 0, 10, 9)),
  snapshots: 5,
  hours: 6,
  crash: { hour: 9, move: -0.12 },
}) as [ChainSnapshot, ChainSnapshot, ...ChainSnapshot[]];
const calm: Day = { title: 'A calm day: simulated', snapshots: [first, second] };
const crash: Day = { title: 'The crash: simulated', snapshots: [first, second, ...later] };

describe('a linear twin', () => {
  it('has the exposure of its book: the same first loss of spot, dollars', () => {
    const market = orThrow(fitMarket(first));
    for (const { portfolio } of standardBooks(first)) {
      const twin = orThrow(linearTwin(portfolio, market));
      const delta = (held: typeof twin) => {
        const book = orThrow(models.grid.book(productsOf(held), market, models.grid.defaults));
        const { holdings } = orThrow(assess(held, book, models.grid)).requirement;
        return holdings.rows.reduce((sum, row, i) => {
          const { kind } = book.risk.products[row]!;
          return sum + (kind === 'asset' ? 0 : holdings.quantities[i]! * book.risk.columns.delta[row]!);
        }, 0);
      };
      // Linear deltas are of the forward, a few percent from the index at most.
      const [held, twinned] = [delta(portfolio), delta(twin)];
      expect(Math.abs(twinned - held)).toBeLessThan(0.06 * (1 + Math.abs(held)) + 0.5);
    }
  });
});

describe('docs/evidence/venues.md', () => {
  it('every venue answers every book, as it is or as its twin, or says why not', () => {
    for (const { answers, book } of venueRows(crash)) {
      answers.forEach(({ asked }, m) => {
        if (!isRefusal(asked)) return;
        // The one contract of the books that a venue does not list: a dated future.
        expect(venueModels[m]!.id).toMatch(/^derive-/);
        expect(book.portfolio.positions.some(({ product }) => product.kind === 'future')).toBe(true);
      });
    }
  });

  it('has a row per book and day, a column per model, and no number that is none', () => {
    const text = venuesReport([calm, crash], () => {});
    const width = 3 + venueModels.length + compared.length - 1;
    const rows = text
      .split('## The models')[0]!
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| book'));
    expect(rows).toHaveLength(24);
    for (const row of rows) expect(row.split(' | ')).toHaveLength(width);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('maintenance of every venue stays below its initial margin', () => {
    for (const { answers } of venueRows(crash)) {
      for (const { asked } of answers) {
        if (!isRefusal(asked))
          expect(asked.maintenance).toBeLessThanOrEqual(asked.initial + dollars(1n as never));
      }
    }
  });
});

// The quoting market maker on a simulated chain: the answer is never below a subset of fills that was found.

import {
  assess,
  dollars,
  fitMarket,
  grid,
  instant,
  isRefusal,
  models,
  productsOf,
  type Refusal,
} from '@plimsoll/core';
import { describe, expect, it } from 'vitest';
import { simulateChain } from '../simulate/index.ts';
import { quoteDay, quotingBook } from './quoting.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const [first, second] = simulateChain({
  seed: 5,
  at: instant(Date.UTC(2026, 0, 10, 9)),
  snapshots: 2,
  hours: 6,
});
const day = { title: 'simulated', snapshots: [first!, second!] } as const;

describe('the market maker with its quotes out', () => {
  it('quotes forty options on both sides, at the touch', () => {
    const { orders } = quotingBook(first!);
    expect(orders).toHaveLength(80);
    expect(new Set(orders.map(({ product, side }) => `${product.id} ${side}`)).size).toBe(80);
    for (const { product, side, price } of orders) {
      const { bid, ask } = first!.options.find((row) => row.product.id === product.id)!;
      expect(price).toBe(side === 'buy' ? bid : ask);
    }
  });

  it('needs at least what any subset that was found needs, and just that where exact', () => {
    const { answers } = quoteDay(day, [models.static, models.grid]);
    for (const { model, without, quoting, orders, found } of answers.map(sure)) {
      expect(quoting.initial, model).toBeGreaterThanOrEqual(without.initial);
      expect(quoting.maintenance, model).toBeGreaterThanOrEqual(without.maintenance);
      expect(found, model).toBeGreaterThan(without.initial);
      expect(found, model).toBeLessThan(quoting.initial + 0.01);
      if (orders === 'exact') expect(found, model).toBeGreaterThan(quoting.initial - 0.01);
    }
  });

  it('M-25 is charged no more for a short-option minimum than the minimum, however much its quotes gain in the worst lane', () => {
    const portfolio = quotingBook(first!);
    const book = sure(grid.book(productsOf(portfolio), sure(fitMarket(first!)), grid.defaults));
    const { initial, maintenance } = sure(assess(portfolio, book, grid)).requirement;
    const floors = [...initial.charges, ...maintenance.charges].filter(
      ({ name }) => name === 'short-option-minimum',
    );
    for (const { amount, inputs } of floors) expect(dollars(amount)).toBeLessThanOrEqual(inputs['least']!);
  });
});

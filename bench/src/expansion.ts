// What an expansion saves: rows to second order against rows by full revaluation, on a simulated chain of two coins.

import {
  expandRows,
  fillRows,
  fitMarket,
  greeksDefaults,
  grid,
  gridDefaults,
  instant,
  isRefusal,
  type Product,
  type Refusal,
  type RiskBook,
  withExpiries,
} from '@plimsoll/core';
import { simulateChain } from '@plimsoll/lab';
import type { Measured, Suite } from './bench.ts';

const SEED = 21;

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

function stage() {
  const snapshot = simulateChain({ seed: SEED, at: instant(Date.UTC(2026, 2, 2, 9, 30)) }).at(-1)!;
  const fitted = sure(fitMarket(snapshot));
  const products: Product[] = snapshot.options.map(({ product }) => product);
  const { risk } = sure(grid.book(products, fitted, gridDefaults));
  return { risk, market: withExpiries(fitted, products) };
}

const named = ({ products, lanes }: RiskBook) => `${products.length} x ${lanes.length}`;

/** The rows of one book, by each method. */
export const expansionSuite: Suite = {
  name: 'expansion',
  benches: () => {
    const { risk, market } = stage();
    const { products, lanes, shocks, stride } = risk;
    const out = new Float64Array(risk.rows.length);
    const work = products.length * lanes.length;
    const { expansion } = greeksDefaults;
    const guards = [
      ['trusted', { ...expansion, tolerance: Number.POSITIVE_INFINITY }],
      ['judged ahead', { ...expansion, judged: 'ahead' }],
      ['measured', { ...expansion, judged: 'measured' }],
    ] as const;
    return [
      {
        name: `revalued, ${named(risk)}`,
        unit: 'ns',
        work,
        run: () => fillRows(products, market, shocks, stride, out).size + out[work >> 1]!,
      },
      ...guards.map(([name, guard]) => ({
        name: `expanded, ${name}`,
        unit: 'ns' as const,
        work,
        run: () => expandRows(products, market, shocks, stride, out, guard).refused.size + out[work >> 1]!,
      })),
    ];
  },
  ratios: (results: readonly Measured[]) => {
    const of = (name: string) => results.find((result) => result.name.startsWith(name))!.median;
    return [
      { name: 'revalued over expanded, trusted', value: of('revalued') / of('expanded, trusted') },
      { name: 'revalued over expanded, judged ahead', value: of('revalued') / of('expanded, judged') },
    ];
  },
};

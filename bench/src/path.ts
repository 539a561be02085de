// The path a number takes: a chain fitted, a book built, a portfolio judged. On a chain that the project simulates.

import {
  assess,
  combine,
  fillRows,
  fitMarket,
  type GridBook,
  grid,
  gridDefaults,
  holdingsOf,
  instant,
  isRefusal,
  type Market,
  type Order,
  type Portfolio,
  type Product,
  type Refusal,
  readChainCsv,
  seededPrng,
  sweep,
  withExpiries,
} from '@plimsoll/core';
import { simulateChain, writeChainCsv } from '@plimsoll/lab';
import type { Measured, Suite } from './bench.ts';

const SEED = 21;
const PORTFOLIOS = 64;
const POSITIONS = 20;

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

/** Random books of twenty options, some in spreads. */
function portfolios(products: readonly Product[]): Portfolio[] {
  const prng = seededPrng(SEED);
  const options = products.filter((product) => product.kind === 'option');
  return Array.from({ length: PORTFOLIOS }, (_, i) => {
    const rows = new Map<Product, number>();
    while (rows.size < POSITIONS) {
      rows.set(options[Math.floor(prng.next() * options.length)]!, Math.round(40 * prng.next() - 20) || 1);
    }
    return {
      account: `bench-${i}`,
      balances: [{ asset: 'USD', kind: 'cash', quantity: 1e6 }],
      positions: [...rows].map(([product, quantity]) => ({ product: product as never, quantity })),
      orders: [],
    };
  });
}

/** Quotes around the mark, buys and sells by turns. */
export function quotesOf(
  products: readonly Product[],
  { risk }: GridBook,
  count: number,
  seed: number,
): Order[] {
  const prng = seededPrng(SEED + seed);
  const options = products.filter((product) => product.kind === 'option');
  return Array.from({ length: count }, (_, i): Order => {
    const product = options[Math.floor(prng.next() * options.length)]!;
    const side = i % 2 === 0 ? 'buy' : 'sell';
    const mark = risk.columns.mark[risk.indexOf.get(product.id)!]!;
    return { product, side, quantity: 1, price: Math.max(1e-4, mark * (side === 'buy' ? 0.97 : 1.03)) };
  });
}

/** A simulated chain, its market and book, and random portfolios on it. */
export function stage() {
  const snapshot = simulateChain({ seed: SEED, at: instant(Date.UTC(2026, 2, 2, 9, 30)) }).at(-1)!;
  const csv = writeChainCsv([snapshot]);
  const market: Market = sure(fitMarket(snapshot));
  const usd: Product = { kind: 'asset', id: 'USD', underlying: 'USD' };
  const coins = ['BTC', 'ETH'].map((id): Product => ({ kind: 'asset', id, underlying: id }));
  const products = [...snapshot.options.map(({ product }) => product), ...coins, usd];
  const book: GridBook = sure(grid.book(products, market, gridDefaults));
  return {
    snapshot,
    csv,
    market: withExpiries(market, products),
    products,
    book,
    held: portfolios(products),
  };
}

/** Everything `plimsoll margin` does, part by part. */
export const pathSuite: Suite = {
  name: 'path',
  benches: () => {
    const { snapshot, csv, market, products, book, held } = stage();
    const { risk } = book;
    const rows = new Float64Array(risk.rows.length);
    const values = risk.products.length * risk.lanes.length;
    const holdings = held.map(({ positions }) =>
      holdingsOf(
        new Map(positions.map(({ product, quantity }) => [risk.indexOf.get(product.id)!, quantity])),
      ),
    );
    const perBook = POSITIONS * risk.lanes.length;
    return [
      {
        name: `read a chain CSV, per quote`,
        unit: 'ns',
        work: snapshot.options.length,
        run: () => sure(readChainCsv(csv, { source: 'bench' })).options.length,
      },
      {
        name: 'fit BTC + ETH, per quote',
        unit: 'ns',
        work: snapshot.options.length,
        run: () => sure(fitMarket(snapshot)).underlyings[0]!.slices[0]!.forward,
      },
      {
        name: `fillRows, ${risk.products.length} x ${risk.lanes.length}`,
        unit: 'M/s',
        work: values,
        run: () => fillRows(risk.products, market, risk.shocks, risk.stride, rows).size + rows[values >> 1]!,
      },
      {
        name: 'whole book, per product',
        unit: 'ns',
        work: risk.products.length,
        run: () => sure(grid.book(products, market, gridDefaults)).risk.rows[0]!,
      },
      {
        name: `sweep, ${POSITIONS} positions`,
        unit: 'M/s',
        work: PORTFOLIOS * perBook,
        run: () => holdings.reduce((sum, one) => sum + sweep(risk, one).pnl[0]!, 0),
      },
      {
        name: 'sweep and combine, per portfolio',
        unit: 'ns',
        work: PORTFOLIOS,
        run: () =>
          holdings.reduce((sum, one) => sum + combine(sweep(risk, one), book.plan, 'initial').amount, 0),
      },
      {
        name: 'assess, per portfolio',
        unit: 'ns',
        work: PORTFOLIOS,
        run: () => held.reduce((sum, one) => sum + Number(sure(assess(one, book, grid)).equity), 0),
      },
      ...[10, 100].map((count) => {
        const quoting = held.map((one, i) => ({ ...one, orders: quotesOf(products, book, count, i) }));
        return {
          name: `assess with ${count} open orders`,
          unit: 'ns' as const,
          work: PORTFOLIOS,
          run: () => quoting.reduce((sum, one) => sum + Number(sure(assess(one, book, grid)).equity), 0),
        };
      }),
    ];
  },
  ratios: (results: readonly Measured[]) => {
    const of = (name: string) => results.find((result) => result.name.startsWith(name))!.median;
    return [
      { name: 'assess over sweep and combine', value: of('assess') / of('sweep and combine') },
      { name: 'whole book over its rows', value: of('whole book') / (1000 / of('fillRows')) / 1 },
    ];
  },
};

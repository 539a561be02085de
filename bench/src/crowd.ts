// Many accounts at once: a liquidation ladder on shared books beside the same accounts one at a time, and the need of a fund.

import {
  type Debtor,
  debtorsOf,
  fitMarket,
  grid,
  gridDefaults,
  instant,
  isRefusal,
  ladderOf,
  type Position,
  parseProduct,
  type Refusal,
  type Subject,
  seededPrng,
  survive,
  underlyingOf,
} from '@plimsoll/core';
import { simulateChain } from '@plimsoll/lab';
import type { Measured, Suite } from './bench.ts';

const SEED = 23;
const CROWD = 2_000;
const TOLERANCE = 1e-5;

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

/** Perpetuals of either side, half of them with up to four options, at leverages from 1 to 10. */
function crowd(): Subject[] {
  const prng = seededPrng(SEED);
  const snapshot = simulateChain({ seed: SEED, at: instant(Date.UTC(2026, 2, 2, 9, 30)) }).at(-1)!;
  const market = sure(fitMarket(snapshot));
  const { index } = underlyingOf(market, 'BTC')!;
  const near = snapshot.options
    .map(({ product }) => product)
    .filter(({ underlying, strike }) => underlying === 'BTC' && Math.abs(strike / index - 1) < 0.3)
    .filter((_, i) => i % 6 === 0);
  const perpetual = sure(parseProduct('BTC-PERPETUAL')) as Position['product'];
  return Array.from({ length: CROWD }, (_, i): Subject => {
    const dollars = 10_000 * (1 + 99 * prng.next());
    const side = prng.next() < 0.65 ? 1 : -1;
    const options = new Map<Position['product'], number>();
    for (let n = Math.floor(9 * prng.next()) - 4; n > 0; n--) {
      const product = near[Math.floor(prng.next() * near.length)]!;
      options.set(product, ((prng.next() < 0.4 ? 1 : -1) * 0.3 * dollars) / index);
    }
    const positions = [
      { product: perpetual, quantity: side * dollars },
      ...[...options].map(([product, quantity]) => ({ product, quantity })),
    ];
    const cash = (dollars * (1 + 0.3 * options.size)) / (1 + 9 * prng.next());
    const balances = [{ asset: 'USD', kind: 'cash' as const, quantity: cash }];
    const portfolio = { account: `account-${i}`, balances, positions, orders: [] };
    const own = { portfolio, market, model: grid as Subject['model'], parameters: gridDefaults };
    return { ...own, treatment: 'portfolio', smile: 'sticky-strike' };
  });
}

/** What `plimsoll breaker` and `plimsoll fund` spend their time on. */
export const crowdSuite: Suite = {
  name: 'crowd',
  benches: () => {
    const subjects = crowd();
    const debtors = sure(debtorsOf(subjects.map((subject, i): Debtor => ({ account: `${i}`, subject }))));
    return [
      ...[25, 100].map((count) => ({
        name: `ladder of ${count}, per account`,
        unit: 'ns' as const,
        work: count,
        run: () => sure(ladderOf(subjects.slice(0, count), 'BTC', TOLERANCE)).down.length,
      })),
      {
        name: 'survive, one account alone',
        unit: 'ns',
        work: 1,
        run: () =>
          sure(survive(subjects[0]!, { kind: 'spot', underlying: 'BTC' }, { low: -0.5, high: 0.5 }))
            .assessments,
      },
      {
        name: `need of ${CROWD} after a jump, per account`,
        unit: 'ns',
        work: CROWD,
        run: () => Number(sure(debtors.needAt('fall', [[{ kind: 'spot' }, -0.4]])).total),
      },
    ];
  },
  ratios: (results: readonly Measured[]) => {
    const of = (name: string) => results.find((result) => result.name.startsWith(name))!.median;
    return [{ name: 'alone over one of 100', value: of('survive') / of('ladder of 100') }];
  },
};

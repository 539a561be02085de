// Laws of Derive's portfolio managers over random accounts, parameters and orders.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  btcPerpetual,
  deriveMarket,
  deriveOptions,
  ethPerpetual,
  standingOf,
} from '../../../../test/derive.ts';
import { dollars, isRefusal, type Refusal } from '../../../base/index.ts';
import { readRiskFile, sealRiskFile, writeRiskFile } from '../../../wire/index.ts';
import {
  applyTrade,
  assess,
  assetProduct,
  LINE_NAMES,
  type Order,
  type Portfolio,
  type Position,
  type Standing,
} from '../../index.ts';
import type { MarginModel } from '../../requirement.ts';
import { derivePmrm } from './pmrm.ts';
import { derivePmrm2 } from './pmrm2.ts';
import type { Pmrm2Market, Pmrm2Parameters } from './portfolio-parameters.ts';
import { deriveStandard } from './srm.ts';
import { deriveUnits } from './unit.ts';

const CONTRACTS = [...deriveOptions, ethPerpetual, btcPerpetual];
const CENT = 0.01;

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const scale = (i: number) => (CONTRACTS[i]!.underlying === 'ETH' ? 30 : 1);
const contract = fc.nat(CONTRACTS.length - 1);
const positions: fc.Arbitrary<Position[]> = fc
  .uniqueArray(fc.tuple(contract, fc.double({ min: -10, max: 10, noNaN: true })), {
    maxLength: 6,
    selector: ([i]) => i,
  })
  .map((picked) => picked.map(([i, size]) => ({ product: CONTRACTS[i]!, quantity: size * scale(i) })));
const orders: fc.Arbitrary<Order[]> = fc
  .array(
    fc.record({
      i: contract,
      side: fc.constantFrom('buy' as const, 'sell' as const),
      size: fc.double({ min: 0.01, max: 10, noNaN: true }),
      price: fc.double({ min: 0.5, max: 1.5, noNaN: true }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((picked) =>
    picked.map(({ i, side, size, price }) => {
      const product = CONTRACTS[i]!;
      const spot = product.underlying === 'ETH' ? 1_900 : 65_000;
      const limit = product.kind === 'option' ? 0.05 * spot * price : spot * (0.9 + 0.1 * price);
      return { product, side, quantity: size * scale(i), price: limit };
    }),
  );
const accounts: fc.Arbitrary<Portfolio> = fc
  .record({
    positions,
    cash: fc.double({ min: -1e5, max: 1e6, noNaN: true }),
    eth: fc.double({ min: 0, max: 100, noNaN: true }),
    wsteth: fc.double({ min: 0, max: 50, noNaN: true }),
    usdt: fc.double({ min: 0, max: 1e5, noNaN: true }),
  })
  .map(({ positions: held, cash, eth, wsteth, usdt }) => ({
    account: 'law',
    balances: [
      { asset: 'USDC', kind: 'cash', quantity: cash },
      { asset: 'ETH', kind: 'collateral', quantity: eth },
      { asset: 'WSTETH', kind: 'collateral', quantity: wsteth },
      { asset: 'USDT', kind: 'collateral', quantity: usdt },
    ],
    positions: held,
    orders: [],
  }));
const share = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const stated = fc.record({ stable: share(0.9, 1.02), rate: share(-0.05, 0.3), confidence: share(0.3, 1) });

/** Factors and discounts of any kind: concave, convex, and what is set on the chain. */
const parameters: fc.Arbitrary<Pmrm2Parameters> = fc
  .record({
    imFactor: share(0.5, 2),
    mmFactor: share(0.5, 1.2),
    shortBaseStaticDiscount: share(0.9, 1.1),
    longBaseStaticDiscount: share(0.9, 1.1),
  })
  .map((margin) => {
    const { defaults } = derivePmrm2;
    const markets = Object.entries(defaults.markets).map(([coin, market]): [string, Pmrm2Market] => [
      coin,
      { ...market, margin: { ...market.margin, ...margin } },
    ]);
    return { ...defaults, markets: Object.fromEntries(markets) };
  });

/** The first version takes the market's own coin and nothing else. */
const plain = (account: Portfolio): Portfolio => ({
  ...account,
  balances: account.balances.filter(({ asset }) => asset === 'USDC' || asset === 'ETH'),
});

function expectWhole(standing: Standing): void {
  const { maintenance, release, initial, contributions } = standing.requirement;
  expect(maintenance.amount <= release.amount && release.amount <= initial.amount).toBe(true);
  for (const { amount, swept, charges } of [maintenance, release, initial]) {
    expect(charges.reduce((sum, charge) => sum + charge.amount, swept as bigint)).toBe(amount);
  }
  expect(contributions.reduce((sum, part) => sum + part.amount, 0n)).toBe(-initial.swept);
}

describe('M-85 lines of a venue that sweeps', () => {
  it('stand in order, add up, and so do the parts of positions and orders, under any factors', () => {
    fc.assert(
      fc.property(accounts, orders, stated, parameters, (account, open, says, given) => {
        expectWhole(sure(standingOf(derivePmrm2, { ...account, orders: open }, deriveMarket(says), given)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('M-34 open orders of a venue that sweeps', () => {
  /** The least excess over every subset of fills, booked as trades; fees off. */
  function worstOf(
    account: Portfolio,
    open: readonly Order[],
    stand: (held: Portfolio) => Standing,
    within: ReturnType<typeof deriveMarket>,
  ) {
    const least = { maintenance: Infinity, release: Infinity, initial: Infinity };
    for (let mask = 0; mask < 2 ** open.length; mask++) {
      const held = open
        .filter((_, i) => (mask >> i) & 1)
        .reduce<Portfolio>((state, { product, side, quantity, price }) => {
          const trade = { product, quantity: side === 'buy' ? quantity : -quantity, price };
          return sure(applyTrade(state, trade, within));
        }, account);
      const { excess } = stand(held);
      for (const line of LINE_NAMES) least[line] = Math.min(least[line], dollars(excess[line]));
    }
    return least;
  }

  const free = { perpetual: 0, option: 0, optionCap: 0 };

  function expectBound<P extends { readonly fees: typeof free }>(
    model: MarginModel<P & Pmrm2Parameters>,
    given: P & Pmrm2Parameters,
    account: Portfolio,
    open: readonly Order[],
    says: { stable: number; rate: number; confidence: number },
  ): void {
    const observed = deriveMarket(says);
    const everything = [...CONTRACTS, ...account.balances.map(({ asset }) => assetProduct(asset))];
    const book = sure(model.book(everything, observed, { ...given, fees: free }));
    // Trades are booked at what Derive's contracts pay.
    const within = deriveUnits(observed, model.id === 'derive-pmrm2');
    const stand = (held: Portfolio) => sure(assess(held, book, model));
    const said = stand({ ...account, orders: open });
    const least = worstOf(account, open, stand, within);
    for (const line of LINE_NAMES) {
      expect(dollars(said.excess[line]), line).toBeLessThanOrEqual(least[line] + CENT);
      if (said.requirement.orders === 'exact') {
        expect(dollars(said.excess[line]), `${line} exact`).toBeGreaterThanOrEqual(least[line] - CENT);
      }
    }
  }

  it('never below the worst subset under any factors and discounts, equal where exact', () => {
    fc.assert(
      fc.property(accounts, orders, stated, parameters, (account, open, says, given) => {
        expectBound(derivePmrm2 as never, given as never, account, open, says);
      }),
      { numRuns: 60 },
    );
  });

  it('nor in the first version', () => {
    fc.assert(
      fc.property(accounts, orders, stated, (account, open, says) => {
        expectBound(derivePmrm as never, derivePmrm.defaults as never, plain(account), open, says);
      }),
      { numRuns: 40 },
    );
  });
});

describe('M-86 unit of account', () => {
  it('an account of contracts and cash is worth as many dollars as a USDC is, and its maintenance asks as many', () => {
    fc.assert(
      fc.property(accounts, share(0.9, 1.1), (account, stable) => {
        const held = { ...account, balances: account.balances.slice(0, 1) };
        const at = (price: number) => sure(standingOf(derivePmrm2, held, deriveMarket({ stable: price })));
        const [par, off] = [at(1), at(stable)];
        // Amounts are whole 1e-8 dollars, every charge rounded by itself.
        const size = 100 + Math.abs(dollars(par.equity)) + dollars(par.requirement.maintenance.amount);
        expect(Math.abs(dollars(off.equity) - stable * dollars(par.equity)) / size).toBeLessThan(1e-9);
        const asked = (standing: Standing) => dollars(standing.requirement.maintenance.amount);
        expect(Math.abs(asked(off) - stable * asked(par)) / size).toBeLessThan(1e-9);
      }),
      { numRuns: 40 },
    );
  });
});

describe('M-75 a book of managers from a file', () => {
  it.each([
    ['derive-pmrm2', derivePmrm2],
    ['derive-pmrm', derivePmrm],
    ['derive-srm', deriveStandard],
  ] as readonly (readonly [string, MarginModel])[])(
    '%s margins as the live one, to the last bit',
    (_, model) => {
      const observed = deriveMarket({ stable: 0.97, rate: 0.1, confidence: 0.5 });
      const assets = ['USDC', 'ETH'].map(assetProduct);
      const book = sure(model.book([...CONTRACTS, ...assets], observed, model.defaults));
      const file = sure(readRiskFile(sealRiskFile(sure(writeRiskFile(book))), 'risk.json'));
      fc.assert(
        fc.property(accounts, orders, (account, open) => {
          const held = { ...plain(account), orders: open };
          const here = sure(assess(held, book, model));
          const there = sure(assess(held, file.book, file.model));
          const said = ({ equity, excess, withdrawable, requirement }: Standing) => {
            const { maintenance, release, initial } = requirement;
            const lines = [maintenance, release, initial].map(({ amount, swept, charges }) => [
              amount,
              swept,
              charges,
            ]);
            return { equity, excess, withdrawable, orders: requirement.orders, lines };
          };
          expect(said(there)).toEqual(said(here));
        }),
        { numRuns: 15 },
      );
    },
  );
});

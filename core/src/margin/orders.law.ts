// Open orders against brute force: every subset of fills, booked as trades, margined without orders.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { market, option, universe } from '../../test/sample.ts';
import { dollars, instant, isRefusal, type Refusal, years, yearsBetween } from '../base/index.ts';
import type { Market, Touch } from '../market/index.ts';
import { price } from '../pricing/index.ts';
import {
  applyTrade,
  assess,
  assetProduct,
  type Balance,
  type GreeksParameters,
  type GridParameters,
  greeksDefaults,
  greeksModel,
  grid,
  gridDefaults,
  type MarginBook,
  type MarginModel,
  type Order,
  type Portfolio,
  type Position,
  type Standing,
  tradingFee,
} from './index.ts';

const products = [...universe, ...['BTC', 'ETH', 'USD', 'USDC'].map(assetProduct)];

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

/** Every second option has a bid, at half its mark or more; far short options bind on the minimum. */
const touches = new Map<string, Touch>(
  universe.flatMap((product, i): [string, Touch][] => {
    if (product.kind !== 'option' || i % 2 === 0) return [];
    return [[product.id, { bid: sure(price(product, market)).mark * (0.5 + (i % 5) / 10) }]];
  }),
);
const quoted: Market = { ...market, touches };

/** Ten minutes before the first expiry settles. */
function settling(within: Market): Market {
  const first = within.underlyings[0]!.slices[0]!.expiry;
  const at = instant(first - 600_000);
  const underlyings = within.underlyings.map((coin) => ({
    ...coin,
    slices: coin.slices.map((slice) => ({
      ...slice,
      years: years(yearsBetween(at, slice.expiry)),
      unfixed: slice.expiry === first ? 1 / 3 : 1,
    })),
  }));
  return { ...within, at, underlyings };
}

/** A book, and the market and parameters it was built from. */
interface World {
  readonly model: MarginModel;
  readonly market: Market;
  readonly parameters: GridParameters;
  readonly book: MarginBook;
}

function worldOf(within: Market, parameters: GridParameters, model: MarginModel = grid): World {
  return { model, market: within, parameters, book: sure(model.book(products, within, parameters)) };
}

const { charges, scenarios } = gridDefaults;
const loose: GreeksParameters = {
  ...greeksDefaults,
  expansion: { ...greeksDefaults.expansion, tolerance: 1 },
};
const WORLDS: Readonly<Record<string, World>> = {
  'no bids': worldOf(market, gridDefaults),
  bids: worldOf(quoted, gridDefaults),
  'a credit cap': worldOf(quoted, { ...gridDefaults, charges: { ...charges, optionValueCap: 3_000 } }),
  'a high short minimum': worldOf(quoted, {
    ...gridDefaults,
    charges: { ...charges, shortMinimum: { maintenance: 0.1, initial: 0.2 } },
  }),
  'the settlement window': worldOf(settling(quoted), gridDefaults),
  'expansions, however wrong': worldOf(quoted, loose, greeksModel),
  'lanes without twins': worldOf(quoted, {
    ...gridDefaults,
    scenarios: {
      ...scenarios,
      lanes: scenarios.lanes.map(({ twin, ...lane }) => (twin === undefined ? lane : { ...lane, damp: 1 })),
    },
  }),
};
const stand = (held: Portfolio, { book, model }: World): Standing => sure(assess(held, book, model));

function feeOf(order: Order, { book, parameters }: World): number {
  const row = book.risk.indexOf.get(order.product.id)!;
  const index = book.risk.levels.coins.get(order.product.underlying)!.index;
  return tradingFee(book.risk, row, order.quantity, index, parameters.charges);
}

function after(held: Portfolio, subset: readonly Order[], { market: within }: World): Portfolio {
  let filled: Portfolio = { ...held, orders: [] };
  for (const { product, side, quantity, price: limit } of subset) {
    filled = sure(
      applyTrade(filled, { product, quantity: side === 'buy' ? quantity : -quantity, price: limit }, within),
    );
  }
  return filled;
}

interface Least {
  readonly maintenance: number;
  readonly release: number;
  readonly initial: number;
  readonly free: number;
}

/** The least excess per line over all subsets of fills, and the least that could be withdrawn, fees paid. */
function bruteForce(held: Portfolio, world: World): Least {
  const least = { maintenance: Infinity, release: Infinity, initial: Infinity, free: Infinity };
  for (let mask = 0; mask < 2 ** held.orders.length; mask++) {
    const subset = held.orders.filter((_, i) => (mask >> i) & 1);
    const standing = stand(after(held, subset, world), world);
    const fees = subset.reduce((sum, order) => sum + feeOf(order, world), 0);
    for (const line of ['maintenance', 'release', 'initial'] as const) {
      least[line] = Math.min(least[line], dollars(standing.excess[line]) - fees);
    }
    const free = dollars(standing.excess.initial) - dollars(standing.requirement.locked) - fees;
    least.free = Math.min(least.free, free);
  }
  return least;
}

const CENT = 0.01;

/** Never below the worst subset; equal to it where labelled exact. */
function expectBound(held: Portfolio, world: World): Standing {
  const standing = stand(held, world);
  const least = bruteForce(held, world);
  for (const line of ['maintenance', 'release', 'initial'] as const) {
    const said = dollars(standing.excess[line]);
    expect(said, line).toBeLessThanOrEqual(least[line] + CENT);
    if (standing.requirement.orders === 'exact')
      expect(said, `${line} exact`).toBeGreaterThanOrEqual(least[line] - CENT);
  }
  expect(dollars(standing.withdrawable)).toBeLessThanOrEqual(Math.max(0, least.free) + CENT);
  return standing;
}

const dollarSized = (i: number) =>
  universe[i]!.kind !== 'option' && (universe[i] as Position['product']).settlement === 'inverse';
const sized = (i: number, size: number) => (dollarSized(i) ? size * 10_000 : size);
const position = fc.record({
  i: fc.nat(universe.length - 1),
  size: fc.double({ min: -15, max: 15, noNaN: true }),
});
const order = fc.record({
  i: fc.nat(universe.length - 1),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  size: fc.double({ min: 0.01, max: 15, noNaN: true }),
  away: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
});
const balances = fc.record({
  USD: fc.double({ min: -1e5, max: 1e6, noNaN: true }),
  USDC: fc.double({ min: -1e5, max: 1e6, noNaN: true }),
  BTC: fc.double({ min: -2, max: 20, noNaN: true }),
  ETH: fc.double({ min: 0, max: 200, noNaN: true }),
});
const books = (most: number) =>
  fc
    .record({
      held: fc.uniqueArray(position, { maxLength: 6, selector: ({ i }) => i }),
      orders: fc.array(order, { minLength: 1, maxLength: most }),
      balances,
    })
    .map(
      ({ held, orders, balances: owned }): Portfolio => ({
        account: 'orders',
        balances: Object.entries(owned).map(
          ([asset, quantity]): Balance => ({ asset, kind: 'cash', quantity }),
        ),
        positions: held.map(({ i, size }): Position => ({ product: universe[i]!, quantity: sized(i, size) })),
        orders: orders.map(({ i, side, size, away }): Order => {
          const { mark } = sure(price(universe[i]!, market));
          return {
            product: universe[i]!,
            side,
            quantity: sized(i, size),
            price: Math.max(mark * (1 + away), 1e-4),
          };
        }),
      }),
    );

const RUNS = 25;

describe('M-34 M-36 a requirement with open orders', () => {
  it.each(Object.entries(WORLDS))(
    'is never below the worst of all subsets, and equals it where exact: %s',
    (_, world) => {
      fc.assert(
        fc.property(books(6), (held) => {
          expectBound(held, world);
        }),
        { numRuns: RUNS },
      );
    },
  );
});

describe('M-35 the label', () => {
  const world = WORLDS['no bids']!;
  const call = option('BTC', 25, 68_000, 'call');
  const mark = sure(price(call, market)).mark;
  const cash: Balance = { asset: 'USD', kind: 'cash', quantity: 1e6 };
  const book = (positions: readonly Position[], orders: readonly Order[]): Portfolio => ({
    account: 'label',
    balances: [cash],
    positions,
    orders,
  });
  const sell = (quantity: number, at = mark): Order => ({ product: call, side: 'sell', quantity, price: at });
  const buy = (quantity: number, at = mark): Order => ({ product: call, side: 'buy', quantity, price: at });

  it.each(['no bids', 'a high short minimum'])(
    'M-34 orders that only reduce risk add nothing, and are exact: %s',
    (name) => {
      const within = WORLDS[name]!;
      const short = book([{ product: call, quantity: -10 }], []);
      const closing = { ...short, orders: [buy(4, mark * 0.98), buy(6, mark * 0.9)] };
      const [without, with_] = [stand(short, within), stand(closing, within)];
      for (const line of ['maintenance', 'release', 'initial'] as const) {
        expect(with_.requirement[line].amount, line).toBe(without.requirement[line].amount);
      }
      expect(with_.requirement.orders).toBe('exact');
    },
  );

  it('is exact for orders that all add to one side, and their parts add up with the legs', () => {
    const short = book([{ product: call, quantity: -10 }], [sell(2), sell(3, mark * 1.1)]);
    const { requirement } = expectBound(short, world);
    expect(requirement.orders).toBe('exact');
    const parts = requirement.contributions;
    expect(parts.filter(({ order }) => order !== undefined).map(({ quantity }) => quantity)).toEqual([
      -2, -3,
    ]);
    expect(parts.reduce((sum, { amount }) => sum + amount, 0n)).toBe(-requirement.initial.swept);
    expect(parts.at(-1)!.amount < 0n).toBe(true);
  });

  it('is a bound where no one subset is the worst everywhere', () => {
    const puts = option('BTC', 25, 62_000, 'put');
    const both = book(
      [],
      [sell(5), { product: puts, side: 'sell', quantity: 5, price: 0.02 }, buy(5, mark * 0.9)],
    );
    expect(expectBound(both, world).requirement.orders).toBe('bound');
  });

  it('twelve orders: all 4,096 subsets', () => {
    const [held] = fc.sample(
      books(12).filter(({ orders }) => orders.length === 12),
      { numRuns: 1, seed: 3 },
    );
    expectBound(held!, world);
  });

  it('a market maker quotes both sides of every option and needs far less than all of it at once', () => {
    const options = universe.filter((product) => product.kind === 'option');
    const quotes = options.flatMap((product): Order[] => {
      const middle = sure(price(product, market)).mark;
      return (['buy', 'sell'] as const).map((side) => ({
        product,
        side,
        quantity: 1,
        price: Math.max(1e-4, middle * (side === 'buy' ? 0.95 : 1.05)),
      }));
    });
    const quoting = stand(book([], quotes), world);
    const alone = quotes.reduce(
      (sum, quote) => sum + stand(book([], [quote]), world).requirement.initial.amount,
      0n,
    );
    expect(quoting.requirement.initial.amount < alone).toBe(true);
    expect(quoting.requirement.initial.amount > 0n).toBe(true);
  });

  it('M-31 the profit that a fill would bring stays also where initial is the release line', () => {
    const [short] = universe.filter(({ id }) => id === 'ETH-PERPETUAL');
    const limit = sure(price(short!, market)).mark * 1.01;
    const held: Portfolio = {
      account: 'label',
      balances: [{ asset: 'USDC', kind: 'cash', quantity: 1e6 }],
      positions: [],
      orders: [{ product: short!, side: 'sell', quantity: 20_000, price: limit }],
    };
    const standing = expectBound(held, WORLDS['a high short minimum']!);
    expect(standing.requirement.initial.charges.map(({ name }) => name)).toContain('release-floor');
  });

  it('refuses an order in a product the book does not hold', () => {
    const stranger = option('BTC', 25, 12_345, 'call');
    const refused = assess(
      book([], [{ product: stranger, side: 'buy', quantity: 1, price: 0.1 }]),
      world.book,
      grid,
    );
    expect(isRefusal(refused) && refused.where).toBe(stranger.id);
  });
});

// The bound of an order check against the full model: chains of orders on random accounts, under every model that offers a bound.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, everything } from '../../test/arbitrary.law.ts';
import { sampleHistory } from '../../test/history.ts';
import { market, perpetual, universe } from '../../test/sample.ts';
import { instant, isRefusal, type Refusal, years, yearsBetween } from '../base/index.ts';
import type { Market, Touch } from '../market/index.ts';
import { price } from '../pricing/index.ts';
import {
  assess,
  type GridParameters,
  greeksDefaults,
  greeksModel,
  grid,
  gridDefaults,
  type MarginBook,
  type MarginModel,
  type Order,
  type Portfolio,
  type Standing,
} from './index.ts';
import { dmr, varModel } from './models/var.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}
const linear = perpetual('BTC', 'linear');
const traded = [...universe, linear];
const products = [...everything, linear];

const touchesOf = (share: (i: number) => number) =>
  new Map<string, Touch>(
    universe.flatMap((product, i): [string, Touch][] => {
      if (product.kind !== 'option' || share(i) === 0) return [];
      return [[product.id, { bid: sure(price(product, market)).mark * share(i) }]];
    }),
  );
const quoted: Market = { ...market, touches: touchesOf((i) => (i % 2 === 0 ? 0 : 0.5 + (i % 5) / 10)) };
const tight: Market = { ...market, touches: touchesOf(() => 0.99) };

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

/** Slices that are stale: wide, and hardly to be trusted. */
const stale: Market = {
  ...quoted,
  underlyings: quoted.underlyings.map((coin) => ({
    ...coin,
    indexUncertainty: 0.01,
    slices: coin.slices.map((slice) => ({
      ...slice,
      quality: { ...slice.quality, quoteWidth: 0.2, uncertainty: 0.3, fitError: 0.1 },
    })),
  })),
};
const offPeg: Market = {
  ...quoted,
  pegs: new Map([
    ['USD', 1],
    ['USDC', 0.93],
  ]),
};

interface World {
  readonly model: MarginModel;
  readonly book: MarginBook;
}
function worldOf<P extends GridParameters>(within: Market, parameters: P, model: unknown = grid): World {
  const value = model as MarginModel;
  return { model: value, book: sure(value.book(products, within, parameters)) };
}
const { charges, scenarios } = gridDefaults;
const past = { ...quoted, history: sampleHistory() };
const looking = <P extends typeof dmr.defaults>(parameters: P): P => ({
  ...parameters,
  history: {
    ...parameters.history,
    coverage: { maintenance: 0.99, initial: 0.975 },
    windows: { maintenance: 96, initial: 48 },
    dates: { maintenance: 2, initial: 3 },
  },
});
const WORLDS: Readonly<Record<string, () => World>> = {
  'no bids': () => worldOf(market, gridDefaults),
  bids: () => worldOf(quoted, gridDefaults),
  'bids near the mark': () => worldOf(tight, gridDefaults),
  'a credit cap': () => worldOf(tight, { ...gridDefaults, charges: { ...charges, optionValueCap: 30_000 } }),
  'a high short minimum': () =>
    worldOf(quoted, {
      ...gridDefaults,
      charges: { ...charges, shortMinimum: { maintenance: 0.1, initial: 0.2 } },
    }),
  'the settlement window': () => worldOf(settling(quoted), gridDefaults),
  'stale slices': () => worldOf(stale, gridDefaults),
  'off the peg': () => worldOf(offPeg, gridDefaults),
  'small volumes, a large buffer': () =>
    worldOf(tight, {
      ...gridDefaults,
      releaseBuffer: 1,
      retained: 0.5,
      charges: { ...charges, impact: 5, collateralCap: 0.2, basisMin: 0.02 },
    }),
  'lanes without twins': () =>
    worldOf(quoted, {
      ...gridDefaults,
      scenarios: {
        ...scenarios,
        lanes: scenarios.lanes.map(({ twin, ...lane }) => (twin === undefined ? lane : { ...lane, damp: 1 })),
      },
    }),
  greeks: () => worldOf(quoted, greeksDefaults, greeksModel),
  'greeks, however wrong': () =>
    worldOf(
      tight,
      { ...greeksDefaults, expansion: { ...greeksDefaults.expansion, tolerance: 1 } },
      greeksModel,
    ),
  dmr: () => worldOf(past, looking(dmr.defaults), dmr),
  var: () => worldOf(past, looking(varModel.defaults), varModel),
};

const orders: fc.Arbitrary<Order[]> = fc
  .array(
    fc.record({
      product: fc.constantFrom(...traded),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      size: fc.double({ min: 0.01, max: 20, noNaN: true }),
      away: fc.double({ min: 0.7, max: 1.3, noNaN: true }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((picked) =>
    picked.map(({ product, side, size, away }): Order => {
      const isDollars = product.kind !== 'option' && product.settlement === 'inverse';
      const limit = Math.max(1e-4, sure(price(product, market)).mark * away);
      return { product, side, quantity: isDollars ? size * 10_000 : size, price: limit };
    }),
  );

const RUNS = Number(process.env['PLIMSOLL_GROWTH_RUNS'] ?? 12);

/** What was asked about, what was bounded, and how far bounds and truth rose. */
interface Tally {
  asked: number;
  bounded: number;
  readonly ratios: number[];
}

/** Walks a chain of orders; where nothing is proven the account is assessed anew. Every bound stands under the truth. */
function walk({ model, book }: World, account: Portfolio, chain: readonly Order[], tally: Tally): void {
  const stand = (held: Portfolio): Standing => sure(assess(held, book, model));
  let held = account;
  let standing = stand(held);
  let room = model.headroom!(standing, book);
  let start = standing.excess.initial;
  for (const order of chain) {
    tally.asked++;
    const left = room?.with(order);
    held = { ...held, orders: [...held.orders, order] };
    standing = stand(held);
    if (left === undefined) {
      room = model.headroom!(standing, book);
      start = standing.excess.initial;
      continue;
    }
    tally.bounded++;
    expect(standing.excess.initial >= left, `${standing.excess.initial} is less than ${left}`).toBe(true);
    room!.keep();
    expect(room!.left).toBe(left);
    const rise = Number(start - standing.excess.initial);
    if (rise > 1e8) tally.ratios.push(Number(start - left) / rise);
  }
}

describe('M-230 M-231 M-232 M-233 M-234 the bound of an order check', () => {
  it.each(Object.entries(WORLDS))('never says more is left than the model does: %s', (name, worldOfName) => {
    const world = worldOfName();
    const tally: Tally = { asked: 0, bounded: 0, ratios: [] };
    fc.assert(
      fc.property(accounts, orders, fc.array(fc.nat(3), { maxLength: 4 }), (account, chain, opened) => {
        // Some of the orders are open when the account is first assessed.
        const first = chain.slice(0, opened.length);
        walk(world, { ...account, orders: first }, chain.slice(first.length), tally);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(tally.bounded).toBeGreaterThan(0);
    if (process.env['PLIMSOLL_GROWTH_RUNS'] !== undefined) {
      const sorted = tally.ratios.sort((a, b) => a - b);
      const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(2);
      process.stdout.write(
        `${name}: ${tally.bounded} of ${tally.asked} bounded, bound over truth ${at(0.25)} ${at(0.5)} ${at(0.75)}\n`,
      );
    }
  });
});

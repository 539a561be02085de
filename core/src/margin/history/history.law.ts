// Laws of the models that look back, on a simulated history with a crash in it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, everything } from '../../../test/arbitrary.law.ts';
import { sampleHistory } from '../../../test/history.ts';
import { market, perpetual, universe } from '../../../test/sample.ts';
import { dollars, isRefusal, type Refusal } from '../../base/index.ts';
import { assess, LINE_NAMES, type MarginBook, type Order, type Portfolio, type Standing } from '../index.ts';
import { grid } from '../models/grid.ts';
import { dmr, type LookingParameters, varModel } from '../models/var.ts';
import { applyTrade } from '../trade.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const CENT = 0.01;
const past = { ...market, history: sampleHistory() };
/** Few windows, so that many accounts can be tried. */
const small = (parameters: LookingParameters): LookingParameters => ({
  ...parameters,
  charges: { ...parameters.charges, futureFee: 0, optionFee: 0 },
  history: {
    ...parameters.history,
    coverage: { maintenance: 0.99, initial: 0.975 },
    windows: { maintenance: 96, initial: 48 },
    dates: { maintenance: 2, initial: 3 },
  },
});
const books = [varModel, dmr].map((model) => ({
  model,
  book: sure(model.book(everything, past, small(model.defaults))),
}));
const stand = (held: Portfolio, { model, book }: (typeof books)[0]): Standing =>
  sure(assess(held, book, model));

const orders: fc.Arbitrary<Order[]> = fc
  .array(
    fc.record({
      i: fc.nat(universe.length - 1),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      size: fc.double({ min: 0.1, max: 10, noNaN: true }),
      price: fc.double({ min: 0.5, max: 1.5, noNaN: true }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((picked) =>
    picked.map(({ i, side, size, price }) => {
      const product = universe[i]!;
      const spot = product.underlying === 'BTC' ? 65_000 : 1_900;
      const isDollars = product.kind !== 'option' && product.settlement === 'inverse';
      const limit = product.kind === 'option' ? 0.04 * price : spot * (0.9 + 0.1 * price);
      return { product, side, quantity: isDollars ? size * 10_000 : size, price: limit } as Order;
    }),
  );

describe('M-163 lines of a model that looks back', () => {
  it('stand in order, add up, and so do the parts of positions and orders', () => {
    fc.assert(
      fc.property(accounts, orders, (account, open) => {
        for (const one of books) {
          const { requirement } = stand({ ...account, orders: open }, one);
          const { maintenance, release, initial, contributions } = requirement;
          expect(maintenance.amount <= release.amount && release.amount <= initial.amount).toBe(true);
          for (const { amount, swept, charges } of [maintenance, release, initial]) {
            expect(charges.reduce((sum, charge) => sum + charge.amount, swept as bigint)).toBe(amount);
          }
          const parts = contributions.reduce((sum, part) => sum + part.amount, 0n);
          expect(parts).toBe(-initial.swept);
          // What settling to the unit moves onto the largest part is dust, so the parts are the loss's own.
          expect(requirement.orders === 'exact' || open.length > 0).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('open orders are never below the worst subset of fills, equal where exact', () => {
    fc.assert(
      fc.property(accounts, orders, (account, open) => {
        for (const one of books) {
          const said = stand({ ...account, orders: open }, one);
          for (const line of LINE_NAMES) {
            let least = Number.POSITIVE_INFINITY;
            for (let mask = 0; mask < 2 ** open.length; mask++) {
              const held = open
                .filter((_, i) => (mask >> i) & 1)
                .reduce<Portfolio>((state, { product, side, quantity, price }) => {
                  const trade = { product, quantity: side === 'buy' ? quantity : -quantity, price };
                  return sure(applyTrade(state, trade, past));
                }, account);
              least = Math.min(least, dollars(stand(held, one).excess[line]));
            }
            expect(dollars(said.excess[line]), line).toBeLessThanOrEqual(least + CENT);
            if (said.requirement.orders === 'exact') {
              expect(dollars(said.excess[line]), `${line} exact`).toBeGreaterThanOrEqual(least - CENT);
            }
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('M-170 dmr asks for no less than grid, nor than var', () => {
    const [looking, house] = books as [(typeof books)[0], (typeof books)[0]];
    const given = small(dmr.defaults);
    const plain: MarginBook = sure(grid.book(everything, past, given));
    fc.assert(
      fc.property(accounts, (account) => {
        const own = stand(account, house).requirement;
        const gridAsks = sure(assess(account, plain as never, grid)).requirement;
        const varAsks = stand(account, looking).requirement;
        expect(
          own.maintenance.swept >= gridAsks.maintenance.swept ||
            own.maintenance.amount <= gridAsks.maintenance.amount,
        ).toBe(true);
        expect(dollars(own.initial.amount)).toBeGreaterThanOrEqual(dollars(gridAsks.initial.amount) - CENT);
        expect(dollars(own.maintenance.amount)).toBeGreaterThanOrEqual(
          dollars(varAsks.maintenance.amount) - CENT,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('more coverage never asks for less', () => {
    const at = (coverage: number) => {
      const given = small(varModel.defaults);
      const history = { ...given.history, coverage: { maintenance: coverage, initial: coverage } };
      return { model: varModel, book: sure(varModel.book(everything, past, { ...given, history })) };
    };
    const levels = [0.9, 0.95, 0.99].map(at);
    fc.assert(
      fc.property(accounts, (account) => {
        const asked = levels.map((one) => dollars(stand(account, one).requirement.maintenance.amount));
        expect(asked[0]!).toBeLessThanOrEqual(asked[1]! + CENT);
        expect(asked[1]!).toBeLessThanOrEqual(asked[2]! + CENT);
      }),
      { numRuns: 60 },
    );
  });
});

describe('M-162 what has no history', () => {
  const message = (value: unknown) => (isRefusal(value) ? value.message : 'answered');

  it('no history, no spot, no vol, and too short a one are refused with what is needed', () => {
    expect(message(varModel.book(everything, market, varModel.defaults))).toMatch(/--history/);
    const vols = { ...past.history, factors: past.history.factors.filter(({ kind }) => kind === 'vol') };
    expect(message(varModel.book(everything, { ...past, history: vols }, varModel.defaults))).toMatch(
      /no spot/,
    );
    const spots = { ...past.history, factors: past.history.factors.filter(({ kind }) => kind === 'spot') };
    expect(message(varModel.book(everything, { ...past, history: spots }, varModel.defaults))).toMatch(
      /no history of any vol/,
    );
    const short = { ...past, history: sampleHistory(300) };
    expect(message(varModel.book(everything, short, varModel.defaults))).toMatch(
      /needs 5000 windows without a gap, and the history has 296/,
    );
  });

  it('a coin without one moves half as far again as the one it takes, and offsets nothing', () => {
    const only = { ...past.history, factors: past.history.factors.filter(({ of }) => of === 'BTC') };
    const book = sure(varModel.book(everything, { ...past, history: only }, small(varModel.defaults)));
    const at = (underlying: string, quantity: number): Portfolio => ({
      account: 'a',
      balances: [{ asset: 'USD', kind: 'cash', quantity: 1e6 }],
      positions: [{ product: perpetual(underlying), quantity }],
      orders: [],
    });
    const swept = (held: Portfolio) =>
      dollars(sure(assess(held, book, varModel)).requirement.maintenance.swept);
    const [btc, eth] = [swept(at('BTC', 1e6)), swept(at('ETH', 1e6))];
    expect(eth / btc).toBeGreaterThan(1.3);
    expect(eth / btc).toBeLessThan(1.7);
    const both = {
      ...at('BTC', 1e6),
      positions: [...at('BTC', 1e6).positions, ...at('ETH', -1e6).positions],
    };
    expect(swept(both)).toBeCloseTo(swept(at('BTC', 1e6)) + swept(at('ETH', -1e6)), 4);
  });
});

describe('M-171 governed vols', () => {
  it('scale what maintenance sees and leave initial to the vol of now', () => {
    const held: Portfolio = {
      account: 'a',
      balances: [{ asset: 'USD', kind: 'cash', quantity: 1e6 }],
      positions: [{ product: perpetual('BTC', 'linear'), quantity: 10 }],
      orders: [],
    };
    const linear = [...everything, perpetual('BTC', 'linear')];
    const asked = (vols: Readonly<Record<string, number>>) => {
      const given = small(varModel.defaults);
      // Room for the whole tail of every direction.
      const history = { ...given.history, windows: { maintenance: 512, initial: 256 } };
      const book = sure(varModel.book(linear, past, { ...given, history, vols }));
      const { maintenance, initial } = sure(assess(held, book, varModel)).requirement;
      return { maintenance: dollars(maintenance.swept), initial: dollars(initial.swept) };
    };
    const [calm, wild] = [asked({ 'spot:BTC': 0.004 }), asked({ 'spot:BTC': 0.008 })];
    expect(wild.initial).toBe(calm.initial);
    // Twice the vol is twice the log move; a crash of twelve percent becomes half of the price, not all of it.
    expect(wild.maintenance / calm.maintenance).toBeGreaterThan(1.5);
    expect(wild.maintenance / calm.maintenance).toBeLessThan(2.05);
  });
});

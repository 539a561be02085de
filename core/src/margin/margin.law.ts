// Laws of the grid model, each named by its rule: what must hold for every book, tried on many.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything, accounts as portfolios, positions } from '../../test/arbitrary.law.ts';
import { market, perpetual, portfolio, universe } from '../../test/sample.ts';
import { isRefusal } from '../base/index.ts';
import type { Market } from '../market/index.ts';
import { combine, holdingsOf, sweep } from '../risk/index.ts';
import {
  assess,
  type GridBook,
  type GridParameters,
  grid,
  gridDefaults,
  type Portfolio,
  type Position,
  requirementDigest,
  type Standing,
} from './index.ts';

const products = everything;

function bookOf(parameters: GridParameters = gridDefaults): GridBook {
  const book = grid.book(products, market, parameters);
  if (isRefusal(book)) throw new Error(book.message);
  return book;
}

function sureBook(within: Market): GridBook {
  const built = grid.book(products, within, gridDefaults);
  if (isRefusal(built)) throw new Error(built.message);
  return built;
}

const book = bookOf();

function stand(held: Portfolio, within: GridBook = book): Standing {
  const standing = assess(held, within, grid);
  if (isRefusal(standing)) throw new Error(standing.message);
  return standing;
}

function law(
  name: string,
  ...rest:
    | [fc.Arbitrary<unknown>, (value: never) => void]
    | [fc.Arbitrary<unknown>, fc.Arbitrary<unknown>, (left: never, right: never) => void]
) {
  it(name, () => {
    fc.assert(fc.property(...(rest as [fc.Arbitrary<unknown>, (value: unknown) => void])), { numRuns: 150 });
  });
}

function sweptAmount(held: readonly Position[], line: 'maintenance' | 'initial', scale = 1): number {
  const rows = new Map<number, number>();
  for (const { product, quantity } of held) {
    const row = book.risk.indexOf.get(product.id)!;
    rows.set(row, (rows.get(row) ?? 0) + quantity * scale);
  }
  return combine(sweep(book.risk, holdingsOf(rows)), book.plan, line).amount;
}

describe('laws', () => {
  law('M-19 0 <= maintenance <= release <= initial', portfolios, (held: Portfolio) => {
    const { requirement } = stand(held);
    expect(requirement.maintenance.amount >= 0n).toBe(true);
    expect(requirement.maintenance.amount <= requirement.release.amount).toBe(true);
    expect(requirement.release.amount <= requirement.initial.amount).toBe(true);
  });

  law('M-19 a line is its swept loss plus its charges, to the unit', portfolios, (held: Portfolio) => {
    const { requirement } = stand(held);
    for (const line of [requirement.maintenance, requirement.release, requirement.initial]) {
      const charges = line.charges.reduce((sum, charge) => sum + charge.amount, 0n);
      expect(line.amount).toBe(line.swept + charges);
    }
  });

  law('M-32 contributions sum to minus the swept loss, to the unit', portfolios, (held: Portfolio) => {
    const { requirement } = stand(held);
    const sum = requirement.contributions.reduce((total, part) => total + part.amount, 0n);
    expect(sum).toBe(-requirement.initial.swept);
  });

  law(
    'M-16 more of any asset never lowers excess',
    portfolios,
    fc.record({
      asset: fc.constantFrom('USD', 'USDC', 'BTC', 'ETH'),
      more: fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
    }),
    (held: Portfolio, { asset, more }: { asset: string; more: number }) => {
      const before = stand(held);
      const richer: Portfolio = {
        ...held,
        balances: [...held.balances, { asset, kind: 'collateral', quantity: more }],
      };
      const after = stand(richer);
      // One ledger unit per rounded part is the most that rounding can hide.
      const slack = 40n;
      for (const line of ['maintenance', 'release', 'initial'] as const) {
        expect(after.excess[line] + slack >= before.excess[line], line).toBe(true);
      }
    },
  );

  law(
    'M-19 what is bought and paid for is never short of margin',
    fc.array(fc.record({ i: fc.nat(39), size: fc.double({ min: 0.01, max: 500, noNaN: true }) }), {
      maxLength: 6,
    }),
    (bought: { i: number; size: number }[]) => {
      const options = universe.filter(({ kind }) => kind === 'option');
      const held = new Map(bought.map(({ i, size }) => [options[i]!, size]));
      const positions = [...held].map(([product, quantity]) => ({ product, quantity }));
      const { excess } = stand(portfolio(positions, 0));
      // Equity is rounded down and each swept loss up: a unit for either, per coin.
      for (const line of ['maintenance', 'release', 'initial'] as const) {
        expect(excess[line] >= -4n, line).toBe(true);
      }
    },
  );

  law(
    'M-16 nor where charges weigh more than the options they are on, with a little debt beside',
    fc.record({
      bought: fc.array(fc.record({ i: fc.nat(39), size: fc.double({ min: 1, max: 1e4, noNaN: true }) }), {
        maxLength: 4,
      }),
      perpetuals: fc.double({ min: -1e8, max: 1e8, noNaN: true }),
      debt: fc.double({ min: -1, max: 1, noNaN: true }),
    }),
    fc.constantFrom('BTC', 'ETH'),
    (
      {
        bought,
        perpetuals,
        debt,
      }: { bought: { i: number; size: number }[]; perpetuals: number; debt: number },
      asset: string,
    ) => {
      const options = universe.filter(({ kind }) => kind === 'option');
      const positions = [...new Map(bought.map(({ i, size }) => [options[i]!, size]))].map(
        ([product, quantity]) => ({ product, quantity }),
      );
      const held = portfolio([...positions, { product: perpetual('ETH'), quantity: perpetuals }], debt);
      const before = stand(held);
      const after = stand({
        ...held,
        balances: [...held.balances, { asset, kind: 'collateral', quantity: 10 }],
      });
      for (const line of ['maintenance', 'release', 'initial'] as const) {
        expect(after.excess[line] + 40n >= before.excess[line], line).toBe(true);
      }
    },
  );

  law(
    'M-19 a speck of anything moves a line by a speck',
    portfolios,
    fc.constantFrom(...universe),
    (held: Portfolio, product: (typeof universe)[number]) => {
      if (held.positions.some((position) => position.product === product)) return;
      const before = stand(held);
      const after = stand({ ...held, positions: [...held.positions, { product, quantity: -1e-7 }] });
      for (const line of ['maintenance', 'release', 'initial'] as const) {
        const moved = Number(after.requirement[line].amount - before.requirement[line].amount) / 1e8;
        expect(Math.abs(moved), line).toBeLessThan(1);
      }
    },
  );

  law('M-17 the swept loss is homogeneous in size', positions, (held: Position[]) => {
    const one = sweptAmount(held, 'initial');
    expect(sweptAmount(held, 'initial', 4)).toBeCloseTo(4 * one, 6);
  });

  law('M-18 the swept loss is sub-additive', positions, positions, (left: Position[], right: Position[]) => {
    for (const line of ['maintenance', 'initial'] as const) {
      const apart = sweptAmount(left, line) + sweptAmount(right, line);
      expect(sweptAmount([...left, ...right], line)).toBeLessThanOrEqual(apart + 1e-6);
    }
  });

  law('M-18 no offset exceeds its cap', positions, (held: Position[]) => {
    const rows = new Map(held.map(({ product, quantity }) => [book.risk.indexOf.get(product.id)!, quantity]));
    const { amount, joint, ownSum } = combine(sweep(book.risk, holdingsOf(rows)), book.plan, 'initial');
    expect(amount).toBeGreaterThanOrEqual(0.2 * ownSum - 1e-9);
    expect(joint).toBeLessThanOrEqual(ownSum + 1e-6);
  });

  law('M-21 a position and its exact opposite need nothing', positions, (held: Position[]) => {
    const flat = [...held, ...held.map(({ product, quantity }) => ({ product, quantity: -quantity }))];
    expect(stand(portfolio(flat)).requirement.initial.amount).toBe(0n);
  });

  law(
    'M-33 the same account in another order has the same bits and the same digest',
    portfolios,
    (held: Portfolio) => {
      const turned = {
        ...held,
        positions: [...held.positions].reverse(),
        balances: [...held.balances].reverse(),
      };
      const [one, two] = [stand(held), stand(turned)];
      expect(two.requirement.initial.amount).toBe(one.requirement.initial.amount);
      expect(two.equity).toBe(one.equity);
      expect(requirementDigest(turned, book)).toBe(requirementDigest(held, book));
    },
  );

  law('M-31 what may be withdrawn leaves initial margin covered', portfolios, (held: Portfolio) => {
    const before = stand(held);
    expect(before.withdrawable >= 0n).toBe(true);
    if (before.excess.initial >= 0n) expect(before.withdrawable <= before.excess.initial).toBe(true);
    else expect(before.withdrawable).toBe(0n);
  });
});

describe('laws of parameters', () => {
  const fewer = bookOf({
    ...gridDefaults,
    scenarios: {
      id: 'fewer',
      lanes: gridDefaults.scenarios.lanes.filter(({ twin }, i) => twin !== undefined || i % 3 !== 1),
    },
  });

  law('M-12 a superset of lanes needs no less', portfolios, (held: Portfolio) => {
    for (const line of ['maintenance', 'initial'] as const) {
      // On the same holdings: which bought options are given up (M-19) may differ from one set of lanes to the other.
      const [most, least] = [book, fewer].map((one) => {
        const { holdings } = stand(held, one).requirement;
        return combine(sweep(one.risk, holdings), one.plan, line).ownSum;
      });
      expect(most).toBeGreaterThanOrEqual(least!);
    }
  });

  const broken = sureBook({ ...market, pegs: new Map([...market.pegs, ['USDC', 0.7]]) });

  it('M-29 more of a broken stable asset never lowers excess', () => {
    const owned = (quantity: number) =>
      stand(
        { account: 'a', balances: [{ asset: 'USDC', kind: 'cash', quantity }], positions: [], orders: [] },
        broken,
      );
    const [some, more] = [owned(1e6), owned(2e6)];
    for (const line of ['maintenance', 'release', 'initial'] as const) {
      expect(more.excess[line] > some.excess[line], line).toBe(true);
    }
  });

  it('M-19 a wider range needs no less of an outright position', () => {
    const wide = bookOf({
      ...gridDefaults,
      coins: { ...gridDefaults.coins, BTC: { ...gridDefaults.coins['BTC']!, initial: 0.3 } },
    });
    const held = portfolio([{ product: perpetual('BTC'), quantity: 100_000 }]);
    expect(stand(held, wide).requirement.initial.amount > stand(held).requirement.initial.amount).toBe(true);
  });
});

// Laws of the model greeks: it is grid but for its rows, and how far it may be from grid follows from its tolerance.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positions } from '../../../test/arbitrary.law.ts';
import { market, option, perpetual, portfolio, universe } from '../../../test/sample.ts';
import { dollars, isRefusal } from '../../base/index.ts';
import {
  assess,
  assetProduct,
  type GreeksParameters,
  greeksDefaults,
  greeksModel,
  grid,
  gridDefaults,
  requirementDigest,
} from '../index.ts';

const products = [...universe, ...['BTC', 'ETH', 'USD', 'USDC'].map(assetProduct)];
const LINES = ['maintenance', 'release', 'initial'] as const;

function sure<T>(value: T): Exclude<T, { kind: 'refused' }> {
  if (isRefusal(value)) throw new Error(value.message);
  return value as Exclude<T, { kind: 'refused' }>;
}

const bookOf = (expansion: Partial<GreeksParameters['expansion']> = {}) => {
  const parameters: GreeksParameters = {
    ...greeksDefaults,
    expansion: { ...greeksDefaults.expansion, ...expansion },
  };
  return sure(greeksModel.book(products, market, parameters));
};
const full = sure(grid.book(products, market, gridDefaults));
const book = bookOf();
const bookTurned = sure(greeksModel.book([...products].reverse(), market, greeksDefaults));

const held = positions.map((own) => portfolio(own));

describe('the model greeks', () => {
  it('M-60 with no tolerance is grid to the last unit; its digest says which model it is', () => {
    const exact = bookOf({ tolerance: 0 });
    expect(exact.risk.rows.every((value, i) => value === full.risk.rows[i])).toBe(true);
    expect(exact.risk.digest).not.toBe(full.risk.digest);
    fc.assert(
      fc.property(held, (account) => {
        const [one, two] = [sure(assess(account, exact, greeksModel)), sure(assess(account, full, grid))];
        expect(one.equity).toBe(two.equity);
        for (const line of LINES) expect(one.requirement[line].amount).toBe(two.requirement[line].amount);
      }),
      { numRuns: 100 },
    );
  });

  it('M-62 no line is further from grid than the tolerance on every option held', () => {
    fc.assert(
      fc.property(held, (account) => {
        const [one, two] = [sure(assess(account, book, greeksModel)), sure(assess(account, full, grid))];
        // Each worst loss moves by no more than the cells it is the sum of; release adds a fifth.
        const reach = account.positions.reduce((sum, { product, quantity }) => {
          const forward = product.underlying === 'BTC' ? 66_100 : 1_931;
          return sum + (product.kind === 'option' ? Math.abs(quantity) * forward : 0);
        }, 0);
        for (const line of LINES) {
          const apart = Math.abs(
            dollars(one.requirement[line].amount) - dollars(two.requirement[line].amount),
          );
          expect(apart, line).toBeLessThanOrEqual(1.2 * greeksDefaults.expansion.tolerance * reach + 1e-6);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('M-60 keeps the laws of grid: lines in order, parts that add up, the same bits and digest in any order', () => {
    fc.assert(
      fc.property(held, (account) => {
        const { requirement } = sure(assess(account, book, greeksModel));
        const { maintenance, release, initial } = requirement;
        expect(0n <= maintenance.amount && maintenance.amount <= release.amount).toBe(true);
        expect(release.amount <= initial.amount).toBe(true);
        expect(requirement.contributions.reduce((sum, part) => sum + part.amount, 0n)).toBe(-initial.swept);
        const turned = { ...account, positions: [...account.positions].reverse() };
        const again = sure(assess(turned, bookTurned, greeksModel));
        for (const line of LINES) expect(again.requirement[line].amount).toBe(requirement[line].amount);
        expect(requirementDigest(turned, bookTurned)).toBe(requirementDigest(account, book));
      }),
      { numRuns: 100 },
    );
  });

  it('M-63 refuses the leg and keeps the rest of the book', () => {
    const strict = bookOf({ judged: 'measured', beyond: 'refuse', tolerance: 0.01 });
    const near = option('BTC', 1, 65_000, 'call');
    const refused = assess(portfolio([{ product: near, quantity: -1 }]), strict, greeksModel);
    expect(refused).toMatchObject({ kind: 'refused', reason: 'imprecise', where: near.id });
    sure(assess(portfolio([{ product: perpetual('BTC'), quantity: 1000 }]), strict, greeksModel));
  });

  it('M-61 doubts its tolerance by name', () => {
    const wrong = { ...greeksDefaults, expansion: { ...greeksDefaults.expansion, tolerance: -1 } };
    expect(greeksModel.book(products, market, wrong)).toMatchObject({
      reason: 'bad-parameter',
      message: expect.stringContaining('expansion.tolerance'),
    });
  });
});

it('M-68 charges an owner for size as grid does', () => {
  const owned = portfolio([{ product: option('BTC', 25, 68_000, 'call'), quantity: -300 }]);
  const { holdings } = sure(assess(owned, book, greeksModel)).requirement;
  expect(greeksModel.sizeCharges!(holdings, [], book)).toEqual(grid.sizeCharges!(holdings, [], full));
});

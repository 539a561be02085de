import { describe, expect, it } from 'vitest';
import { market, perpetual } from '../../test/sample.ts';
import { dollars, isRefusal } from '../base/index.ts';
import { buildRiskBook, holdingsOf } from '../risk/index.ts';
import { assetProduct, collateralHaircuts } from './index.ts';

const products = ['BTC', 'ETH', 'USD', 'USDC'].map(assetProduct);
const still = { id: 'still', moves: [], smile: 'sticky-strike', damp: 1, netting: 'sum' } as const;
const built = buildRiskBook(
  [...products, perpetual('BTC')],
  market,
  [{ ...still, line: 'maintenance' }],
  () => ({ maintenance: 0.1, initial: 0.1 }),
);
if (isRefusal(built)) throw new Error(built.message);
const book = built;

function cut(quantities: Record<string, number>) {
  const rows = Object.entries(quantities).map(([id, quantity]): [number, number] => [
    book.indexOf.get(id)!,
    quantity,
  ]);
  const charges = collateralHaircuts(book, holdingsOf(new Map(rows)), (asset) =>
    asset === 'USD' ? { haircut: 0, owed: 0 } : { haircut: 0.15, owed: 0.2 },
  );
  return charges.map(({ name, underlying, amount }) => [name, underlying, dollars(amount)]);
}

describe('M-57 collateral haircut', () => {
  it('is a share of what is owned, another of what is owed, and none of the dollar', () => {
    expect(cut({ BTC: 2, ETH: -10, USD: 1e6, USDC: 1000 })).toEqual([
      ['collateral-haircut', 'BTC', 0.15 * 2 * 65_000],
      ['collateral-haircut', 'ETH', 0.2 * 10 * 1_900],
      ['collateral-haircut', 'USDC', 0.15 * 999],
    ]);
  });

  it('is for balances alone', () => expect(cut({ 'BTC-PERPETUAL': 1e6 })).toEqual([]));
});

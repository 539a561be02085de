// A book of coin-settled contracts as a venue without them would hold it: the same exposure in linear contracts that settle in USDC.

import {
  type Balance,
  formatProduct,
  isRefusal,
  type Market,
  type Portfolio,
  type Position,
  price,
  type Refusal,
  refuse,
} from '@plimsoll/core';

const CASH = 'USDC';

/** A contract in coins where it was one in dollars; an option is for a coin in both. */
function twinOf({ product, quantity }: Position, market: Market): Position | Refusal {
  if (product.kind === 'structured' || product.settlement === 'linear') return { product, quantity };
  const linear = { ...product, settlement: 'linear', settleAsset: CASH } as const;
  const twin = { ...linear, id: formatProduct(linear) };
  if (product.kind === 'option') return { product: twin, quantity };
  const mark = price(product, market);
  if (isRefusal(mark)) return mark;
  return { product: twin, quantity: quantity / mark.mark };
}

/**
 * The linear twin of a portfolio: inverse perpetuals and futures become as many coins as their dollars buy at the mark, options keep their size, dollars
 * become USDC. Profit then accrues in dollars instead of coins, so a twin has no convexity of settlement.
 */
export function linearTwin(portfolio: Portfolio, market: Market): Portfolio | Refusal {
  const positions = portfolio.positions.map((position) => twinOf(position, market));
  const lost = positions.find(isRefusal);
  if (lost !== undefined) return lost;
  if (portfolio.orders.length > 0) return refuse('not-supported', 'a twin is made of positions only.');
  const balances = portfolio.balances.map((balance): Balance => {
    return balance.asset === 'USD' ? { ...balance, asset: CASH } : balance;
  });
  return { ...portfolio, balances, positions: positions as Position[] };
}

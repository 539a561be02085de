// Collateral that is not swept is cut (M-57): the share of what is owned that does not count, and what is added to what is owed.

import { owedUp } from '../base/index.ts';
import type { Holdings, RiskBook } from '../risk/index.ts';
import type { Charge } from './requirement.ts';

/** What a model that does not sweep balances says of an asset; shares of its dollar value. */
export interface AssetHaircut {
  /** Share of an owned balance that does not count. */
  readonly haircut: number;
  /** Share by which an owed balance counts beyond itself: a weight above one. */
  readonly owed: number;
}

/**
 * One charge per asset held or owed: `haircut x value` of what is owned, `owed x value` of what is owed; value in dollars at the marks,
 * collateral, cash and unsettled profit netted. Convex in the balance, and zero at none; shares may depend on the value.
 * @example collateralHaircuts(book, holdings, () => ({ haircut: 0.15, owed: 0.15 })) // 1 BTC of 65,000: one charge of 9,750
 */
export function collateralHaircuts(
  book: RiskBook,
  { rows, quantities }: Holdings,
  haircutOf: (asset: string, value: number) => AssetHaircut,
): Charge[] {
  return Array.from(rows).flatMap((row, i): Charge[] => {
    const product = book.products[row]!;
    if (product.kind !== 'asset') return [];
    const value = quantities[i]! * book.columns.value[row]!;
    const { haircut, owed } = haircutOf(product.id, value);
    const share = value >= 0 ? haircut : owed;
    const amount = owedUp(Math.abs(value) * share);
    const inputs = { value, share };
    return amount > 0n
      ? [{ name: 'collateral-haircut', underlying: product.underlying, amount, inputs }]
      : [];
  });
}

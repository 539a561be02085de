// Where a position meets its maintenance margin, in closed form: equity and tiered margin are straight lines between borders.

import type { DeductedTier } from './tiers.ts';

/**
 * One position and what stands behind it. Linear: size in coins, price per coin, equity and `other` in the settle asset.
 * Inverse: size in USD of notional, price in USD, equity and `other` in coins, tiers by notional in coins.
 * `equity` is the whole account's at `mark` (cross) or the position's own margin and profit (isolated); `other` is maintenance margin
 * that does not depend on this price: other positions (cross), a margin fixed at entry, fees.
 */
export interface Exposed {
  readonly size: number;
  readonly mark: number;
  readonly equity: number;
  readonly tiers: readonly DeductedTier[];
  readonly other?: number;
}

/** No maintenance margin at all: what is left is bankruptcy. */
const NO_TIERS: readonly DeductedTier[] = [{ from: 0, rate: 0, deduction: 0 }];

/**
 * The price at which equity equals maintenance margin, `e + s (P - mark) = other + rate |s| P - d`, so
 *
 *     P = (other - d - e + s mark) / (s - rate |s|)
 *
 * in the one tier in which it lies. Undefined where no price above zero does: nothing is held, or no fall (long) or rise (short) is
 * enough. A price on the other side of the mark says that the position is already below its line. Rates are below 1.
 * @example liquidationPrice({ size: -3, mark: 3000, equity: 1000, tiers: withDeductions([{ from: 0, rate: 0.05 }]) }) // 3174.603...
 */
export function liquidationPrice({ size, mark, equity, tiers, other = 0 }: Exposed): number | undefined {
  if (size === 0) return undefined;
  const width = Math.abs(size);
  // Equity less margin rises (long) or falls (short) with the price all the way, so it meets zero in one tier: the first at whose upper
  // border it has done so. Asking for the border and not for the answer leaves no gap between two tiers to fall into.
  const tier = tiers.find(({ rate, deduction }, n) => {
    const end = tiers[n + 1]?.from ?? Number.POSITIVE_INFINITY;
    if (end === Number.POSITIVE_INFINITY) return true;
    const free = equity + size * (end / width - mark) - other - rate * end + deduction;
    return size > 0 ? free >= 0 : free <= 0;
  })!;
  const price = (other - tier.deduction - equity + size * mark) / (size - tier.rate * width);
  return price > 0 ? price : undefined;
}

/**
 * The price at which equity is gone, `mark - equity / size`; undefined where there is none above zero.
 * @example bankruptcyPrice({ size: 1, mark: 6000, equity: 60 }) // 5940
 */
export function bankruptcyPrice(held: Pick<Exposed, 'size' | 'mark' | 'equity'>): number | undefined {
  return liquidationPrice({ ...held, tiers: NO_TIERS });
}

/**
 * The same for a coin-settled position, whose coins are linear in one over the price: `e + N (1/mark - 1/P) = other + rate |N| / P - d`.
 * Undefined where there is none: a short position backed coin for coin is never liquidated.
 * @example inverseLiquidationPrice({ size: -10_000, mark: 50_000, equity: 0.2, tiers: withDeductions([{ from: 0, rate: 0.01 }]) }) // undefined
 */
export function inverseLiquidationPrice({ size, mark, ...rest }: Exposed): number | undefined {
  const coins = liquidationPrice({ ...rest, size: -size, mark: 1 / mark });
  return coins === undefined ? undefined : 1 / coins;
}

/** Where the coins of an inverse position are gone. @example inverseBankruptcyPrice({ size: 10_000, mark: 50_000, equity: 0.05 }) // 40_000 */
export function inverseBankruptcyPrice(held: Pick<Exposed, 'size' | 'mark' | 'equity'>): number | undefined {
  return inverseLiquidationPrice({ ...held, tiers: NO_TIERS });
}

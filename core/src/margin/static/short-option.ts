// What a short option must hold by formula, without a sweep: the rules of three venues, per contract.

import type { Option } from '../../product/index.ts';

/** Rates of the classic rule, shares of the index. */
export interface ShortOptionRates {
  /** At the money. */
  readonly initial: number;
  /** The least, however far out of the money. */
  readonly initialMin: number;
  readonly maintenance: number;
}

/**
 * Margin of a short option beyond its mark, in the unit of the mark and per contract; `distance` is how far it is out of the money and `mark`
 * what it is worth, both over the index (so an inverse option's mark is its price in coins).
 *
 *     maintenance = rate_m max(1, mark)                                   mark above 1: a put deep in the money
 *     initial     = max(rate - distance, rate_min, maintenance)
 *
 * A venue that keeps options out of equity adds the mark (Deribit's standard margin); one whose equity has them at their mark does not.
 * @example shortOption({ initial: 0.15, initialMin: 0.1, maintenance: 0.075 }, 0.03, 0.02) // { initial: 0.12, maintenance: 0.075 }
 */
export function shortOption(
  rates: ShortOptionRates,
  distance: number,
  mark: number,
): { readonly initial: number; readonly maintenance: number } {
  const maintenance = rates.maintenance * Math.max(1, mark);
  const initial = Math.max(rates.initial - distance, rates.initialMin, maintenance);
  return { initial, maintenance };
}

/** How far an option is out of the money, over the index; 0 in the money. @example outOfTheMoney('call', 110, 100) // 0.1 */
export function outOfTheMoney(right: Option['right'], strike: number, index: number): number {
  return Math.max(0, right === 'call' ? strike - index : index - strike) / index;
}

/**
 * Margin of a naked short option from a bound on its time value at a shocked spot, per contract: what it is in the money there, plus the
 * bound times the rest (Opyn Gamma). A put in the quote asset, a call in the underlying.
 *
 *     put:  bound min(K, shock S) + max(K - shock S, 0);  call:  bound min(1, K shock / S) + max(1 - K shock / S, 0)
 *
 * @example nakedOption('put', 100, 150, 0.1678, 0.75) // 16.78
 */
export function nakedOption(
  right: Option['right'],
  strike: number,
  spot: number,
  bound: number,
  shock: number,
): number {
  if (right === 'put') {
    const shocked = shock * spot;
    return bound * Math.min(strike, shocked) + Math.max(strike - shocked, 0);
  }
  // The spot goes up by 1 / shock; the strike in coins of that spot is what the call does not take.
  const kept = (strike * shock) / spot;
  return bound * Math.min(1, kept) + Math.max(1 - kept, 0);
}

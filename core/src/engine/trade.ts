// What a trade does to a position: lots, cost, and what is realised. Integers all the way, so that nothing is lost or made.

import { isPremium } from '../product/index.ts';
import type { Position } from './state.ts';
import type { AssetTerms, ProductTerms } from './terms.ts';
import { costOf } from './terms.ts';
import type { Lots, PriceUnits, Units } from './words.ts';

/** A change of a position, and what goes to the balance of the settle asset: profit that is realised, or the premium. */
export interface TradeChange {
  readonly lots: Lots;
  readonly cost: Units;
  readonly realised: Units;
  /** Paid for what is paid at once, signed as the account sees it. */
  readonly premium: Units;
}

/** `value x part / whole`, towards zero. */
function share(value: Units, part: Lots, whole: Lots): Units {
  return (value * BigInt(part)) / BigInt(whole);
}

/**
 * What buying (`lots > 0`) or selling at a price changes (M-201). Of a margined product the cost of what is left is its share of what was paid; the rest of
 * cost and price is realised: `realised = kept - (cost + paid)`. An option's premium is paid at once and its cost stays zero.
 * @example tradeChange(terms, usd, { lots: 10, cost: 1000n }, -4, price120) // lots -4, cost -400n, realised 80n
 */
export function tradeChange(
  terms: ProductTerms,
  settle: AssetTerms,
  held: Pick<Position, 'lots' | 'cost'> | undefined,
  lots: Lots,
  price: PriceUnits,
): TradeChange {
  const paid = costOf(terms, lots, price, settle);
  if (isPremium(terms.product)) return { lots, cost: 0n, realised: 0n, premium: -paid };
  const { lots: before, cost } = held ?? { lots: 0, cost: 0n };
  const after = before + lots;
  const isAdding = before === 0 || Math.sign(before) === Math.sign(lots);
  if (isAdding) return { lots, cost: paid, realised: 0n, premium: 0n };
  const isFlipped = Math.sign(after) === Math.sign(lots) && after !== 0;
  const kept = after === 0 ? 0n : isFlipped ? share(paid, after, lots) : share(cost, after, before);
  return { lots, cost: kept - cost, realised: kept - (cost + paid), premium: 0n };
}

/** What a position pays out at a final price: its worth less its cost, of an option its worth (M-202). */
export function payout(
  terms: ProductTerms,
  settle: AssetTerms,
  { lots, cost }: Pick<Position, 'lots' | 'cost'>,
  final: PriceUnits,
): Units {
  const worth = final === 0 ? 0n : costOf(terms, lots, final, settle);
  return isPremium(terms.product) ? worth : worth - cost;
}

/** `a / b` rounded down, for `b > 0`: what an account is paid is rounded against it. */
export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient;
}

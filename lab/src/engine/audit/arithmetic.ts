// The auditor's own arithmetic, from the text of M-201 to M-206: magnitudes and signs apart, everything over one denominator.

import type { AssetTerms, ProductTerms } from '@plimsoll/core/engine';
import type { OwnPosition } from './books.ts';

const abs = (value: bigint) => (value < 0n ? -value : value);
const PRICE = 10n ** 8n;

/** The whole part of `a / b` whatever their signs: magnitudes are divided, the sign is put back. */
export function whole(a: bigint, b: bigint): bigint {
  const size = abs(a) / abs(b);
  return a < 0n === b < 0n ? size : -size;
}

/** The greatest whole number not above `a / b`, for `b > 0`. */
export function below(a: bigint, b: bigint): bigint {
  const rest = ((a % b) + b) % b;
  return (a - rest) / b;
}

export function isCoinMargined({ product }: ProductTerms): boolean {
  return product.settlement === 'inverse' && product.kind !== 'option' && product.kind !== 'structured';
}

export function isPaidAtOnce({ product }: ProductTerms): boolean {
  return product.kind === 'option' || product.kind === 'structured';
}

/** What so many lots cost at a price, units of the settle asset: towards zero. */
export function worthOf(terms: ProductTerms, settle: AssetTerms, lots: bigint, price: bigint): bigint {
  if (price === 0n) return 0n;
  const unit = 10n ** BigInt(settle.decimals);
  const quantity = lots * BigInt(terms.lot);
  const parts = 10n ** BigInt(terms.lotDecimals);
  return isCoinMargined(terms)
    ? whole(-quantity * PRICE * unit, parts * price)
    : whole(quantity * price * unit, parts * PRICE);
}

/** A position after a trade, and what went to the balance. */
export function afterTrade(
  terms: ProductTerms,
  settle: AssetTerms,
  held: OwnPosition | undefined,
  lots: bigint,
  price: bigint,
): { readonly lots: bigint; readonly cost: bigint; readonly realised: bigint; readonly premium: bigint } {
  const [before, cost] = [held?.lots ?? 0n, held?.cost ?? 0n];
  const paid = worthOf(terms, settle, lots, price);
  const after = before + lots;
  if (isPaidAtOnce(terms)) return { lots: after, cost: 0n, realised: 0n, premium: -paid };
  if (before === 0n || before > 0n === lots > 0n)
    return { lots: after, cost: cost + paid, realised: 0n, premium: 0n };
  // What is closed is the smaller of the two; of the larger its share stays.
  const rest =
    abs(lots) > abs(before) ? whole(paid * abs(after), abs(lots)) : whole(cost * abs(after), abs(before));
  return { lots: after, cost: rest, realised: rest - cost - paid, premium: 0n };
}

/** Final price of what expired: an option's intrinsic value, of inverse ones in coins and rounded down. */
export function finalOf({ product }: ProductTerms, index: bigint): bigint {
  if (product.kind !== 'option') return index;
  const strike = BigInt(Math.round(product.strike * 1e8));
  const inside = product.right === 'call' ? index - strike : strike - index;
  if (inside <= 0n) return 0n;
  return product.settlement === 'linear' ? inside : (inside * PRICE) / index;
}

/** Funding that a position is paid (or pays), rounded against it. */
export function fundingOf({ lots, at }: OwnPosition, index: bigint): bigint {
  return below(-lots * (index - at), 10n ** 12n);
}

/** Interest that is owed on a debt, rounded up; nothing on what is its own. */
export function interestOf(units: bigint, at: bigint, index: bigint): bigint {
  return units >= 0n ? 0n : -below(units * (index - at), 10n ** 18n);
}

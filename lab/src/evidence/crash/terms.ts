// What the venue lists: every contract that a plan holds, with the scale it trades at.

import { compareText } from '@plimsoll/core';
import type { AssetTerms, ProductTerms, Tradable } from '@plimsoll/core/engine';
import { faceOf, type Leg, type Plan } from './plans.ts';

/** Decimals of every asset. */
const DECIMALS = 8;
export const UNIT = 10n ** BigInt(DECIMALS);

/** Dollars and coins. What may be owed is far beyond what anybody here comes to owe: an inverse position that loses owes coins against dollars. */
export function assetTerms(): AssetTerms[] {
  const [borrowRate, borrowMax] = [0.1, 100_000n * UNIT];
  return ['USD', 'BTC', 'ETH'].map((asset) => ({ asset, decimals: DECIMALS, borrowRate, borrowMax }));
}

/** Deribit's own: 0.1 BTC or 1 ETH of an option at ticks of 0.0001; ten dollars or one of a perpetual or future at ticks of 0.5 and 0.05 dollars. */
export function termsOf(product: Tradable): ProductTerms {
  const isBtc = product.underlying === 'BTC';
  if (product.kind === 'option') return { product, lot: 1, lotDecimals: isBtc ? 1 : 0, tick: 10_000 };
  return { product, lot: faceOf(product.underlying), lotDecimals: 0, tick: isBtc ? 50_000_000 : 5_000_000 };
}

/** Lots of a leg, signed. */
export function lotsOf({ product, quantity }: Leg): number {
  const { lot, lotDecimals } = termsOf(product);
  return Math.round((quantity * (lotDecimals === 1 ? 10 : 1)) / lot);
}

/** Everything that plans hold, once, by name. */
export function listedBy(plans: readonly Plan[]): Tradable[] {
  const found = new Map<string, Tradable>();
  for (const { legs } of plans) for (const { product } of legs) found.set(product.id, product);
  return [...found.values()].sort((left, right) => compareText(left.id, right.id));
}

export function unitsOf(amount: number): bigint {
  return BigInt(Math.round(amount * Number(UNIT)));
}

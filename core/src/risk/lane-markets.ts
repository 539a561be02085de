// One coin in every lane, made once and shared by all its products.

import { assert } from '../base/index.ts';
import { type Market, type UnderlyingMarket, underlyingOf } from '../market/index.ts';
import { dampAt, type Shock, shiftUnderlying } from '../scenario/index.ts';

/** Everything that is the same for all products of one underlying: its market in every lane, the unshocked one last. */
export interface LaneMarkets {
  readonly base: UnderlyingMarket | undefined;
  readonly shocks: readonly Shock[];
  readonly shifted: readonly UnderlyingMarket[];
}

/** Made once for the lanes of a book: what doubts them and what prices in them look at the same. */
const made = new WeakMap<readonly Shock[], LaneMarkets>();

/** The markets of an underlying; lanes are resolved for it. */
export function laneMarkets(
  market: Market,
  underlying: string,
  shocks: ReadonlyMap<string, readonly Shock[]>,
): LaneMarkets {
  const own = shocks.get(underlying);
  assert(own !== undefined, `lanes are resolved for ${underlying}`);
  const base = underlyingOf(market, underlying);
  const known = made.get(own);
  if (known !== undefined && known.base === base) return known;
  const shifted = base === undefined ? [] : own.map((shock) => shiftUnderlying(base, shock, market.at));
  const lanes = { base, shocks: own, shifted };
  made.set(own, lanes);
  return lanes;
}

/** The damps of every lane at a time to expiry. */
export function dampsAt(shocks: readonly Shock[], yearsToExpiry: number): Float64Array {
  return Float64Array.from(shocks, (shock) => dampAt(shock, yearsToExpiry));
}

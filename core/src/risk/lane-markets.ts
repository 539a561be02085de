// One coin in every lane, made once and shared by all its products.

import { assert } from '../base/index.ts';
import { type Market, type UnderlyingMarket, underlyingOf } from '../market/index.ts';
import { type Shock, shiftUnderlying } from '../scenario/index.ts';

/** Everything that is the same for all products of one underlying: its market in every lane, the unshocked one last. */
export interface LaneMarkets {
  readonly base: UnderlyingMarket | undefined;
  readonly shocks: readonly Shock[];
  readonly shifted: readonly UnderlyingMarket[];
  /** For each lane the first one that moves the first expiry's forward to the same place: where to look for what lanes share. The unshocked market is the last. */
  readonly alike: Int32Array;
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
  const lanes = { base, shocks: own, shifted, alike: alikeOf(base, shifted) };
  made.set(own, lanes);
  return lanes;
}

function alikeOf(base: UnderlyingMarket | undefined, shifted: readonly UnderlyingMarket[]): Int32Array {
  const first = new Map<number, number>();
  return Int32Array.from([...shifted, base], (coin, s) => {
    const forward = coin?.slices[0]?.forward ?? Number.NaN;
    const known = first.get(forward) ?? s;
    first.set(forward, known);
    return known;
  });
}

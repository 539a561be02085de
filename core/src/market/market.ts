// What is believed: an immutable market. A shocked market is a market too, so pricing never learns that scenarios exist.

import type { Digest, Instant, Refusal, Years } from '../base/index.ts';
import { exp } from '../kernel/index.ts';
import type { AssetCode, ProductId } from '../product/index.ts';
import type { VolDeform } from './deform.ts';
import type { FactorHistory } from './history.ts';
import type { Touch } from './quotes.ts';

/**
 * Raw SVI total variance (Gatheral 2004): `w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2))`,
 * `k = ln(K / F)`, `w = vol^2 * years`.
 */
export interface RawSvi {
  readonly a: number;
  readonly b: number;
  readonly rho: number;
  readonly m: number;
  readonly sigma: number;
}

/**
 * The smile of one expiry: `w(k) = (1 - mix) near(k) + mix far(k)`. A fitted expiry has one term (`mix` 0, `far` = `near`) or, where
 * its quotes pay for four more parameters, two; an expiry between two fitted ones blends their total variances.
 */
export interface Smile {
  readonly near: RawSvi;
  readonly far: RawSvi;
  readonly mix: number;
}

/** How far a fitted slice can be trusted. Volatilities are decimals (0.01 = one vol point). */
export interface SliceQuality {
  /** `svi`: fitted alone. `repaired`: refitted under arbitrage penalties. `essvi`: taken from the surface. `interpolated`: between two. `given`: stated by the user. */
  readonly source: 'svi' | 'repaired' | 'essvi' | 'interpolated' | 'given';
  /** Root mean square of model vol minus mid vol over the quotes used, weighted as the fit weighs them. */
  readonly fitError: number;
  /** Median half-width of the quotes used, in vol. */
  readonly quoteWidth: number;
  /** How wrong the vol may be: combines fit error, quote width and age; becomes a charge. */
  readonly uncertainty: number;
  /** In (0, 1]: `REFERENCE / (REFERENCE + uncertainty)`. */
  readonly confidence: number;
  readonly quotesUsed: number;
  /** Share of the used two-sided quotes whose model price is inside bid-ask. */
  readonly insideShare: number;
  /** Smallest Durrleman g on the checked grid, >= 0 when free of butterfly arbitrage. */
  readonly butterflyMin: number;
  /** Smallest increase of total variance over the previous served slice on the grid, >= 0 when free of calendar arbitrage. */
  readonly calendarMin: number;
}

/**
 * Vols that are stated strike by strike, over log-moneyness `k = ln(K / smileForward)`, ascending: linear between, flat beyond. Where a venue
 * says which vol it margins a strike with, nothing is fitted.
 */
export interface VolTable {
  readonly ks: readonly number[];
  readonly vols: readonly number[];
}

/** One expiry of one underlying: forward and smile. */
export interface Slice {
  readonly expiry: Instant;
  /** From the market's time to expiry, > 0. */
  readonly years: Years;
  /** USD per coin. */
  readonly forward: number;
  /** The forward that the smile's log-moneyness is measured against; stays behind when spot moves under sticky strike. */
  readonly smileForward: number;
  /** Years the smile's total variance was fitted for: `vol(k) = sqrt(w(k) / smileYears)`. */
  readonly smileYears: Years;
  readonly smile: Smile;
  /** Stated vols, which stand instead of the smile's. */
  readonly table?: VolTable;
  /** Rate a year, continuous, at which linear options are discounted to today; absent is zero. */
  readonly rate?: number;
  /** How sure the oracle is of forward, rate and vols, from 0 to 1; absent is sure. */
  readonly oracleConfidence?: number;
  /** Vol shocks applied on top of the smile, in order. Empty in an observed market. */
  readonly deforms: readonly VolDeform[];
  /** Part of the settlement average that is not fixed yet, in [0, 1]; only that part moves with spot. At 0 the expiry is settled, and its forward is what it settled at. */
  readonly unfixed: number;
  readonly quality: SliceQuality;
}

/** What a dollar paid at an expiry is worth today: `exp(-rate T)`, 1 without a rate. @example discountOf(slice) // 0.98 */
export function discountOf({ rate, years }: Slice): number {
  return rate === undefined ? 1 : exp(-rate * years);
}

/** A dated future's mark in USD per coin. */
export interface ForwardMark {
  readonly expiry: Instant;
  readonly forward: number;
}

/** An expiry that could not be served, and why. */
export interface RefusedSlice {
  readonly expiry: Instant;
  readonly refusal: Refusal;
}

/** Everything about one coin. */
export interface UnderlyingMarket {
  readonly underlying: AssetCode;
  /** Index, USD per coin. */
  readonly index: number;
  /** Relative half-range of the index sources; becomes a charge. */
  readonly indexUncertainty: number;
  /** Perpetual's mark, USD per coin; the index where no mark was given. */
  readonly perpetual: number;
  /** Dated futures' marks, ascending by expiry. */
  readonly futures: readonly ForwardMark[];
  /** Served option expiries, ascending. */
  readonly slices: readonly Slice[];
  readonly refused: readonly RefusedSlice[];
}

/** The market at one instant. */
export interface Market {
  readonly at: Instant;
  readonly source: string;
  /** Ascending by code. */
  readonly underlyings: readonly UnderlyingMarket[];
  /** USD per unit of every non-coin asset, and of a coin whose balances are not valued at its index; ascending by code. USD itself is 1. */
  readonly pegs: ReadonlyMap<AssetCode, number>;
  /**
   * How sure oracles are of what they state, from 0 to 1: of an index (`BTC-INDEX`), a perpetual's mark (`BTC-PERPETUAL`), an asset's price
   * (`USDT`). What is not named is sure.
   */
  readonly confidences?: ReadonlyMap<string, number>;
  /** What factors did up to now, for models that look back; no file of a market holds it. */
  readonly history?: FactorHistory;
  /** Quotes of the snapshot, for close-out cost and option value; not touched by shocks. */
  readonly touches: ReadonlyMap<ProductId, Touch>;
  /** Identifies the fitted market; a shocked market keeps its parent's. */
  readonly digest: Digest;
}

/** The market of a coin, or undefined. */
export function underlyingOf(market: Market, underlying: AssetCode): UnderlyingMarket | undefined {
  return market.underlyings.find((candidate) => candidate.underlying === underlying);
}

/** USD per unit of any asset: its own price where one is stated, else the index of a coin; undefined when unknown. */
export function assetUsd(market: Market, asset: AssetCode): number | undefined {
  return market.pegs.get(asset) ?? underlyingOf(market, asset)?.index;
}

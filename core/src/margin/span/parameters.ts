// What SPAN is told. Plain data with a version; every default is defended beside it.

import type { TermScaling } from '../../scenario/index.ts';
import type { AssetHaircut } from '../haircut.ts';
import type { ModelParameters } from '../requirement.ts';

/** One coin: scan ranges as decimals, and its balances as collateral. */
export interface SpanCoin extends AssetHaircut {
  /** Price scan range, share of the price. */
  readonly priceScan: number;
  /** Vol scan range: vol at 30 days (0.12 = 12 points), or a share of the vol where `volForm` is relative. */
  readonly volScan: number;
  /** How much wilder the coin's calendar spreads are than those the table was made for. */
  readonly calendarFactor: number;
}

/** Expiries up to `days` from now that the tiers before do not hold; undated products are zero days away. */
export interface SpanTier {
  readonly name: string;
  readonly days: number;
}

/** One line of the calendar table: what a dollar of delta, long in one tier and short in the other, costs. Lower `priority` comes first. */
export interface CalendarSpread {
  readonly priority: number;
  readonly near: string;
  readonly far: string;
  /** Share of the delta spread, dollars per dollar. */
  readonly rate: number;
}

/** One line of the credit table: long `leftDelta` dollars of delta of one coin against short `rightDelta` of the other, or the reverse. */
export interface CoinSpread {
  readonly priority: number;
  readonly left: string;
  readonly right: string;
  readonly leftDelta: number;
  readonly rightDelta: number;
  /** Share of the spread legs' price risk that is given back. */
  readonly rate: number;
}

/** Everything the `span` model is told. */
export interface SpanParameters extends ModelParameters {
  readonly coins: Readonly<Record<string, SpanCoin>>;
  /** Coins that are not named. */
  readonly otherCoin: SpanCoin;
  /** The stable assets there are, as collateral; anything else that is no coin of the market is refused. */
  readonly pegs: Readonly<Record<string, AssetHaircut>>;
  readonly volForm: 'points' | 'relative';
  readonly volScaling: TermScaling;
  /** Days that pass in every scenario. */
  readonly lookAheadDays: number;
  /** Scenarios 15 and 16: how many scan ranges away, and the share of their loss that counts. */
  readonly extreme: { readonly ranges: number; readonly cover: number };
  /** Weights of the seven price points in the composite delta; those of a price up and down are the same. */
  readonly deltaWeights: {
    readonly still: number;
    readonly third: number;
    readonly twoThirds: number;
    readonly whole: number;
  };
  readonly tiers: readonly SpanTier[];
  readonly calendar: readonly CalendarSpread[];
  /** Charge on net deltas of expiries within `days`: of what stands alone, and of what is part of a calendar spread; shares. */
  readonly delivery: { readonly days: number; readonly outright: number; readonly spread: number };
  readonly credits: readonly CoinSpread[];
  /** Least risk of a short option, share of the index. */
  readonly shortMinimum: number;
  /** Release = (1 + buffer) and initial = ratio times the risk of the maintenance line. */
  readonly releaseBuffer: number;
  readonly initialRatio: number;
}

/**
 * Defaults.
 * Price scan: a day. BTC 12 % lies above its 99 % one-day path (10.2 %, 2022-25 hourly) and its 99.5 % daily close (11.5 %, since 2014); ETH 16 %
 * between its 97.5 % and 99 % daily shortfall (14.5 and 18.7 %) and below the 99.5 % path (17.2 %); SOL 20 % and others 30 % are judgement: three
 * ranges of 30 % are as far as a price can fall. Vol scan: four standard deviations of the 30-day vol's daily change.
 * Extreme: CME's 3 ranges at 33 %. BTC's, 36 %, is the path of 12 March 2020 (38.6 %).
 * Delta weights: a normal law of which two standard deviations are the range (densities .2707 .2168 .1113 .0366), rounded to sum to one.
 * Calendar: a basis of 0.3 % and 0.8 % a year of the farther expiry, twice the six-hour moves behind the basis lanes of the standard set; a
 * tenth of a percent less inside a tier. Others' calendars: judgement.
 * Delivery: the leg that settles leaves the other alone for the rest of the day; a twelfth of BTC's range. Alone it costs the settlement's slippage.
 * Credits: `1 - sqrt((1 - rho) / 2)` of two legs of equal risk, rho the stressed low correlation of M-18 (BTC/ETH 0.39, with SOL 0.31), rounded down;
 * deltas in inverse proportion to the ranges. Haircuts: the price scan range and a quarter more.
 */
export const spanDefaults: SpanParameters = {
  id: 'span',
  version: '2026-11-1',
  coins: {
    BTC: { priceScan: 0.12, volScan: 0.12, calendarFactor: 1, haircut: 0.15, owed: 0.15 },
    ETH: { priceScan: 0.16, volScan: 0.14, calendarFactor: 1.25, haircut: 0.2, owed: 0.2 },
    SOL: { priceScan: 0.2, volScan: 0.18, calendarFactor: 2, haircut: 0.25, owed: 0.25 },
  },
  otherCoin: { priceScan: 0.3, volScan: 0.24, calendarFactor: 3, haircut: 0.375, owed: 0.375 },
  // The peg ranges of `grid`; USDe's is what one venue printed in part in October 2025.
  pegs: {
    USD: { haircut: 0, owed: 0 },
    USDC: { haircut: 0.03, owed: 0.03 },
    USDT: { haircut: 0.03, owed: 0.03 },
    DAI: { haircut: 0.05, owed: 0.05 },
    USDE: { haircut: 0.1, owed: 0.1 },
  },
  volForm: 'points',
  volScaling: { short: 0.3, long: 0.13, dteFloor: 1 },
  lookAheadDays: 1,
  extreme: { ranges: 3, cover: 0.33 },
  deltaWeights: { still: 0.27, third: 0.217, twoThirds: 0.111, whole: 0.037 },
  tiers: [
    { name: 'undated', days: 0 },
    { name: 'week', days: 8 },
    { name: 'month', days: 40 },
    { name: 'quarter', days: 130 },
    { name: 'year', days: 3660 },
  ],
  calendar: [
    { priority: 1, near: 'week', far: 'week', rate: 0.002 },
    { priority: 2, near: 'month', far: 'month', rate: 0.003 },
    { priority: 3, near: 'undated', far: 'week', rate: 0.003 },
    { priority: 4, near: 'week', far: 'month', rate: 0.004 },
    { priority: 5, near: 'undated', far: 'month', rate: 0.004 },
    { priority: 6, near: 'quarter', far: 'quarter', rate: 0.005 },
    { priority: 7, near: 'month', far: 'quarter', rate: 0.006 },
    { priority: 8, near: 'week', far: 'quarter', rate: 0.006 },
    { priority: 9, near: 'undated', far: 'quarter', rate: 0.006 },
    { priority: 10, near: 'year', far: 'year', rate: 0.01 },
    { priority: 11, near: 'quarter', far: 'year', rate: 0.011 },
    { priority: 12, near: 'month', far: 'year', rate: 0.011 },
    { priority: 13, near: 'week', far: 'year', rate: 0.011 },
    { priority: 14, near: 'undated', far: 'year', rate: 0.011 },
  ],
  delivery: { days: 1, outright: 0.001, spread: 0.01 },
  credits: [
    { priority: 1, left: 'BTC', right: 'ETH', leftDelta: 4, rightDelta: 3, rate: 0.44 },
    { priority: 2, left: 'BTC', right: 'SOL', leftDelta: 5, rightDelta: 3, rate: 0.41 },
    { priority: 3, left: 'ETH', right: 'SOL', leftDelta: 5, rightDelta: 4, rate: 0.41 },
  ],
  shortMinimum: 0.003,
  releaseBuffer: 0.05,
  initialRatio: 1.1,
};

/** A coin's parameters, the fallback where it has none of its own. @example spanCoin(spanDefaults, 'DOGE').priceScan // 0.3 */
export function spanCoin(parameters: SpanParameters, coin: string): SpanCoin {
  return Object.hasOwn(parameters.coins, coin) ? parameters.coins[coin]! : parameters.otherCoin;
}

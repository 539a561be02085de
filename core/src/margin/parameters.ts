// The numbers a venue chooses. Plain data with a version; every default is defended beside it.

import type { Correlations } from '../risk/index.ts';
import { type ScanRanges, type ScenarioSet, standardScenarios } from '../scenario/index.ts';

/** Scan ranges and market sizes of one coin. Ranges are decimals; sizes are dollars a day. */
export interface CoinParameters extends ScanRanges {
  /** Spot and futures turnover that can absorb a close-out, USD a day. */
  readonly deltaVolume: number;
  /** Vega that trades, dollars per vol point a day. */
  readonly vegaVolume: number;
  /** One standard deviation of the daily return. */
  readonly dailyMove: number;
  /** One standard deviation of the daily change of the 30-day vol, decimal. */
  readonly dailyVolMove: number;
  /** Half-spread of the perpetual, relative. */
  readonly halfSpread: number;
}

/** Scan range of a stable asset: what it may do against the dollar by itself, either way. */
export interface PegParameters {
  readonly range: number;
}

export interface ChargeParameters {
  /** Trading fee on closing, relative to notional, futures and perpetuals. */
  readonly futureFee: number;
  /** Trading fee on closing an option: this share of the underlying, at most `optionFeeCap` of the option's value. */
  readonly optionFee: number;
  readonly optionFeeCap: number;
  /** Least half-width at which an option is assumed to close, in vol. */
  readonly closeOutVol: number;
  /** Prefactor Y of the square-root law: `Y * dailyMove * Q * sqrt(Q / volume)`. */
  readonly impact: number;
  /** Most that the liquidity charge of a balance may take of its next dollar. */
  readonly collateralCap: number;
  /** Least swept loss of an underlying per unpaired short option, share of the index: maintenance and initial. */
  readonly shortMinimum: ScanRanges;
  /** Forwards may move against the index by `max(basisMin, exp(basisYearly * T) - 1)` while a calendar position is closed. */
  readonly basisMin: number;
  readonly basisYearly: number;
  /** A stable asset below `pegThreshold` adds `min(pegCap, pegFactor * (pegThreshold - price))` of its balance to the initial line. */
  readonly pegThreshold: number;
  readonly pegFactor: number;
  readonly pegCap: number;
  /** Most net long option value that may count towards initial margin, dollars per underlying. */
  readonly optionValueCap: number;
}

/** Everything the `grid` model is told. */
export interface GridParameters {
  readonly id: string;
  readonly version: string;
  readonly coins: Readonly<Record<string, CoinParameters>>;
  /** Coins that are not named. */
  readonly otherCoin: CoinParameters;
  /** The stable assets there are; an asset that is neither here nor a coin of the market has no margin and is refused. */
  readonly pegs: Readonly<Record<string, PegParameters>>;
  readonly correlations: Correlations;
  /** Share of every offset between underlyings that is kept as margin. */
  readonly retained: number;
  /** Release = (1 + buffer) * maintenance: where a partial close may stop. */
  readonly releaseBuffer: number;
  /** Expiries nearer than this get lanes at their strikes on the initial line, days. */
  readonly strikeNodeDays: number;
  readonly charges: ChargeParameters;
  readonly scenarios: ScenarioSet;
}

/**
 * Defaults. Maintenance ranges: 99.9 % four-hour path loss of 2022-25 hourly data, rounded up (BTC 8.5 -> 9 %, ETH 11.2 -> 11.5 %).
 * Initial: BTC 16 % is the 24-hour 99.9 % path and Deribit's own range; ETH 20 %. Others are judgement: 35 % for what is not named.
 * Vega volumes: sum of vega times 24-hour volume over Deribit chains, monthly medians of 2026 between 5e5 and 1.5e6 (BTC), 5e4 and 1.8e5
 * (ETH) dollars per point. Basis: see the basis lanes of the standard set; the charge is the smaller cost of rolling while closing.
 */
export const gridDefaults: GridParameters = {
  id: 'grid',
  version: '2026-11-1',
  coins: {
    BTC: {
      maintenance: 0.09,
      initial: 0.16,
      deltaVolume: 2e10,
      vegaVolume: 8e5,
      dailyMove: 0.03,
      dailyVolMove: 0.03,
      halfSpread: 0.0002,
    },
    ETH: {
      maintenance: 0.115,
      initial: 0.2,
      deltaVolume: 1e10,
      vegaVolume: 1e5,
      dailyMove: 0.04,
      dailyVolMove: 0.035,
      halfSpread: 0.0003,
    },
    SOL: {
      maintenance: 0.15,
      initial: 0.25,
      deltaVolume: 3e9,
      vegaVolume: 1e4,
      dailyMove: 0.05,
      dailyVolMove: 0.045,
      halfSpread: 0.0005,
    },
  },
  otherCoin: {
    maintenance: 0.22,
    initial: 0.35,
    deltaVolume: 2e8,
    vegaVolume: 5e3,
    dailyMove: 0.07,
    dailyVolMove: 0.06,
    halfSpread: 0.001,
  },
  // USD does not move against itself; USDC and USDT stay within 3 % in all but two weeks of their lives.
  pegs: {
    USD: { range: 0 },
    USDC: { range: 0.03 },
    USDT: { range: 0.03 },
    DAI: { range: 0.05 },
    USDE: { range: 0.1 },
  },
  // ETH/BTC hourly and daily correlation 0.83-0.84 over 2022-25; stress 0.25 gives 0.39..0.89, the 30-day minimum to the tail.
  correlations: { unnamed: 0, pairs: { 'BTC/ETH': 0.85, 'BTC/SOL': 0.75, 'ETH/SOL': 0.75 }, stress: 0.25 },
  retained: 0.2,
  releaseBuffer: 0.2,
  strikeNodeDays: 3,
  charges: {
    futureFee: 0.0005,
    optionFee: 0.0003,
    optionFeeCap: 0.125,
    closeOutVol: 0.005,
    impact: 1,
    collateralCap: 0.4,
    shortMinimum: { maintenance: 0.003, initial: 0.005 },
    basisMin: 0.001,
    basisYearly: 0.005,
    pegThreshold: 0.99,
    pegFactor: 4,
    pegCap: 0.5,
    optionValueCap: 1e8,
  },
  scenarios: standardScenarios,
};

/** A coin's parameters, the fallback where it has none of its own. */
export function coinParameters(parameters: GridParameters, coin: string): CoinParameters {
  return parameters.coins[coin] ?? parameters.otherCoin;
}

/** Scan ranges of a coin or, for an asset that is no coin of the market, its peg range on both lines. */
export function rangesOf(parameters: GridParameters, asset: string, isCoin: boolean): ScanRanges {
  if (isCoin) return coinParameters(parameters, asset);
  const range = parameters.pegs[asset]!.range;
  return { maintenance: range, initial: range };
}

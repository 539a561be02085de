// What a book remembers of its market once its rows are priced: enough to charge, too little to price. It fits in a file.

import type { Digest, Instant } from '../base/index.ts';
import type { Market, Slice } from '../market/index.ts';
import type { AssetCode } from '../product/index.ts';

/** A coin's index in USD, and the relative half-range of its sources. */
export interface CoinLevel {
  readonly index: number;
  readonly uncertainty: number;
}

/** An option expiry's forward in USD per coin, and what else the market states of it. */
export interface ExpiryLevel {
  readonly expiry: Instant;
  readonly forward: number;
  /** Rate a year at which its options are discounted. */
  readonly rate?: number;
  /** How sure the oracle is of its forward, rate and vols, from 0 to 1. */
  readonly confidence?: number;
}

/** The levels a book was built at. */
export interface Levels {
  readonly at: Instant;
  readonly source: string;
  /** Digest of the market. */
  readonly digest: Digest;
  readonly coins: ReadonlyMap<AssetCode, CoinLevel>;
  /** USD per unit of every asset that is no coin. */
  readonly pegs: ReadonlyMap<AssetCode, number>;
  /** Option expiries of a coin, ascending. */
  readonly expiries: ReadonlyMap<AssetCode, readonly ExpiryLevel[]>;
  /** How sure oracles are of what they state, as the market has it. */
  readonly confidences: ReadonlyMap<string, number>;
}

function expiryLevel({ expiry, forward, rate, oracleConfidence }: Slice): ExpiryLevel {
  return {
    expiry,
    forward,
    ...(rate === undefined ? {} : { rate }),
    ...(oracleConfidence === undefined ? {} : { confidence: oracleConfidence }),
  };
}

/** The levels of a market. @example levelsOf(market).coins.get('BTC') // { index: 65000, uncertainty: 0.0003 } */
export function levelsOf(market: Market): Levels {
  const { at, source, digest, pegs, underlyings, confidences = new Map() } = market;
  const coins = new Map(
    underlyings.map(({ underlying, index, indexUncertainty }) => [
      underlying,
      { index, uncertainty: indexUncertainty },
    ]),
  );
  const expiries = new Map(
    underlyings.map(({ underlying, slices }) => [underlying, slices.map(expiryLevel)] as const),
  );
  return { at, source, digest, coins, pegs, expiries, confidences };
}

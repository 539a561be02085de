// What a book remembers of its market once its rows are priced: enough to charge, too little to price. It fits in a file.

import type { Digest, Instant } from '../base/index.ts';
import type { Market } from '../market/index.ts';
import type { AssetCode } from '../product/index.ts';

/** A coin's index in USD, and the relative half-range of its sources. */
export interface CoinLevel {
  readonly index: number;
  readonly uncertainty: number;
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
}

/** The levels of a market. @example levelsOf(market).coins.get('BTC') // { index: 65000, uncertainty: 0.0003 } */
export function levelsOf(market: Market): Levels {
  const { at, source, digest, pegs } = market;
  const coins = new Map(
    market.underlyings.map(({ underlying, index, indexUncertainty }) => [
      underlying,
      { index, uncertainty: indexUncertainty },
    ]),
  );
  return { at, source, digest, coins, pegs };
}

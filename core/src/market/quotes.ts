// What is observed: one snapshot of quotes, before anything is believed.

import type { Instant } from '../base/index.ts';
import type { AssetCode, Option, Product } from '../product/index.ts';

/** Best bid and offer in the product's own price unit (coins per coin for inverse options); absent when there is none. */
export interface Touch {
  readonly bid?: number;
  readonly ask?: number;
}

/** One option row of a chain. */
export interface OptionQuote extends Touch {
  readonly product: Option;
  /** 1-based row of the source, so that a complaint can name it. */
  readonly row: number;
  /** The venue's own mark and mark volatility (decimal, 0.60 = 60 %), where it publishes them. */
  readonly mark?: number;
  readonly markVol?: number;
  /** The forward the venue prices this expiry with: USD per coin (settle asset per coin when linear). */
  readonly forward: number;
  /** The index at the time of the row, USD per coin, where published. */
  readonly index?: number;
  /** Coins. */
  readonly openInterest: number;
  /** How much older than the snapshot the row is, milliseconds; absent when it is not. */
  readonly age?: number;
}

/** A perpetual's or dated future's mark. */
export interface FutureQuote extends Touch {
  readonly product: Extract<Product, { kind: 'perpetual' | 'future' }>;
  readonly mark: number;
}

/** Everything read at one instant. */
export interface ChainSnapshot {
  readonly at: Instant;
  /** How much older than the time that was asked for the snapshot is, milliseconds; absent when no time was asked for. */
  readonly age?: number;
  /** Where it came from, for messages: a file name. */
  readonly source: string;
  readonly options: readonly OptionQuote[];
  readonly futures: readonly FutureQuote[];
  /** USD per unit of a stable asset, where known; what is not here is taken at 1 and said so. */
  readonly pegs: ReadonlyMap<AssetCode, number>;
  /** What the reader left out or doubted, one sentence with its row each; absent when nothing was. */
  readonly notes?: readonly string[];
}

// From combined values to what a market believes: indices with their doubt, marks, pegs, confidences, and what may be done on them.

import { isRefusal, type Refusal, refuse } from '../../base/index.ts';
import { type AssetCode, compareText } from '../../product/index.ts';
import { marketDigest } from '../digest.ts';
import type { Market, UnderlyingMarket } from '../market.ts';
import type { CombinedValue } from './combine.ts';
import type { Mark } from './mark.ts';
import { type SourceMode, worstMode } from './modes.ts';

/** What was combined for one coin. */
export interface CoinLevels {
  readonly index: CombinedValue;
  /** The mark of its perpetual; absent where the index stands for it. */
  readonly perpetual?: Mark | CombinedValue;
}

/** The flat numbers of a market, by coin and by asset. */
export interface MarketLevels {
  readonly coins: ReadonlyMap<AssetCode, Pick<UnderlyingMarket, 'index' | 'indexUncertainty' | 'perpetual'>>;
  /** USD per unit of assets that are no coin of the market. */
  readonly pegs: ReadonlyMap<AssetCode, number>;
  /** By feed: `BTC-INDEX`, `BTC-PERPETUAL`, `USDC`. */
  readonly confidences: ReadonlyMap<string, number>;
}

const byName = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number =>
  compareText(left, right);

/**
 * What combined values say of a market: the index with its relative half-range `(high - low) / (2 value)` as uncertainty (a charge, M-27), the
 * perpetual's mark, pegs of assets, and the confidence of each feed. A mark is as sure as the index it is made from.
 * @example levelsOf(new Map([['BTC', { index: combined }]])).confidences.get('BTC-INDEX')
 */
export function levelsOf(
  coins: ReadonlyMap<AssetCode, CoinLevels>,
  pegs: ReadonlyMap<AssetCode, CombinedValue> = new Map(),
): MarketLevels {
  const confidences = new Map<string, number>();
  const levels: MarketLevels['coins'] = new Map(
    [...coins].sort(byName).map(([coin, { index, perpetual }]) => {
      const own = perpetual !== undefined && 'confidence' in perpetual ? perpetual.confidence : 1;
      confidences.set(`${coin}-INDEX`, index.confidence);
      confidences.set(`${coin}-PERPETUAL`, Math.min(own, index.confidence));
      const mark =
        perpetual === undefined ? index.value : 'mark' in perpetual ? perpetual.mark : perpetual.value;
      return [coin, { index: index.value, indexUncertainty: uncertaintyOf(index), perpetual: mark }];
    }),
  );
  const stable = [...pegs].sort(byName);
  for (const [asset, { confidence }] of stable) confidences.set(asset, confidence);
  return { coins: levels, pegs: new Map(stable.map(([asset, { value }]) => [asset, value])), confidences };
}

function uncertaintyOf({ low, high, value }: CombinedValue): number {
  return (high - low) / (2 * value);
}

/**
 * A market with the levels of its sources in place of its own, under a digest of its own. The smiles stay: a fit has forwards of its own, and
 * their sources belong into the fit. Coins that no source names stay as they were; refused where a level is of a coin that the market does not have.
 * @example withLevels(market, levelsOf(coins)) // market.underlyings[0].index is the combined one
 */
export function withLevels(market: Market, levels: MarketLevels): Market | Refusal {
  const known = new Set(market.underlyings.map(({ underlying }) => underlying));
  const foreign = [...levels.coins.keys()].find((coin) => !known.has(coin));
  if (foreign !== undefined) {
    return refuse(
      'no-market',
      `Sources state ${foreign}, which ${market.source} does not have; fit it first.`,
    );
  }
  const next: Omit<Market, 'digest'> = {
    ...market,
    underlyings: market.underlyings.map((coin) => ({ ...coin, ...levels.coins.get(coin.underlying) })),
    pegs: new Map([...market.pegs, ...levels.pegs].sort(byName)),
    confidences: new Map([...(market.confidences ?? []), ...levels.confidences].sort(byName)),
  };
  return { ...next, digest: marketDigest(next) };
}

/** What may be done on the factors of one coin. */
export interface FactorHealth {
  readonly mode: SourceMode;
  readonly mayLiquidate: boolean;
}

/**
 * What several factors let happen together: the worst of their modes, and liquidation only where each allows it. A refusal, and no factor at
 * all, is a halt.
 * @example healthOf([index, perpetual]) // { mode: 'normal', mayLiquidate: true }
 */
export function healthOf(factors: readonly (CombinedValue | Refusal)[]): FactorHealth {
  if (factors.length === 0) return { mode: 'halt', mayLiquidate: false };
  const modes = factors.map((factor): SourceMode => (isRefusal(factor) ? 'halt' : factor.mode));
  const mayLiquidate = factors.every((factor) => !isRefusal(factor) && factor.mayLiquidate);
  return { mode: worstMode(modes), mayLiquidate };
}

/** What a unit of collateral is worth, and why. */
export interface CollateralLevel {
  /** USD per unit. */
  readonly usd: number;
  readonly side: 'value' | 'low';
  readonly why: string;
}

/**
 * What an asset is worth as collateral: the value where two venues besides the lender's own are behind it, else the low side. A venue's own book
 * never says what its own collateral is worth: where nobody else speaks it is refused. Source: USDe at 0.65 on one venue on 2025-10-10, while
 * it stood at 0.97 to 1.00 elsewhere.
 * @example collateralLevel(combined, 'venue-a') // { usd: 0.985, side: 'value', ... }
 */
export function collateralLevel(combined: CombinedValue, ownVenue?: string): CollateralLevel | Refusal {
  const others = combined.venues.filter((venue) => venue !== ownVenue);
  const { value, low, frozenFor } = combined;
  if (frozenFor > 0) return { usd: low, side: 'low', why: `The value is frozen for ${frozenFor} ms.` };
  if (others.length === 0) {
    const message = `Only ${ownVenue} itself states a price; add a source of another venue.`;
    return refuse('no-quotes', message);
  }
  if (others.length === 1)
    return { usd: low, side: 'low', why: `Only ${others[0]} speaks beside ${ownVenue ?? 'nobody'}.` };
  if (combined.mode === 'reduce-only' || combined.mode === 'halt') {
    return { usd: low, side: 'low', why: `The factor is ${combined.mode}.` };
  }
  return { usd: value, side: 'value', why: `${others.length} venues are behind it.` };
}

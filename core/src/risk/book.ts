// The risk book: everything a requirement needs and nothing of any account. Built once per market, shared by every portfolio.

import { type Digest, isRefusal, type Refusal, refuse } from '../base/index.ts';
import {
  assetUsd,
  type Market,
  type Slice,
  sliceAt,
  type UnderlyingMarket,
  underlyingOf,
} from '../market/index.ts';
import { type Greeks, greeks, type Price, price } from '../pricing/index.ts';
import { compareProducts, compareText, expiryOf, type Product, type ProductId } from '../product/index.ts';
import {
  LANES_MAX,
  type Lane,
  pegAfter,
  type ScanRanges,
  type Shock,
  shiftUnderlying,
} from '../scenario/index.ts';
import { assembleBook, shocksOf } from './assemble.ts';
import { type Levels, levelsOf } from './levels.ts';
import { fullRevaluation, type RowMethod } from './method.ts';
import { strideOf } from './rows.ts';

/** Per product, one slot each; dollars per unit held unless said otherwise. */
export interface Columns {
  readonly value: Float64Array;
  /** Mark in the product's own price unit. */
  readonly mark: Float64Array;
  readonly delta: Float64Array;
  readonly gamma: Float64Array;
  readonly vega: Float64Array;
  readonly theta: Float64Array;
  /** Best bid in dollars; 0 where there is none. */
  readonly bid: Float64Array;
  /** Of an option's slice, in vol: how wide it is quoted, how badly it fits, how wrong it may be; 0 for other products. */
  readonly quoteWidth: Float64Array;
  readonly fitError: Float64Array;
  readonly uncertainty: Float64Array;
}

/**
 * Borders of the tree. Products of bucket `g` are `bucketStart[g] .. bucketStart[g + 1]`; a bucket is one expiry of one underlying,
 * undated products first. Buckets of underlying `u` are `underlyingStart[u] .. underlyingStart[u + 1]`.
 */
export interface Groups {
  readonly underlyings: readonly string[];
  readonly underlyingStart: Int32Array;
  readonly bucketStart: Int32Array;
  /** Years to expiry of each bucket; 0 for undated products. */
  readonly bucketYears: Float64Array;
  /**
   * Factors on a bucket's net value by its sign (static discounts): a positive net value counts `gain` times, a negative one `loss`
   * times, in every lane. Absent when a model has none.
   */
  readonly signFactors?: { readonly gain: Float64Array; readonly loss: Float64Array };
}

/** Risk arrays with their axes. Row `p`, lane `s`: `rows[p * stride + s]`, dollars per unit, damped. */
export interface RiskBook {
  readonly digest: Digest;
  readonly levels: Levels;
  /** Sorted by `compareProducts`. Only products that could be valued. */
  readonly products: readonly Product[];
  readonly indexOf: ReadonlyMap<ProductId, number>;
  readonly lanes: readonly Lane[];
  /** 1 where a lane nets expiries by sum, 0 where each counts as a loss. */
  readonly netsBySum: Uint8Array;
  /** The lane that moves the other way; -1 where there is none. */
  readonly twins: Int32Array;
  readonly stride: number;
  readonly rows: Float64Array;
  readonly columns: Columns;
  readonly groups: Groups;
  /** The lanes as each underlying sees them, and the scan ranges they were resolved with. */
  readonly shocks: ReadonlyMap<string, readonly Shock[]>;
  readonly ranges: ReadonlyMap<string, ScanRanges>;
  /** How the rows came about, where not by full revaluation. */
  readonly terms: readonly (string | number)[];
  readonly refused: ReadonlyMap<ProductId, Refusal>;
}

/** Most products one book may hold. */
export const PRODUCTS_MAX = 20_000;

/** Scan ranges of an underlying or stable asset. */
export type RangesOf = (underlying: string) => ScanRanges;

function refuseExpired(products: readonly Product[], market: Market): Map<ProductId, Refusal> {
  const refused = new Map<ProductId, Refusal>();
  for (const product of products) {
    const expiry = expiryOf(product);
    if (expiry !== undefined && expiry <= market.at) {
      const message = 'it expired before the snapshot; settle it to cash and remove the position.';
      refused.set(product.id, refuse('expired', message, product.id));
    }
  }
  return refused;
}

/**
 * A market in which every expiry that is asked for has its own slice: listed ones as fitted, others interpolated once, here,
 * so that each shock moves the same slice.
 */
export function withExpiries(market: Market, products: readonly Product[]): Market {
  const underlyings = market.underlyings.map((coin): UnderlyingMarket => {
    const slices = [...coin.slices];
    for (const product of products) {
      const expiry = expiryOf(product);
      if (expiry === undefined || product.underlying !== coin.underlying || expiry <= market.at) continue;
      if (slices.some((slice) => slice.expiry === expiry)) continue;
      const between = sliceAt(coin, expiry);
      if (!isRefusal(between)) slices.push(between);
    }
    slices.sort((left, right) => left.expiry - right.expiry);
    return slices.length === coin.slices.length ? coin : { ...coin, slices };
  });
  return { ...market, underlyings };
}

function measureColumns(products: readonly Product[], market: Market): Columns {
  const column = () => new Float64Array(products.length);
  const columns: Columns = {
    value: column(),
    mark: column(),
    delta: column(),
    gamma: column(),
    vega: column(),
    theta: column(),
    bid: column(),
    quoteWidth: column(),
    fitError: column(),
    uncertainty: column(),
  };
  products.forEach((product, p) => {
    const known = price(product, market) as Price;
    const sensed = greeks(product, market) as Greeks;
    columns.value[p] = known.usd;
    columns.mark[p] = known.mark;
    columns.delta[p] = sensed.delta;
    columns.gamma[p] = sensed.gamma;
    columns.vega[p] = sensed.vega;
    columns.theta[p] = sensed.theta;
    if (product.kind !== 'option') return;
    // A bid is in the option's own price unit, coins or the settle asset; the unit is worth the same in dollars as the mark's.
    const bid = market.touches.get(product.id)?.bid ?? 0;
    columns.bid[p] = bid * assetUsd(market, product.settleAsset)!;
    const slice = sliceAt(underlyingOf(market, product.underlying)!, product.expiry) as Slice;
    columns.quoteWidth[p] = slice.quality.quoteWidth;
    columns.fitError[p] = slice.quality.fitError;
    columns.uncertainty[p] = slice.quality.uncertainty;
  });
  return columns;
}

/** Where the first number stands that is none; -1 when all are. A loop, because there are half a million. */
function firstBroken(rows: Float64Array): number {
  for (let i = 0; i < rows.length; i++) if (!Number.isFinite(rows[i]!)) return i;
  return -1;
}

function refuseLane(lane: string, what: string): Refusal {
  const message = `it takes ${what} where no price can be, at or below zero or beyond all numbers; make its moves smaller.`;
  return refuse('bad-parameter', message, `scenario ${lane}`);
}

/** A lane may not take a price to zero or below: what comes out is no loss but nonsense, and nonsense is never the worst. */
function doubtShocks(market: Market, shocks: ReadonlyMap<string, readonly Shock[]>): Refusal | undefined {
  for (const [underlying, own] of shocks) {
    const coin = underlyingOf(market, underlying);
    for (const shock of own) {
      const moved = coin === undefined ? undefined : shiftUnderlying(coin, shock, market.at);
      const prices =
        moved === undefined
          ? [pegAfter(shock, underlying, market.pegs.get(underlying) ?? 1)]
          : [
              moved.index,
              moved.perpetual,
              ...[...moved.futures, ...moved.slices].map(({ forward }) => forward),
            ];
      if (prices.some((level) => !(level > 0 && level < Number.POSITIVE_INFINITY))) {
        return refuseLane(shock.id, underlying);
      }
    }
  }
  return undefined;
}

/**
 * Prices every product in every lane, by full revaluation unless another method is given. Duplicate products collapse; products that cannot be valued are in `refused`, each with
 * its sentence, and in no row.
 * @example buildRiskBook(products, market, standardScenarios.lanes, () => ({ maintenance: 0.09, initial: 0.16 }))
 */
export function buildRiskBook(
  products: readonly Product[],
  observed: Market,
  lanes: readonly Lane[],
  rangesOf: RangesOf,
  method: RowMethod = fullRevaluation,
): RiskBook | Refusal {
  if (lanes.length > LANES_MAX) {
    return refuse('too-large', `a scenario set may have ${LANES_MAX} lanes; this one has ${lanes.length}.`);
  }
  if (products.length > PRODUCTS_MAX) {
    return refuse('too-large', `a book may have ${PRODUCTS_MAX} products; this one has ${products.length}.`);
  }
  const unique = [...new Map(products.map((product) => [product.id, product])).values()].sort(
    compareProducts,
  );
  const market = withExpiries(observed, unique);
  const refused = refuseExpired(unique, market);
  for (const product of unique) {
    if (refused.has(product.id)) continue;
    const known = price(product, market);
    if (isRefusal(known)) refused.set(product.id, known);
  }
  const valued = unique.filter((product) => !refused.has(product.id));
  const underlyings = [...new Set(valued.map((product) => product.underlying))].sort(compareText);
  const ranges = new Map(underlyings.map((u) => [u, rangesOf(u)]));
  const shocks = shocksOf(lanes, ranges);
  const stride = strideOf(lanes.length);
  const rows = new Float64Array(valued.length * stride);
  const doubt = doubtShocks(market, shocks);
  if (doubt !== undefined) return doubt;
  method.fill(valued, market, shocks, stride, rows);
  const broken = firstBroken(rows);
  if (broken >= 0) return refuseLane(lanes[broken % stride]!.id, valued[Math.floor(broken / stride)]!.id);
  return assembleBook({
    levels: levelsOf(market),
    products: valued,
    lanes,
    ranges,
    rows,
    columns: measureColumns(valued, market),
    terms: method.terms,
    refused,
  });
}

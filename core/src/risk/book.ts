// The risk book: everything a requirement needs and nothing of any account. Built once per market, shared by every portfolio.

import { type Digest, isRefusal, type Refusal, refuse } from '../base/index.ts';
import { doubtMarket, type Market, underlyingOf } from '../market/index.ts';
import { greeks, price } from '../pricing/index.ts';
import {
  compareProducts,
  compareText,
  expiryOf,
  type Option,
  type Product,
  type ProductId,
} from '../product/index.ts';
import {
  dateCount,
  LANES_MAX,
  type Lane,
  type PastWindows,
  pastLanes,
  pegAfter,
  type ScanRanges,
  type Shock,
} from '../scenario/index.ts';
import { assembleBook, shocksOf } from './assemble.ts';
import { type Columns, measureColumns, withExpiries } from './columns.ts';
import { laneMarkets } from './lane-markets.ts';
import { type Levels, levelsOf } from './levels.ts';
import { fullRevaluation, type RowMethod } from './method.ts';
import { fillPast } from './past-rows.ts';
import { strideOf } from './rows.ts';

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
  /** The bucket of each product, and the underlying of each bucket: the borders read the other way. */
  readonly bucketOf: Int32Array;
  readonly underlyingOf: Int32Array;
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
  /** Every lane, as an object; of thousands of dates made when first asked for. */
  readonly lanes: readonly Lane[];
  readonly laneCount: number;
  /** The lanes of the scenario set, which stand before all dates of windows; of a book from a file all are among them. */
  readonly standing: readonly Lane[];
  /** Windows of what factors did, their dates being the lanes after those that stand. */
  readonly past: readonly PastWindows[];
  /** 1 where a lane nets expiries by sum, 0 where each counts as a loss. */
  readonly netsBySum: Uint8Array;
  /** The lane that moves the other way; -1 where there is none. */
  readonly twins: Int32Array;
  readonly stride: number;
  /** Distance of two buckets in a sweep, which keeps them for the lanes that stand. */
  readonly bucketStride: number;
  readonly rows: Float64Array;
  readonly columns: Columns;
  readonly groups: Groups;
  /** The lanes as each underlying sees them, and the scan ranges they were resolved with. */
  readonly shocks: ReadonlyMap<string, readonly Shock[]>;
  readonly ranges: ReadonlyMap<string, ScanRanges>;
  /** How the rows came about, where not by full revaluation. */
  readonly terms: readonly (string | number)[];
  /** Of a packed book, per row: a true cell lies from the row's cell up to a unit above it. Absent where rows are exact. */
  readonly units?: Float64Array;
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
    // What has expired but is not yet paid stands at what its expiry settles at, where the market still has it.
    const stands = underlyingOf(market, product.underlying)?.slices.some((slice) => slice.expiry === expiry);
    if (expiry !== undefined && expiry <= market.at && stands !== true) {
      const when = expiry === market.at ? 'at' : 'before';
      const message = `it expired ${when} the snapshot; settle it to cash and remove the position.`;
      refused.set(product.id, refuse('expired', message, product.id));
    }
  }
  return refused;
}

/** Where the first number stands that is none; -1 when all are. A loop, because there are half a million. */
function firstBroken(rows: Float64Array): number {
  for (let i = 0; i < rows.length; i++) if (!Number.isFinite(rows[i]!)) return i;
  return -1;
}

function doubtSizes(lanes: number, products: number): Refusal | undefined {
  if (lanes > LANES_MAX) {
    return refuse('too-large', `a scenario set may have ${LANES_MAX} lanes; this one has ${lanes}.`);
  }
  if (products > PRODUCTS_MAX) {
    return refuse('too-large', `a book may have ${PRODUCTS_MAX} products; this one has ${products}.`);
  }
  return undefined;
}

/** A strike is a price or zero. */
function doubtStrikes(products: readonly Product[]): Refusal | undefined {
  const wrong = products.find(
    (product) =>
      product.kind === 'option' && !(product.strike >= 0 && product.strike < Number.POSITIVE_INFINITY),
  );
  if (wrong === undefined) return undefined;
  return refuse(
    'out-of-range',
    `its strike is ${(wrong as Option).strike}; a strike is a price, or zero.`,
    wrong.id,
  );
}

/** Factors of every bucket: of each expiry its own, of undated products 1. Products are sorted, so a bucket begins where coin or expiry changes. */
function factorsOf(
  products: readonly Product[],
  factors: NonNullable<RowMethod['factorsOf']>,
): NonNullable<Groups['signFactors']> {
  const buckets = products.filter((product, p) => {
    const previous = products[p - 1];
    return (
      previous === undefined ||
      previous.underlying !== product.underlying ||
      expiryOf(previous) !== expiryOf(product)
    );
  });
  const each = buckets.map((product) => {
    const expiry = expiryOf(product);
    return expiry === undefined ? { gain: 1, loss: 1 } : factors(product.underlying, expiry);
  });
  return {
    gain: Float64Array.from(each, ({ gain }) => gain),
    loss: Float64Array.from(each, ({ loss }) => loss),
  };
}

function refuseLane(lane: string, what: string): Refusal {
  const message = `it takes ${what} where no price can be, at or below zero or beyond all numbers; make its moves smaller.`;
  return refuse('bad-parameter', message, `scenario ${lane}`);
}

/** A lane may not take a price to zero or below: what comes out is no loss but nonsense, and nonsense is never the worst. */
function doubtShocks(market: Market, shocks: ReadonlyMap<string, readonly Shock[]>): Refusal | undefined {
  for (const [underlying, own] of shocks) {
    const { shifted } = laneMarkets(market, underlying, shocks);
    for (const [s, shock] of own.entries()) {
      const moved = shifted[s];
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
 * Prices every product in every lane, by full revaluation unless another method is given, and fully at every date of `past`. Duplicate products collapse; products that
 * cannot be valued, in the market as it is or in some lane, are in `refused`, each with its sentence, and in no row.
 * @example buildRiskBook(products, market, standardScenarios.lanes, () => ({ maintenance: 0.09, initial: 0.16 }))
 */
export function buildRiskBook(
  products: readonly Product[],
  observed: Market,
  lanes: readonly Lane[],
  rangesOf: RangesOf,
  method: RowMethod = fullRevaluation,
  past: readonly PastWindows[] = [],
): RiskBook | Refusal {
  const count = lanes.length + dateCount(past);
  const wrong = doubtSizes(count, products.length) ?? doubtMarket(observed) ?? doubtStrikes(products);
  if (wrong !== undefined) return wrong;
  const unique = [...new Map(products.map((product) => [product.id, product])).values()].sort(
    compareProducts,
  );
  const market = withExpiries(observed, unique);
  const refused = refuseExpired(unique, market);
  for (const product of unique) {
    if (refused.has(product.id)) continue;
    // A listed product with a price has greeks; a payoff may fail in a bumped market only.
    const known = (product.kind === 'structured' ? greeks : price)(product, market);
    if (isRefusal(known)) refused.set(product.id, known);
  }
  const valued = unique.filter((product) => !refused.has(product.id));
  const underlyings = [...new Set(valued.map((product) => product.underlying))].sort(compareText);
  const ranges = new Map(underlyings.map((u) => [u, rangesOf(u)]));
  const shocks = shocksOf(lanes, ranges);
  const stride = strideOf(count);
  const rows = new Float64Array(valued.length * stride);
  const doubt = doubtShocks(market, shocks);
  if (doubt !== undefined) return doubt;
  const lost = new Map([
    ...method.fill(valued, market, shocks, stride, rows),
    ...fillPast(valued, market, past, stride, rows, lanes.length),
  ]);
  if (lost.size > 0) {
    const others = unique.filter((product) => !lost.has(product.id));
    const rest = buildRiskBook(others, observed, lanes, rangesOf, method, past);
    return isRefusal(rest) ? rest : { ...rest, refused: new Map([...rest.refused, ...lost]) };
  }
  const broken = firstBroken(rows);
  if (broken >= 0) {
    const lane = [...lanes, ...past.flatMap(pastLanes)][broken % stride]!;
    return refuseLane(lane.id, valued[Math.floor(broken / stride)]!.id);
  }
  return assembleBook({
    levels: levelsOf(market),
    products: valued,
    lanes,
    past,
    ranges,
    rows,
    columns: measureColumns(valued, market),
    ...(method.factorsOf === undefined ? {} : { signFactors: factorsOf(valued, method.factorsOf) }),
    terms: method.terms,
    refused,
  });
}

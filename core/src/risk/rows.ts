// Risk arrays: what one unit of a product gains or loses in every lane. The hot loop of the house: smiles and logarithms are
// hoisted per strike and price node, calls and puts of a strike share one evaluation, and the base value comes from the same
// body as the shocked ones, so that their difference is clean.

import { assert, isRefusal, type Refusal, yearsBetween } from '../base/index.ts';
import { assetUsd, type Market } from '../market/index.ts';
import { futureMark, futureProfit, price } from '../pricing/index.ts';
import { expiryOf, type Future, type Option, type Perpetual, type Product } from '../product/index.ts';
import { dampAt, pegAfter, type Shock } from '../scenario/index.ts';
import { type ExpiryLanes, expiryLanes, type LaneRoom, laneRoom } from './expiry-lanes.ts';
import { type LaneMarkets, laneMarkets } from './lane-markets.ts';
import { revaluing } from './strike.ts';
import { fillStructured } from './structured-rows.ts';

/** Lanes are padded to this many slots with zeros, so that vector bodies never need a remainder loop. */
export const LANE_PAD = 16;

/** Padded length of a row. @example strideOf(131) // 144 */
export function strideOf(laneCount: number): number {
  return Math.ceil(laneCount / LANE_PAD) * LANE_PAD;
}

/**
 * Fills `out[p * stride + s]` with the dollars that one unit of `products[p]` gains in lane `s`, damped, and returns the products
 * that could not be valued. `shocks` holds the lanes resolved for each underlying, all of one length; products are sorted by
 * `compareProducts`. Error against the reference pricer: at most 2e-12 of the forward per coin. Options are revalued unless another
 * body is given; everything else has one body.
 * @example fillRows([call, put], market, new Map([['BTC', shocks]]), strideOf(shocks.length), rows)
 */
export function fillRows(
  products: readonly Product[],
  market: Market,
  shocks: ReadonlyMap<string, readonly Shock[]>,
  stride: number,
  out: Float64Array,
  body: ExpiryBody = revaluing(stride, out),
): Map<string, Refusal> {
  assert(out.length >= products.length * stride, 'rows have room for every product');
  const refused = new Map<string, Refusal>();
  for (let from = 0; from < products.length; ) {
    const underlying = products[from]!.underlying;
    let to = from;
    while (to < products.length && products[to]!.underlying === underlying) to++;
    const lanes = laneMarkets(market, underlying, shocks);
    fillUnderlying(products, from, to, market, lanes, stride, out, refused, body);
    from = to;
  }
  return refused;
}

/** The rows `from .. to - 1`, all of one underlying. */
export function fillUnderlying(
  products: readonly Product[],
  from: number,
  to: number,
  market: Market,
  lanes: LaneMarkets,
  stride: number,
  out: Float64Array,
  refused: Map<string, Refusal>,
  body: ExpiryBody,
): void {
  let room: LaneRoom | undefined;
  for (let p = from; p < to; ) {
    const product = products[p]!;
    const known = price(product, market);
    if (isRefusal(known)) {
      refused.set(product.id, known);
      p++;
    } else if (product.kind === 'asset') fillAsset(known.usd, product.id, lanes, out, stride * p++);
    else if (product.kind === 'option') {
      const end = endOfExpiry(products, p, to);
      room ??= body.room?.(lanes.shocks.length) ?? laneRoom(lanes.shocks.length);
      for (const leader of settlesOf(products, p, end)) {
        const rows = strikeRows(products, p, end, leader.settleAsset);
        body.fill(expiryLanes(leader, market, lanes, room), room.damps, rows);
      }
      p = end;
    } else if (product.kind === 'structured') {
      const lost = fillStructured(product, market, lanes, out, stride * p++);
      if (lost !== undefined) refused.set(product.id, lost);
    } else fillFuture(product, market, lanes, out, stride * p++);
  }
}

function fillAsset(level: number, asset: string, lanes: LaneMarkets, out: Float64Array, at: number): void {
  for (let s = 0; s < lanes.shocks.length; s++) {
    const shock = lanes.shocks[s]!;
    // A coin stands at its index; what follows a coin without being it, or has a price of its own, moves in proportion.
    const index = lanes.base?.index;
    const coin = lanes.shifted[s]?.index;
    let moved = pegAfter(shock, asset, level);
    if (coin !== undefined) moved = index === level ? coin : level * (coin / index!);
    out[at + s] = shock.damp * (moved - level);
  }
}

function fillFuture(
  product: Perpetual | Future,
  market: Market,
  lanes: LaneMarkets,
  out: Float64Array,
  at: number,
): void {
  const entry = futureMark(product, lanes.base!) as number;
  const settle = assetUsd(market, product.settleAsset)!;
  const inverse = product.settlement === 'inverse';
  const expiry = expiryOf(product);
  const yearsTo = expiry === undefined ? 0 : yearsBetween(market.at, expiry);
  for (let s = 0; s < lanes.shocks.length; s++) {
    const shock = lanes.shocks[s]!;
    const coin = lanes.shifted[s]!;
    const mark = futureMark(product, coin) as number;
    const settleMoved = inverse ? coin.index : pegAfter(shock, product.settleAsset, settle);
    const profit = inverse
      ? futureProfit(product, entry, mark)
      : futureProfit(product, entry / settle, mark / settleMoved);
    out[at + s] = dampAt(shock, yearsTo) * profit * settleMoved;
  }
}

/** Options of one expiry that settle alike, strike by strike and ascending: the rows of its call and its put, -1 where there is none. */
export interface StrikeRows {
  readonly count: number;
  readonly strikes: Float64Array;
  readonly calls: Int32Array;
  readonly puts: Int32Array;
}

/** How the rows of options come about: all strikes of an expiry at once. Columns and damps hold until the next expiry. */
export interface ExpiryBody {
  readonly fill: (expiry: ExpiryLanes, damps: Float64Array, rows: StrikeRows) => void;
  /** Where it would have the columns of so many lanes. */
  readonly room?: (lanes: number) => LaneRoom;
}

/** Strikes of the options `from .. to - 1` that settle in one asset; sorted by strike, so that its call and put come together. */
export function strikeRows(
  products: readonly Product[],
  from: number,
  to: number,
  settle: string,
): StrikeRows {
  const room = to - from;
  const strikes = new Float64Array(room);
  const calls = new Int32Array(room).fill(-1);
  const puts = new Int32Array(room).fill(-1);
  let count = 0;
  for (let p = from; p < to; p++) {
    const { settleAsset, strike, right } = products[p] as Option;
    if (settleAsset !== settle) continue;
    const rows = right === 'call' ? calls : puts;
    if (count === 0 || strikes[count - 1] !== strike || rows[count - 1]! >= 0) strikes[count++] = strike;
    rows[count - 1] = p;
  }
  return { count, strikes, calls, puts };
}

/** One option of every settle asset; most expiries have one. */
export function settlesOf(products: readonly Product[], from: number, to: number): Option[] {
  const leaders: Option[] = [];
  let last: string | undefined;
  for (let p = from; p < to; p++) {
    const option = products[p] as Option;
    if (option.settleAsset === last) continue;
    last = option.settleAsset;
    if (leaders.every(({ settleAsset }) => settleAsset !== option.settleAsset)) leaders.push(option);
  }
  return leaders;
}

/** Behind the options of the expiry that begins at `from`. */
export function endOfExpiry(products: readonly Product[], from: number, to: number): number {
  const { expiry } = products[from] as Option;
  let end = from + 1;
  for (; end < to; end++) {
    const next = products[end]!;
    if (next.kind !== 'option' || next.expiry !== expiry) break;
  }
  return end;
}

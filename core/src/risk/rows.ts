// Risk arrays: what one unit of a product gains or loses in every lane. The hot loop of the house: smiles and logarithms are
// hoisted per strike and price node, calls and puts of a strike share one evaluation, and the base value comes from the same
// body as the shocked ones, so that their difference is clean.

import { assert, isRefusal, type Refusal, yearsBetween } from '../base/index.ts';
import { assetUsd, type Market } from '../market/index.ts';
import { futureMark, futureProfit, price } from '../pricing/index.ts';
import { expiryOf, type Future, type Perpetual, type Product } from '../product/index.ts';
import { dampAt, pegAfter, type Shock } from '../scenario/index.ts';
import { expiryLanes, type LaneRoom, laneRoom } from './expiry-lanes.ts';
import { type LaneMarkets, laneMarkets } from './lane-markets.ts';
import { revaluing } from './strike.ts';
import { type ExpiryBody, optionsOfExpiry } from './strike-rows.ts';
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
    const lanes = laneMarkets(market, products[from]!.underlying, shocks);
    from = fillUnderlying(products, from, market, lanes, stride, out, refused, body);
  }
  return refused;
}

/** The rows from `from` on that are of its underlying; returns where the next underlying begins. */
export function fillUnderlying(
  products: readonly Product[],
  from: number,
  market: Market,
  lanes: LaneMarkets,
  stride: number,
  out: Float64Array,
  refused: Map<string, Refusal>,
  body: ExpiryBody,
): number {
  const { underlying } = products[from]!;
  let room: LaneRoom | undefined;
  let p = from;
  while (p < products.length) {
    const product = products[p]!;
    if (product.underlying !== underlying) break;
    const known = price(product, market);
    if (isRefusal(known)) {
      refused.set(product.id, known);
      p++;
    } else if (product.kind === 'asset') fillAsset(known.usd, product.id, lanes, out, stride * p++);
    else if (product.kind === 'option') {
      room ??= body.room?.(lanes.shocks.length) ?? laneRoom(lanes.shocks.length);
      const { settles, end } = optionsOfExpiry(products, p);
      for (const { leader, rows } of settles) {
        body.fill(expiryLanes(leader, market, lanes, room), room.damps, rows);
      }
      p = end;
    } else if (product.kind === 'structured') {
      const lost = fillStructured(product, market, lanes, out, stride * p++);
      if (lost !== undefined) refused.set(product.id, lost);
    } else fillFuture(product, market, lanes, out, stride * p++);
  }
  return p;
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

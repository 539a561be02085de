// Risk arrays: what one unit of a product gains or loses in every lane. The hot loop of the house: smiles and logarithms are
// hoisted per strike and price node, calls and puts of a strike share one evaluation, and the base value comes from the same
// body as the shocked ones, so that their difference is clean.

import { assert, isRefusal, type Refusal, yearsBetween } from '../base/index.ts';
import { log, type Right, type StrikeLanes } from '../kernel/index.ts';
import { assetUsd, discountOf, leastVol, type Market, type Slice, sliceAt } from '../market/index.ts';
import { futureMark, futureProfit, price } from '../pricing/index.ts';
import { expiryOf, type Future, type Option, type Perpetual, type Product } from '../product/index.ts';
import { dampAt, pegAfter, type Shock } from '../scenario/index.ts';
import { dampsAt, type LaneMarkets, laneMarkets } from './lane-markets.ts';
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
  bodyOf: ExpiryBodyOf = revaluing(stride, out),
): Map<string, Refusal> {
  assert(out.length >= products.length * stride, 'rows have room for every product');
  const refused = new Map<string, Refusal>();
  for (let from = 0; from < products.length; ) {
    const underlying = products[from]!.underlying;
    let to = from;
    while (to < products.length && products[to]!.underlying === underlying) to++;
    const lanes = laneMarkets(market, underlying, shocks);
    fillUnderlying(products, from, to, market, lanes, stride, out, refused, bodyOf);
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
  bodyOf: ExpiryBodyOf,
): void {
  for (let p = from; p < to; ) {
    const product = products[p]!;
    const known = price(product, market);
    if (isRefusal(known)) {
      refused.set(product.id, known);
      p++;
    } else if (product.kind === 'asset') fillAsset(known.usd, product.id, lanes, out, stride * p++);
    else if (product.kind === 'option') {
      let end = p + 1;
      while (end < to && products[end]!.kind === 'option' && expiryOf(products[end]!) === product.expiry)
        end++;
      const { years } = sliceAt(lanes.base!, product.expiry) as Slice;
      const damps = dampsAt(lanes.shocks, years);
      fillExpiry(
        products.slice(p, end) as Option[],
        (leader) => bodyOf(expiryLanes(leader, market, lanes), damps),
        p,
      );
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

/** Lanes of one expiry and settle asset in columns; the unshocked market stands in the last slot. */
export interface ExpiryLanes extends StrikeLanes {
  readonly count: number;
  /** The slice of the unshocked market, and of any lane that is not simple. */
  readonly base: Slice;
  readonly sliceOf: (lane: number) => Slice;
  /** Square root of the time to expiry in each lane. */
  readonly rootYears: Float64Array;
  /** Dollars per strike unit: 1 when inverse, the peg when linear; of the unshocked market. */
  readonly basePeg: number;
  /** Lanes that look their vol up at the same k share a node: its slice and its dollars per strike unit. */
  readonly node: Int32Array;
  readonly nodes: readonly { readonly slice: Slice; readonly peg: number }[];
  readonly nodeK: Float64Array;
  readonly nodeVol: Float64Array;
  /** A lane whose bend is at most a scale and a floor runs without calls; the rest go through `deformVol`. */
  readonly simple: Uint8Array;
  readonly factor: Float64Array;
  readonly floor: Float64Array;
}

function expiryLanes(option: Option, market: Market, lanes: LaneMarkets): ExpiryLanes {
  const count = lanes.shocks.length + 1;
  const inverse = option.settlement === 'inverse';
  const basePeg = inverse ? 1 : assetUsd(market, option.settleAsset)!;
  const base = sliceAt(lanes.base!, option.expiry) as Slice;
  const logShift = new Float64Array(count);
  const invShift = new Float64Array(count);
  const scale = new Float64Array(count);
  const rootYears = new Float64Array(count);
  const factor = new Float64Array(count);
  const floor = new Float64Array(count);
  const node = new Int32Array(count);
  const simple = new Uint8Array(count);
  const slices: Slice[] = [];
  const nodes: { slice: Slice; peg: number }[] = [];
  const known = new Map<number, number>();
  for (let s = 0; s < count; s++) {
    const shocked = s < count - 1;
    const coin = shocked ? lanes.shifted[s]! : lanes.base!;
    const slice = shocked ? (sliceAt(coin, option.expiry) as Slice) : base;
    const peg = inverse || !shocked ? basePeg : pegAfter(lanes.shocks[s]!, option.settleAsset, basePeg);
    const moved = slice.forward / base.forward / (peg / basePeg);
    slices.push(slice);
    logShift[s] = log(moved);
    invShift[s] = 1 / moved;
    scale[s] = inverse ? coin.index : discountOf(slice) * slice.forward;
    rootYears[s] = Math.sqrt(slice.years);
    // The same strike in dollars against the same smile forward is the same k.
    const key = slice.smileForward / peg;
    const at = known.get(key) ?? nodes.push({ slice, peg }) - 1;
    known.set(key, at);
    node[s] = at;
    compileDeforms(slice, s, simple, factor, floor);
  }
  const nodeK = new Float64Array(nodes.length);
  const nodeVol = new Float64Array(nodes.length);
  const columns = { logShift, invShift, scale, rootYears, factor, floor, node, simple, nodeK, nodeVol };
  return { count, base, sliceOf: (s) => slices[s]!, nodes, basePeg, ...columns };
}

/** `max(vol * factor, floor)` says the same as none, a scale, or a scale and a floor, in the same operations. */
function compileDeforms(
  slice: Slice,
  s: number,
  simple: Uint8Array,
  factor: Float64Array,
  floor: Float64Array,
): void {
  const [first, second, ...rest] = slice.deforms;
  factor[s] = first?.kind === 'scale' ? first.factor : 1;
  floor[s] = Math.max(leastVol(slice), second?.kind === 'floor' ? second.vol : 0);
  const scaled = first === undefined || first.kind === 'scale';
  simple[s] = scaled && (second === undefined || second.kind === 'floor') && rest.length === 0 ? 1 : 0;
}

/** Options of one expiry that settle alike: `strike` prepares a strike in every lane, `row` writes row `p` of its call or put. */
export interface ExpiryBody {
  strike(strike: number): void;
  row(right: Right, p: number): void;
}

/** Makes the body of an expiry; `damps` are the lanes' own, one fewer than the columns of `expiry`. */
export type ExpiryBodyOf = (expiry: ExpiryLanes, damps: Float64Array) => ExpiryBody;

/** The options of one expiry, from row `at` on; `bodyFor` makes a body for those that settle as one of them does. */
export function fillExpiry(
  options: readonly Option[],
  bodyFor: (leader: Option) => ExpiryBody,
  at: number,
): void {
  // Those that settle alike share their lanes; most expiries have one settle asset.
  const settles = new Set(options.map((option) => option.settleAsset));
  for (const settle of settles) {
    const body = bodyFor(options.find((option) => option.settleAsset === settle)!);
    let strike = Number.NaN;
    for (let j = 0; j < options.length; j++) {
      const option = options[j]!;
      if (option.settleAsset !== settle) continue;
      // Sorted by strike: a strike's call and put come together and are evaluated once.
      if (option.strike !== strike) {
        strike = option.strike;
        body.strike(strike);
      }
      body.row(option.right, at + j);
    }
  }
}

// Rows at the dates of windows, from columns: the same numbers as from one market for every date, to the bit, without the markets.

import { assert, type Refusal } from '../base/index.ts';
import { log } from '../kernel/index.ts';
import {
  assetUsd,
  discountOf,
  leastVol,
  type Market,
  type Slice,
  type UnderlyingMarket,
  underlyingOf,
  unfixedPart,
} from '../market/index.ts';
import { futureMark, futureProfit, price } from '../pricing/index.ts';
import type { AssetCode, Future, Option, Perpetual, Product } from '../product/index.ts';
import {
  columnOf,
  dateCount,
  type PastWindows,
  pastLanes,
  resolveLane,
  type Shock,
  TERM_SCALING,
  termFactor,
} from '../scenario/index.ts';
import type { ExpiryLanes } from './expiry-lanes.ts';
import { laneMarkets } from './lane-markets.ts';
import { fillUnderlying } from './rows.ts';
import { revaluing } from './strike.ts';
import { optionsOfExpiry } from './strike-rows.ts';

/** One coin at every date: its market today, and how far everything of it moves; what does not move has no column. */
interface CoinDates {
  readonly market: Market;
  readonly base: UnderlyingMarket | undefined;
  readonly count: number;
  /** Index, perpetual and forwards are multiplied by it. */
  readonly spot: Float64Array;
  readonly premium: Float64Array | undefined;
  readonly vol: Float64Array | undefined;
  readonly pegOf: (asset: AssetCode) => Float64Array | undefined;
}

/** One plus a factor's move at every date of all windows; undefined where it never moves. */
function factorAt(past: readonly PastWindows[], kind: 'spot' | 'premium' | 'peg', of: AssetCode) {
  const columns = past.map((windows) => columnOf(windows, kind, of));
  if (columns.every((column) => column === undefined)) return undefined;
  const factors = new Float64Array(dateCount(past)).fill(1);
  let at = 0;
  past.forEach(({ from }, i) => {
    columns[i]?.forEach((relative, date) => {
      factors[at + date] = 1 + relative;
    });
    at += from[from.length - 1]!;
  });
  return factors;
}

/** Sizes of a vol's moves at every date of all windows. */
function volsAt(past: readonly PastWindows[], of: AssetCode): Float64Array | undefined {
  const columns = past.map((windows) => columnOf(windows, 'vol', of));
  if (columns.every((column) => column === undefined)) return undefined;
  const sizes = new Float64Array(dateCount(past));
  let at = 0;
  past.forEach(({ from }, i) => {
    const column = columns[i];
    if (column !== undefined) sizes.set(column, at);
    at += from[from.length - 1]!;
  });
  return sizes;
}

function coinDates(market: Market, underlying: string, past: readonly PastWindows[]): CoinDates {
  const count = dateCount(past);
  return {
    market,
    base: underlyingOf(market, underlying),
    count,
    spot: factorAt(past, 'spot', underlying) ?? new Float64Array(count).fill(1),
    premium: factorAt(past, 'premium', underlying),
    vol: volsAt(past, underlying),
    pegOf: (asset) => (asset === 'USD' ? undefined : factorAt(past, 'peg', asset)),
  };
}

/** Smiles that are bent already, and payoffs of one's own, take the long way round. */
function isPlain(products: readonly Product[], base: UnderlyingMarket | undefined): boolean {
  return (
    products.every(({ kind }) => kind !== 'structured') &&
    (base === undefined || base.slices.every(({ deforms }) => deforms.length === 0))
  );
}

/**
 * Fills `out[p * stride + at + j]` with the dollars that one unit of `products[p]` gains at date `j` of the windows, and returns what could not be
 * valued. As `fillRows` of the same dates as lanes, bit for bit.
 * @example fillPast([perpetual], market, past, stride, rows, 131)
 */
export function fillPast(
  products: readonly Product[],
  market: Market,
  past: readonly PastWindows[],
  stride: number,
  out: Float64Array,
  at: number,
): Map<string, Refusal> {
  const refused = new Map<string, Refusal>();
  if (past.length === 0) return refused;
  const dates = out.subarray(at);
  let shocks: readonly Shock[] | undefined;
  for (let from = 0; from < products.length; ) {
    const { underlying } = products[from]!;
    let to = from;
    while (to < products.length && products[to]!.underlying === underlying) to++;
    const coin = coinDates(market, underlying, past);
    if (isPlain(products.slice(from, to), coin.base)) fillCoin(products, from, to, coin, stride, dates);
    else {
      shocks ??= past.flatMap(pastLanes).map((lane) => resolveLane(lane, { maintenance: 0, initial: 0 }));
      const lanes = laneMarkets(market, underlying, new Map([[underlying, shocks]]));
      fillUnderlying(products, from, market, lanes, stride, dates, refused, revaluing(stride, dates));
    }
    from = to;
  }
  return refused;
}

function fillCoin(
  products: readonly Product[],
  from: number,
  to: number,
  coin: CoinDates,
  stride: number,
  out: Float64Array,
): void {
  const body = revaluing(stride, out);
  const damps = new Float64Array(coin.count).fill(1);
  for (let p = from; p < to; ) {
    const product = products[p]!;
    if (product.kind === 'asset') fillAsset(product.id, coin, out, stride * p++);
    else if (product.kind === 'option') {
      const { settles, end } = optionsOfExpiry(products, p);
      for (const { leader, rows } of settles) body.fill(expiryDates(leader, coin), damps, rows);
      p = end;
    } else {
      assert(product.kind !== 'structured', 'payoffs of one’s own are not filled from columns');
      fillFuture(product, coin, out, stride * p++);
    }
  }
}

function fillAsset(asset: AssetCode, coin: CoinDates, out: Float64Array, at: number): void {
  const { base, market, spot, count } = coin;
  const level = (price({ kind: 'asset', id: asset, underlying: asset }, market) as { usd: number }).usd;
  const peg = coin.pegOf(asset);
  for (let s = 0; s < count; s++) {
    let moved = peg === undefined ? level : level * peg[s]!;
    if (base !== undefined) {
      const index = base.index * spot[s]!;
      moved = base.index === level ? index : level * (index / base.index);
    }
    out[at + s] = moved - level;
  }
}

/** What a contract is marked at today, and the part of its move that is still open. */
function futureBase(product: Perpetual | Future, { base, market }: CoinDates) {
  const mark = futureMark(product, base!) as number;
  if (product.kind === 'perpetual') return { mark, unfixed: 1 };
  const isListed = base!.futures.some(({ expiry }) => expiry === product.expiry);
  const slice = base!.slices.find(({ expiry }) => expiry === product.expiry);
  return { mark, unfixed: isListed ? unfixedPart(market.at, product.expiry) : slice!.unfixed };
}

function fillFuture(product: Perpetual | Future, coin: CoinDates, out: Float64Array, at: number): void {
  const { base, market, spot, premium, count } = coin;
  const { mark: entry, unfixed } = futureBase(product, coin);
  const settle = assetUsd(market, product.settleAsset)!;
  const inverse = product.settlement === 'inverse';
  const peg = coin.pegOf(product.settleAsset);
  for (let s = 0; s < count; s++) {
    let mark = entry * (1 + unfixed * (spot[s]! - 1));
    if (product.kind === 'perpetual') mark = entry * spot[s]! * (premium === undefined ? 1 : premium[s]!);
    const settleMoved = inverse ? base!.index * spot[s]! : peg === undefined ? settle : settle * peg[s]!;
    const profit = inverse
      ? futureProfit(product, entry, mark)
      : futureProfit(product, entry / settle, mark / settleMoved);
    out[at + s] = profit * settleMoved;
  }
}

/** One expiry at every date, the unshocked market in the last slot. */
function expiryDates(option: Option, coin: CoinDates): ExpiryLanes {
  const { market, spot, vol, base } = coin;
  const count = coin.count + 1;
  const inverse = option.settlement === 'inverse';
  const basePeg = inverse ? 1 : assetUsd(market, option.settleAsset)!;
  const slice = base!.slices.find(({ expiry }) => expiry === option.expiry) as Slice;
  const pegs = inverse ? undefined : coin.pegOf(option.settleAsset);
  const logShift = new Float64Array(count);
  const invShift = new Float64Array(count);
  const scale = new Float64Array(count);
  const factor = new Float64Array(count).fill(1);
  const node = new Int32Array(count);
  const nodes = [{ slice, peg: basePeg }];
  const known = new Map([[basePeg, 0]]);
  const term = termFactor(slice.years, TERM_SCALING);
  const discount = discountOf(slice);
  for (let s = 0; s < count; s++) {
    const shocked = s < count - 1;
    const forward = shocked ? slice.forward * (1 + slice.unfixed * (spot[s]! - 1)) : slice.forward;
    const peg = pegs === undefined || !shocked ? basePeg : basePeg * pegs[s]!;
    const moved = forward / slice.forward / (peg / basePeg);
    logShift[s] = log(moved);
    invShift[s] = 1 / moved;
    scale[s] = inverse ? (shocked ? base!.index * spot[s]! : base!.index) : discount * forward;
    if (shocked && vol !== undefined) factor[s] = Math.max(0, 1 + vol[s]! * term);
    if (peg === basePeg) continue;
    const at = known.get(peg) ?? nodes.push({ slice, peg }) - 1;
    known.set(peg, at);
    node[s] = at;
  }
  return {
    ...{ count, base: slice, nodes, basePeg, logShift, invShift, scale, factor, node },
    rootYears: new Float64Array(count).fill(Math.sqrt(slice.years)),
    floor: new Float64Array(count).fill(leastVol(slice)),
    simple: new Uint8Array(count).fill(1),
    nodeK: new Float64Array(nodes.length),
    nodeVol: new Float64Array(nodes.length),
    sliceOf: () => slice,
  };
}

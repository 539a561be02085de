// The flat numbers of a market: index, perpetual, dated futures, pegs.

import { type Refusal, refuse } from '../base/index.ts';
import { type AssetCode, compareText } from '../product/index.ts';
import type { ForwardMark, Slice, UnderlyingMarket } from './market.ts';
import type { ChainSnapshot, FutureQuote } from './quotes.ts';
import { median, quantile } from './robust.ts';

/** A forward stands in for a missing index with this doubt: a few days' basis in a hot market. */
const STAND_IN_UNCERTAINTY = 0.005;
/** A stable asset whose price the snapshot does not state is taken at par. */
const PEG_DEFAULT = 1;

/**
 * Index in USD per coin: median over the rows that state one, with the relative half-range of their middle nine tenths as its
 * uncertainty; else the perpetual's mark, else the nearest forward, with half a percent of doubt. Refuses when all are missing.
 * @example indexOf(snapshot, 'BTC', slices, pegs) // { index: 63010.2, indexUncertainty: 0.0001 }
 */
export function indexOf(
  snapshot: ChainSnapshot,
  coin: AssetCode,
  slices: readonly Slice[],
  pegs: ReadonlyMap<AssetCode, number>,
): Pick<UnderlyingMarket, 'index' | 'indexUncertainty'> | Refusal {
  const stated: number[] = [];
  for (const { product, index } of snapshot.options) {
    if (product.underlying === coin && index !== undefined && index > 0 && Number.isFinite(index))
      stated.push(index);
  }
  const index = median(stated);
  if (index !== undefined) {
    const range = quantile(stated, 0.95)! - quantile(stated, 0.05)!;
    return { index, indexUncertainty: range / (2 * index) };
  }
  const standIn =
    perpetualOf(snapshot, coin, pegs) ?? slices[0]?.forward ?? futuresOf(snapshot, coin, pegs)[0]?.forward;
  if (standIn === undefined) {
    return refuse('no-market', `No row states an index, a forward or a mark of ${coin}.`, snapshot.source);
  }
  return { index: standIn, indexUncertainty: STAND_IN_UNCERTAINTY };
}

/**
 * Perpetual (the index where no mark is given) and dated futures ascending, USD per coin; the coin-settled contract speaks first.
 * @example linesOf(snapshot, 'BTC', 63_000, pegs).perpetual // 62_990.5
 */
export function linesOf(
  snapshot: ChainSnapshot,
  coin: AssetCode,
  index: number,
  pegs: ReadonlyMap<AssetCode, number>,
): Pick<UnderlyingMarket, 'perpetual' | 'futures'> {
  return { perpetual: perpetualOf(snapshot, coin, pegs) ?? index, futures: futuresOf(snapshot, coin, pegs) };
}

function usable(quotes: readonly FutureQuote[], coin: AssetCode): FutureQuote[] {
  const own = quotes.filter(
    ({ product, mark }) => product.underlying === coin && mark > 0 && Number.isFinite(mark),
  );
  const rank = ({ product }: FutureQuote) => (product.settlement === 'inverse' ? 0 : 1);
  return own.sort(
    (left, right) => rank(left) - rank(right) || compareText(left.product.id, right.product.id),
  );
}

function inUsd({ product, mark }: FutureQuote, pegs: ReadonlyMap<AssetCode, number>): number {
  return product.settlement === 'inverse' ? mark : mark * (pegs.get(product.settleAsset) ?? PEG_DEFAULT);
}

function perpetualOf(
  snapshot: ChainSnapshot,
  coin: AssetCode,
  pegs: ReadonlyMap<AssetCode, number>,
): number | undefined {
  const first = usable(snapshot.futures, coin).find(({ product }) => product.kind === 'perpetual');
  return first === undefined ? undefined : inUsd(first, pegs);
}

function futuresOf(
  snapshot: ChainSnapshot,
  coin: AssetCode,
  pegs: ReadonlyMap<AssetCode, number>,
): ForwardMark[] {
  const marks = new Map<number, ForwardMark>();
  for (const quote of usable(snapshot.futures, coin)) {
    const { product } = quote;
    if (product.kind !== 'future' || product.expiry <= snapshot.at || marks.has(product.expiry)) continue;
    marks.set(product.expiry, { expiry: product.expiry, forward: inUsd(quote, pegs) });
  }
  return [...marks.values()].sort((left, right) => left.expiry - right.expiry);
}

/**
 * USD per unit of every non-coin asset, ascending by code: USD is 1, stated pegs as stated, other settle assets at par.
 * @example pegsOf(snapshot, new Set(['BTC'])).get('USD') // 1
 */
export function pegsOf(
  snapshot: ChainSnapshot,
  coins: ReadonlySet<AssetCode>,
): ReadonlyMap<AssetCode, number> {
  const pegs = new Map<AssetCode, number>();
  for (const { product } of [...snapshot.options, ...snapshot.futures]) {
    if (!coins.has(product.settleAsset)) pegs.set(product.settleAsset, PEG_DEFAULT);
  }
  for (const [asset, peg] of snapshot.pegs) if (peg > 0 && Number.isFinite(peg)) pegs.set(asset, peg);
  pegs.set('USD', 1);
  return new Map([...pegs].sort(([left], [right]) => compareText(left, right)));
}

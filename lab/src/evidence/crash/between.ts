// A market between two that were fitted: the earlier one's smiles at forwards that moved, its vols on their way to the later one's, time running.

import {
  atmVol,
  carryBids,
  type Instant,
  type Market,
  marketDigest,
  type Option,
  type Slice,
  type UnderlyingMarket,
  underlyingOf,
  unfixedPart,
  years,
  yearsBetween,
} from '@plimsoll/core';
import type { Path } from './path.ts';

/** Deribit settles on the mean index of the last half hour. */
export const AVERAGE_MS = 30 * 60_000;

/** Two fitted markets and the path between them. */
export interface Span {
  readonly from: Market;
  readonly to: Market;
  readonly path: Path;
}

/** A share that moves with time from one market's to the other's; the first one's where the other has none. */
function onTheWay(first: number, last: number | undefined, share: number): number {
  return last === undefined ? first : first + share * (last - first);
}

/** What is left of a level's distance from the index: to the later market's, or to nothing at an expiry that comes before it. */
function carryAt(
  { from, to }: Span,
  expiry: Instant,
  at: Instant,
  [first, last]: readonly [number, number | undefined],
): number {
  if (last === undefined && expiry <= to.at) {
    return onTheWay(first, 1, (at - from.at) / (expiry - from.at));
  }
  return onTheWay(first, last, (at - from.at) / (to.at - from.at));
}

/** A forward at a time: the index times its carry, and for what is fixed of its settlement average that average. */
function forwardAt(
  span: Span,
  coin: string,
  expiry: Instant,
  at: Instant,
  ratios: readonly [number, number | undefined],
): number {
  const { path } = span;
  const open = path.levelAt(coin, at) * carryAt(span, expiry, at, ratios);
  const unfixed = unfixedPart(at, expiry);
  return unfixed === 1 ? open : unfixed * open + (1 - unfixed) * path.average(coin, expiry - AVERAGE_MS, at);
}

function sliceBetween(
  span: Span,
  coin: UnderlyingMarket,
  later: UnderlyingMarket | undefined,
  slice: Slice,
  at: Instant,
): Slice {
  const { from, to } = span;
  const end = later?.slices.find(({ expiry }) => expiry === slice.expiry);
  const ratios = [
    slice.forward / coin.index,
    end === undefined ? undefined : end.forward / later!.index,
  ] as const;
  const forward = forwardAt(span, coin.underlying, slice.expiry, at, ratios);
  const first = atmVol(slice);
  const vol = onTheWay(
    first,
    end === undefined ? undefined : atmVol(end),
    (at - from.at) / (to.at - from.at),
  );
  const scale = (vol / first) * (vol / first);
  const by = (svi: Slice['smile']['near']) => ({ ...svi, a: svi.a * scale, b: svi.b * scale });
  const { near, far, mix } = slice.smile;
  return {
    ...slice,
    years: years(yearsBetween(at, slice.expiry)),
    forward,
    smileForward: forward,
    smile: { near: by(near), far: by(far), mix },
    unfixed: unfixedPart(at, slice.expiry),
  };
}

function coinBetween(span: Span, coin: UnderlyingMarket, at: Instant): UnderlyingMarket {
  const { from, to, path } = span;
  const later = underlyingOf(to, coin.underlying);
  const index = path.levelAt(coin.underlying, at);
  const share = (at - from.at) / (to.at - from.at);
  const premium = onTheWay(coin.perpetual / coin.index, later && later.perpetual / later.index, share);
  const futures = coin.futures
    .filter(({ expiry }) => expiry > at)
    .map(({ expiry, forward }) => {
      const end = later?.futures.find((one) => one.expiry === expiry);
      const ratios = [forward / coin.index, end && end.forward / later!.index] as const;
      return { expiry, forward: forwardAt(span, coin.underlying, expiry, at, ratios) };
    });
  const slices = coin.slices
    .filter(({ expiry }) => expiry > at)
    .map((slice) => sliceBetween(span, coin, later, slice, at));
  return { ...coin, index, perpetual: index * premium, futures, slices };
}

/**
 * The market at a time between two fitted ones. Index: the path's. Forwards, futures, perpetual: index times a carry that moves linearly from one market's to
 * the other's. Smiles: those of the earlier market at the moved forward (sticky moneyness), total variance scaled so that the at-the-money vol moves
 * linearly. Bids keep their share of the mark. Confidence is that of the earlier fit.
 * @example marketBetween({ from, to, path }, at, options).underlyings[0].index // the path's level
 */
export function marketBetween(span: Span, at: Instant, options: readonly Option[]): Market {
  const { from } = span;
  const moved: Market = {
    ...from,
    at,
    source: `${from.source}, moved`,
    underlyings: from.underlyings.map((coin) => coinBetween(span, coin, at)),
  };
  const alive = options.filter(({ expiry }) => expiry > at);
  const bid = carryBids(moved, from, alive);
  return { ...bid, digest: marketDigest(bid) };
}

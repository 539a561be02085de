// From a surface to a book: marks as the venue publishes them, and a market maker's bid and ask around them.

import {
  type Future,
  formatProduct,
  type Instant,
  type Option,
  type OptionQuote,
  type Prng,
  yearsBetween,
} from '@plimsoll/core';
import { blackPrice, exp, log, normalPdf } from '@plimsoll/core/kernel';
import { onGrid, roundStep } from './listing.ts';
import { clamp, openUniform } from './path.ts';
import { type SimulatedSurface, simulatedVol } from './smile.ts';
import type { SimulatedUnderlying } from './underlyings.ts';

/** Half-width of a quote at the money at rest, in vol, and how it grows per standard deviation away. */
const WIDTH_ATM = 0.004;
const WIDTH_PER_DEVIATION = 0.005;
/** Deep in the money makers quote the delta, and ask for this share of the intrinsic value on either side. */
const WIDTH_INTRINSIC = 0.006;
/** Below this price in coin the tick is a fifth (Deribit's rule for BTC and ETH options). */
const TICK_BREAK = 0.005;
const TICK_SMALL = 0.0001;
const TICK_LARGE = 0.0005;
/** Beyond this many standard deviations makers begin to leave. */
const THIN_DEVIATIONS = 2.5;
const ABSENT_SHARE = 0.12;

/** One expiry of one coin at one moment. */
export interface Moment {
  readonly one: SimulatedUnderlying;
  readonly at: Instant;
  readonly expiry: Instant;
  readonly index: number;
  readonly forward: number;
  readonly surface: SimulatedSurface;
}

/** A listed contract of a coin. @example listedContract(SIMULATED_UNDERLYINGS[0], expiry).id // 'BTC-27MAR26' */
export function listedContract(one: SimulatedUnderlying, expiry: Instant): Future {
  const contract = {
    kind: 'future',
    id: '',
    underlying: one.asset,
    settlement: one.settleAsset === undefined ? 'inverse' : 'linear',
    settleAsset: one.settleAsset ?? one.asset,
    expiry,
  } as const;
  return { ...contract, id: formatProduct(contract) };
}

/** Call or put of a listed expiry. @example listedOption(listedContract(one, expiry), 90_000, 'call').id // 'BTC-27MAR26-90000-C' */
export function listedOption(future: Future, strike: number, right: 'call' | 'put'): Option {
  const option = { ...future, kind: 'option', strike, right } as const;
  return { ...option, id: formatProduct(option) };
}

/**
 * One option's row. Volatility has four decimals, the mark eight, as the venue prints them; bid and ask lie on the tick, outside the mark by
 * a width that grows in the wings and in stress; a bid below one tick does not exist, and far away or deep in the money a side may be absent.
 * Draws three numbers, always.
 */
export function quoteOption(
  moment: Moment,
  product: Option,
  openInterest: number,
  row: number,
  prng: Prng,
): OptionQuote {
  const { one, surface, forward } = moment;
  const years = yearsBetween(moment.at, moment.expiry);
  const k = log(product.strike / forward);
  const markVol = onGrid(Math.max(1, Math.round(simulatedVol(surface, k, years) * 1e4)), 1e-4);
  const deviation = markVol * Math.sqrt(years);
  const money = blackPrice(product.right, forward, product.strike, deviation);
  // Coin-settled options are quoted in coins, linear ones in the settle asset.
  const unit = one.settleAsset === undefined ? forward : 1;
  const mark = Math.round((money / unit) * 1e8) / 1e8;
  const distance = Math.abs(k) / Math.sqrt(surface.atmVariance(years));
  const vega = (forward / unit) * normalPdf(-k / deviation + deviation / 2) * Math.sqrt(years);
  const width =
    (WIDTH_ATM + WIDTH_PER_DEVIATION * distance) * Math.sqrt(surface.stress) * (0.7 + 0.6 * prng.next());
  const tick = one.settleAsset === undefined ? undefined : roundStep(one.spot * 1e-4);
  const intrinsic =
    Math.max(0, product.right === 'call' ? forward - product.strike : product.strike - forward) / unit;
  const half = Math.max(0.5 * (tick ?? tickAt(mark)), vega * width + WIDTH_INTRINSIC * intrinsic);
  const bid = snap(Math.floor, mark - half, tick);
  const ask = snap(Math.ceil, mark + half, tick);
  const leaving = ABSENT_SHARE * clamp(distance - THIN_DEVIATIONS, 0, 2) * Math.min(2, surface.stress);
  const hasBid = prng.next() >= leaving && bid > 0;
  const hasAsk = prng.next() >= 0.6 * leaving;
  return {
    product,
    row,
    ...(hasBid ? { bid } : {}),
    ...(hasAsk ? { ask } : {}),
    mark,
    markVol,
    forward,
    index: moment.index,
    openInterest,
  };
}

function tickAt(price: number): number {
  return price < TICK_BREAK ? TICK_SMALL : TICK_LARGE;
}

/** A price on the tick, down for bids, up for asks. */
function snap(round: (count: number) => number, price: number, tick = tickAt(price)): number {
  return onGrid(round(Math.round((price / tick) * 1e6) / 1e6), tick);
}

/** Open interest of a fresh listing, coins: thick near the money, thicker at round strikes; one uniform. */
export function openInterestOf(moment: Moment, strike: number, prng: Prng): number {
  const years = yearsBetween(moment.at, moment.expiry);
  const distance = log(strike / moment.forward) / Math.sqrt(moment.surface.atmVariance(years));
  const isRound = strike % roundStep(moment.forward / 8) === 0;
  const coins = 4e7 / moment.one.spot;
  const amount = coins * exp(-0.4 * distance * distance) * (isRound ? 1.5 : 0.5) * -log(openUniform(prng));
  return Math.round(amount * 10) / 10;
}

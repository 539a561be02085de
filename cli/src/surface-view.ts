// What there is to show of a fitted market: smiles in the words of a trader, next to the quotes they came from.

import {
  type ChainSnapshot,
  compareText,
  DAYS_PER_YEAR,
  type ExpiryReport,
  type FitReport,
  fitPolicy,
  formatExpiry,
  type Market,
  type Refusal,
  type RefusedSlice,
  refuse,
  type Slice,
  type UnderlyingMarket,
  type VolQuote,
  volAt,
  volQuotes,
} from '@plimsoll/core';
import { exp, log } from '@plimsoll/core/kernel';

/** One quote in volatility (decimals). Without `touch`, `mid` is the venue's mark and there is no bid or ask. */
export interface QuoteView {
  readonly product: string;
  readonly strike: number;
  /** ln(strike / forward), by the row's own forward: rows of a crash are not simultaneous. */
  readonly k: number;
  readonly touch?: { readonly bid: number; readonly ask: number };
  readonly mid: number;
  readonly model: number;
  /** `used` shaped the smile; `weak` bent it only where nothing else spoke (a far tick, a venue's mark); `dropped` did not. */
  readonly use: 'used' | 'weak' | 'dropped';
}

/** A served expiry as it is shown. Volatilities are decimals. */
export interface ExpiryView {
  readonly name: string;
  readonly days: number;
  readonly slice: Slice;
  readonly atm: number;
  /** 25-delta call vol minus 25-delta put vol; undefined when the smile has no such strike. */
  readonly reversal: number | undefined;
  /** Mean of both 25-delta vols minus ATM vol. */
  readonly butterfly: number | undefined;
  /** Absent when the market came fitted: then there are no quotes. */
  readonly report?: ExpiryReport;
  /** Ascending in k. */
  readonly quotes: readonly QuoteView[];
}

/** An expiry that is not served. */
interface RefusedView extends RefusedSlice {
  readonly name: string;
  readonly report?: ExpiryReport;
}

/** One coin as it is shown. */
export interface CoinView {
  readonly coin: UnderlyingMarket;
  readonly expiries: readonly ExpiryView[];
  readonly refused: readonly RefusedView[];
}

/** Everything tables, picture and JSON say. */
export interface SurfaceView {
  readonly market: Market;
  /** Whether the market was fitted here, so that its quotes are at hand. */
  readonly observed: boolean;
  readonly coins: readonly CoinView[];
  readonly notes: readonly string[];
}

/**
 * What there is to show of a market, with the quotes it was fitted to when they are given.
 * @example viewOf(report.market, [], { snapshot, report }).coins[0].expiries[0].atm // 0.45
 */
export function viewOf(
  market: Market,
  notes: readonly string[],
  fitted?: { readonly snapshot: ChainSnapshot; readonly report: FitReport },
): SurfaceView {
  const reportOf = (coin: UnderlyingMarket, expiry: number) => {
    const report = fitted?.report.expiries.find(
      (one) => one.underlying === coin.underlying && one.expiry === expiry,
    );
    return report === undefined ? {} : { report };
  };
  const coins = market.underlyings.map((coin) => ({
    coin,
    expiries: coin.slices.map((slice) => {
      const { report } = reportOf(coin, slice.expiry);
      const quotes = fitted && report ? quotesOf(fitted.snapshot, market, slice, report) : [];
      return { ...expiryView(slice), quotes, ...(report === undefined ? {} : { report }) };
    }),
    refused: coin.refused.map((one) => ({
      ...one,
      name: formatExpiry(one.expiry),
      ...reportOf(coin, one.expiry),
    })),
  }));
  return { market, observed: fitted !== undefined, coins, notes };
}

/** Normal quantile of 0.75: d1 of a 25-delta put, undiscounted forward delta without premium adjustment. */
const D1_QUARTER = 0.6744897501960817;

function expiryView(slice: Slice): Omit<ExpiryView, 'quotes'> {
  const atm = volAtMoneyness(slice, carryOf(slice));
  const put = volAtD1(slice, D1_QUARTER);
  const call = volAtD1(slice, -D1_QUARTER);
  const both = put !== undefined && call !== undefined;
  return {
    name: formatExpiry(slice.expiry),
    days: slice.years * DAYS_PER_YEAR,
    slice,
    atm,
    reversal: both ? call - put : undefined,
    butterfly: both ? (call + put) / 2 - atm : undefined,
  };
}

/** Where the forward is on the smile's own axis: 0 unless the market was shifted. @example carryOf(slice) // 0 */
export function carryOf(slice: Slice): number {
  return log(slice.forward / slice.smileForward);
}

/** The slice's volatility at ln(strike / smileForward). @example volAtMoneyness(slice, 0) // 0.45 */
export function volAtMoneyness(slice: Slice, k: number): number {
  return volAt(slice, slice.smileForward * exp(k));
}

/** Bisection on d1 = ln(F/K)/s + s/2, which falls with K in a smile free of arbitrage; undefined when 16 deviations do not reach it. */
function volAtD1(slice: Slice, d1: number): number | undefined {
  const stdev = (k: number) => volAtMoneyness(slice, k) * Math.sqrt(slice.years);
  const carry = carryOf(slice);
  const above = (k: number) => (carry - k) / stdev(k) + stdev(k) / 2 > d1;
  let low = -16 * stdev(0);
  let high = -low;
  if (!above(low) || above(high)) return undefined;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (above(middle)) low = middle;
    else high = middle;
  }
  return volAtMoneyness(slice, low);
}

/** Every filter open: what this lets through and the fit's own policy does not was dropped. */
const OPEN_POLICY = {
  ...fitPolicy,
  widthMax: Number.POSITIVE_INFINITY,
  forwardSpread: Number.POSITIVE_INFINITY,
  deltaMin: 0,
  deltaMax: 1,
};

function quotesOf(
  snapshot: ChainSnapshot,
  market: Market,
  slice: Slice,
  { underlying, expiry, forward }: ExpiryReport,
): QuoteView[] {
  if (forward === undefined) return [];
  // Rows are counted anew: two files may both have a row 7.
  const rows = snapshot.options
    .filter(({ product }) => product.underlying === underlying && product.expiry === expiry)
    .map((quote, row) => ({ ...quote, row }));
  const pick = (policy: typeof fitPolicy) =>
    volQuotes(rows, slice.years, forward, market.pegs, policy, new Map());
  const open = new Map(pick(OPEN_POLICY).map((quote) => [quote.row, quote]));
  const view = (quote: VolQuote, use: QuoteView['use'], real: boolean): QuoteView => {
    const { id, strike } = rows[quote.row]!.product;
    const { k, vol: mid, bidVol: bid, askVol: ask } = quote;
    const model = volAtMoneyness(slice, k);
    return { product: id, strike, k, ...(real ? { touch: { bid, ask } } : {}), mid, model, use };
  };
  const shown = pick(fitPolicy).map((quote) => {
    if (quote.strength === 'quoted') {
      open.delete(quote.row);
      return view(quote, 'used', true);
    }
    // Weak with the open filters' own bid is a true quote of a far strike; otherwise it is the venue's mark.
    const real = open.get(quote.row)?.bidVol === quote.bidVol && open.get(quote.row)?.strength === 'quoted';
    if (real) open.delete(quote.row);
    return view(quote, 'weak', real);
  });
  const rest = [...open.values()].filter(({ strength }) => strength === 'quoted');
  return [...shown, ...rest.map((quote) => view(quote, 'dropped', true))].sort(
    (left, right) => left.k - right.k || compareText(left.product, right.product),
  );
}

/** Names as a user writes them; absent means all. */
interface Wanted {
  readonly underlying?: readonly string[];
  readonly expiry?: readonly string[];
}

/**
 * The coins and expiries that were asked for; a name that is not there is refused, not ignored.
 * @example narrow(view, { underlying: ['BTC'], expiry: ['27MAR26'] })
 */
export function narrow(view: SurfaceView, { underlying, expiry }: Wanted): SurfaceView | Refusal {
  const codes = underlying?.map((code) => code.toUpperCase());
  const names = expiry?.map((name) => name.toUpperCase().replace(/^0/, ''));
  const known = view.coins.map(({ coin }) => coin.underlying);
  const stranger = codes?.find((code) => !known.includes(code));
  if (stranger !== undefined) {
    return refuse('no-market', `The market has no ${stranger}; it has ${known.join(', ')}.`, '--underlying');
  }
  const coins = view.coins.filter(({ coin }) => codes?.includes(coin.underlying) ?? true);
  const dates = [...new Set(coins.flatMap((coin) => [...coin.expiries, ...coin.refused]))];
  const missing = names?.find((name) => !dates.some((date) => date.name === name));
  if (missing !== undefined) {
    const has = [...new Set(dates.sort((a, b) => dateOf(a) - dateOf(b)).map(({ name }) => name))].join(', ');
    return refuse('no-market', `There is no expiry ${missing}; the coins shown have ${has}.`, '--expiry');
  }
  const wanted = ({ name }: { readonly name: string }) => names?.includes(name) ?? true;
  return {
    ...view,
    coins: coins.map(({ coin, expiries, refused }) => ({
      coin,
      expiries: expiries.filter(wanted),
      refused: refused.filter(wanted),
    })),
  };
}

function dateOf(date: ExpiryView | RefusedView): number {
  return 'slice' in date ? date.slice.expiry : date.expiry;
}

/** Whether the model is inside bid and ask; undefined where there are none. @example isInside({ ...quote, touch: { bid: 0.4, ask: 0.5 }, model: 0.45 }) // true */
export function isInside({ touch, model }: QuoteView): boolean | undefined {
  return touch === undefined ? undefined : model >= touch.bid && model <= touch.ask;
}

/** How many quotes shaped a smile. @example usedOf(expiry) // 31 */
export function usedOf({ quotes }: ExpiryView): number {
  return quotes.filter(({ use }) => use === 'used').length;
}

// How good the surfaces are, on chains somebody else has read: shares served, shares inside bid-ask, errors in vol points.

import {
  type AssetCode,
  type ChainSnapshot,
  type FitPolicy,
  fitPolicy,
  fitReport,
  type Instant,
  isRefusal,
  isTooWide,
  type OptionQuote,
  type RefusedSlice,
  type Slice,
  type UnderlyingMarket,
  volAt,
  yearsBetween,
} from '@plimsoll/core';
import { blackGreeks, impliedVol } from '@plimsoll/core/kernel';

/** One coin of one snapshot. Vol errors in vol points (0.01), shares in [0, 1]. */
export interface SurfaceEvidence {
  readonly source: string;
  readonly at: Instant;
  readonly underlying: AssetCode;
  readonly rows: number;
  /** Open-interest-weighted vega of live options whose expiry is served, over that of all live options. */
  readonly servedShare: number;
  /** Two-sided out-of-the-money quotes within 25 points of width and |delta| in [0.01, 0.99], on served slices. */
  readonly quotes: number;
  /** Share of those whose model price is inside bid and ask, each row at its own forward. */
  readonly insideShare: number;
  /** The same, leaving out expiries younger than the policy's `lifeMin`. */
  readonly insideShareShaped: number;
  readonly errorMedian: number;
  readonly error95: number;
  readonly butterflyMin: number;
  readonly calendarMin: number;
  readonly slices: readonly Slice[];
  readonly refused: readonly RefusedSlice[];
  /** Milliseconds of the whole snapshot's fit by the clock passed in; 0 without one. */
  readonly milliseconds: number;
}

/**
 * Fits each snapshot with the production fit and measures it against its own quotes, coin by coin. The clock is the caller's:
 * pass `() => performance.now()` to have fits timed.
 * @example surfaceEvidence(snapshots, { clock: () => performance.now() })[0].insideShare // 0.95
 */
export function surfaceEvidence(
  snapshots: Iterable<ChainSnapshot>,
  options: { readonly policy?: FitPolicy; readonly clock?: () => number } = {},
): SurfaceEvidence[] {
  const policy = options.policy ?? fitPolicy;
  const clock = options.clock ?? (() => 0);
  const evidence: SurfaceEvidence[] = [];
  for (const snapshot of snapshots) {
    const start = clock();
    const report = fitReport(snapshot, policy);
    const milliseconds = clock() - start;
    if (isRefusal(report)) continue;
    for (const coin of report.market.underlyings) {
      evidence.push(measure(snapshot, coin, policy, milliseconds));
    }
  }
  return evidence;
}

interface Tally {
  served: number;
  whole: number;
  inside: number;
  insideShaped: number;
  quotesShaped: number;
  readonly errors: number[];
}

function measure(
  snapshot: ChainSnapshot,
  coin: UnderlyingMarket,
  policy: FitPolicy,
  milliseconds: number,
): SurfaceEvidence {
  const tally: Tally = { served: 0, whole: 0, inside: 0, insideShaped: 0, quotesShaped: 0, errors: [] };
  const slices = new Map(coin.slices.map((slice) => [slice.expiry, slice]));
  let rows = 0;
  for (const row of snapshot.options) {
    if (row.product.underlying !== coin.underlying) continue;
    rows++;
    const slice = slices.get(row.product.expiry);
    weigh(snapshot.at, row, slice, tally);
    if (slice !== undefined) judge(snapshot.at, row, slice, policy, tally);
  }
  const errors = Float64Array.from(tally.errors).sort();
  const at = (share: number) => (errors[Math.floor(share * (errors.length - 1))] ?? 0) * 100;
  return {
    source: snapshot.source,
    at: snapshot.at,
    underlying: coin.underlying,
    rows,
    servedShare: tally.whole > 0 ? tally.served / tally.whole : 1,
    quotes: errors.length,
    insideShare: errors.length > 0 ? tally.inside / errors.length : 1,
    insideShareShaped: tally.quotesShaped > 0 ? tally.insideShaped / tally.quotesShaped : 1,
    errorMedian: at(0.5),
    error95: at(0.95),
    butterflyMin: Math.min(...coin.slices.map((slice) => slice.quality.butterflyMin)),
    calendarMin: Math.min(...coin.slices.map((slice) => slice.quality.calendarMin)),
    slices: coin.slices,
    refused: coin.refused,
    milliseconds,
  };
}

/** Vega at the venue's own mark vol, so that unserved options weigh too. */
function weigh(at: Instant, row: OptionQuote, slice: Slice | undefined, tally: Tally): void {
  const years = yearsBetween(at, row.product.expiry);
  if (!(years > 0) || row.markVol === undefined || !(row.markVol > 0)) return;
  const { right, strike } = row.product;
  const weight = row.openInterest * blackGreeks(right, row.forward, strike, row.markVol, years).vega;
  tally.whole += weight;
  if (slice !== undefined) tally.served += weight;
}

function judge(at: Instant, row: OptionQuote, slice: Slice, policy: FitPolicy, tally: Tally): void {
  const { right, strike, settlement, expiry } = row.product;
  const years = yearsBetween(at, expiry);
  const outside = right === 'call' ? strike >= row.forward : strike < row.forward;
  if (!outside || row.bid === undefined || row.ask === undefined || !(row.bid > 0 && row.ask > row.bid))
    return;
  const unit = settlement === 'inverse' ? row.forward : 1;
  const bidVol = impliedVol(right, row.forward, strike, years, row.bid * unit);
  const askVol = impliedVol(right, row.forward, strike, years, row.ask * unit);
  if (typeof bidVol !== 'number' || typeof askVol !== 'number') return;
  const middle = (bidVol + askVol) / 2;
  if (isTooWide(askVol - bidVol, middle, policy)) return;
  const delta = Math.abs(blackGreeks(right, row.forward, strike, middle, years).delta);
  if (delta < policy.deltaMin || delta > policy.deltaMax) return;
  // The strike as seen from the slice's forward at the moneyness it has from its own row's.
  const model = volAt(slice, strike * (slice.smileForward / row.forward));
  const isInside = model >= bidVol && model <= askVol;
  tally.errors.push(Math.abs(model - middle));
  if (isInside) tally.inside++;
  if (expiry - at >= policy.lifeMin) {
    tally.quotesShaped++;
    if (isInside) tally.insideShaped++;
  }
}

// Which quotes may shape a smile. Every row ends in exactly one count, so a chain can be asked where its quotes went.

import type { Years } from '../base/index.ts';
import { impliedVol, log, normalCdf } from '../kernel/index.ts';
import type { AssetCode } from '../product/index.ts';
import { type ForwardBelief, hasForward, isTwoSided, pegOf } from './forwards.ts';
import type { FitPolicy } from './policy.ts';
import type { OptionQuote } from './quotes.ts';

/** One strike's evidence in volatility. Weak evidence (a venue's mark, a far tick) bends a smile only where nothing else speaks. */
export interface VolQuote {
  readonly k: number;
  readonly vol: number;
  /** Tolerance in vol: half the quote's width, floored; residuals are measured in it. */
  readonly halfWidth: number;
  /** The vols of bid and ask: between them the model price is inside the market. */
  readonly bidVol: number;
  readonly askVol: number;
  readonly strength: 'quoted' | 'weak';
  /** Whether the venue's mark vol speaks, in the place of a quote. */
  readonly isMark: boolean;
  readonly row: number;
}

/** Where the rows of an expiry went. */
export type Fate =
  | 'quoted'
  | 'weak'
  | 'capped-mark'
  | 'twin-preferred'
  | 'one-sided'
  | 'crossed'
  | 'too-wide'
  | 'no-volatility'
  | 'no-forward';

/** Rows per fate; absent means none. */
export type Fates = Map<Fate, number>;

/**
 * The evidence of one expiry, ascending in k: per strike the out-of-the-money row where it is two-sided, else its twin, else
 * the venue's mark vol as weak evidence. Each row is normalised by its own forward: in a crash rows are not simultaneous.
 * @example volQuotes(rows, 0.08 as Years, belief, pegs, fitPolicy, new Map()) // [{ k: -0.4, vol: 0.7, ... }, ...]
 */
export function volQuotes(
  rows: readonly OptionQuote[],
  years: Years,
  belief: ForwardBelief,
  pegs: ReadonlyMap<AssetCode, number>,
  policy: FitPolicy,
  fates: Fates,
): VolQuote[] {
  const { correction } = belief;
  const venue = belief.forward / correction;
  const strikes = new Map<string, OptionQuote[]>();
  for (const row of rows) {
    const stale =
      !hasForward(row) || Math.abs((row.forward * pegOf(row, pegs)) / venue - 1) > policy.forwardSpread;
    if (stale) count(fates, 'no-forward');
    else {
      const key = `${row.product.settleAsset}/${row.product.strike}`;
      const twins = strikes.get(key);
      if (twins === undefined) strikes.set(key, [row]);
      else twins.push(row);
    }
  }
  const quotes: VolQuote[] = [];
  for (const twins of strikes.values()) {
    const best = bestOf(twins, years, correction, policy, fates);
    if (best !== undefined) quotes.push(best);
  }
  quotes.sort((left, right) => left.k - right.k || left.row - right.row);
  return withoutCaps(quotes, fates);
}

/**
 * Venues stop their mark vols at a cap or carry them flat beyond their own last quote: of marks that repeat outward only the innermost
 * says something, and dozens of repeats would outvote the quotes.
 */
function withoutCaps(quotes: readonly VolQuote[], fates: Fates): VolQuote[] {
  return quotes.filter((quote, i) => {
    const inner = quote.k < 0 ? quotes[i + 1] : quotes[i - 1];
    const repeats = quote.isMark && inner?.isMark === true && inner.vol === quote.vol;
    if (repeats) {
      count(fates, 'weak', -1);
      count(fates, 'capped-mark');
    }
    return !repeats;
  });
}

/** Out of the money first: no intrinsic value drowns its volatility. */
function bestOf(
  twins: readonly OptionQuote[],
  years: Years,
  correction: number,
  policy: FitPolicy,
  fates: Fates,
): VolQuote | undefined {
  const ordered = [...twins].sort((left, right) => depth(left) - depth(right) || left.row - right.row);
  let weak: VolQuote | undefined;
  for (let i = 0; i < ordered.length; i++) {
    const row = ordered[i]!;
    const quote = quoteOf(row, years, correction, policy);
    if (typeof quote === 'object' && quote.strength === 'quoted') {
      count(fates, 'quoted');
      for (let rest = i + 1; rest < ordered.length; rest++) count(fates, 'twin-preferred');
      return quote;
    }
    if (typeof quote === 'object') {
      count(fates, 'weak');
      weak ??= quote;
      continue;
    }
    const mark = markOf(row, correction, policy);
    weak ??= mark;
    count(fates, mark === undefined ? quote : 'weak');
  }
  return weak;
}

/** How far in the money, as a ratio of forward and strike; negative is out. */
function depth(row: OptionQuote): number {
  const { right, strike } = row.product;
  return right === 'call' ? row.forward / strike : strike / row.forward;
}

function quoteOf(
  row: OptionQuote,
  years: Years,
  correction: number,
  policy: FitPolicy,
): VolQuote | 'one-sided' | 'crossed' | 'too-wide' | 'no-volatility' {
  if (row.bid !== undefined && row.ask !== undefined && row.bid > 0 && row.ask <= row.bid) return 'crossed';
  if (!isTwoSided(row)) return 'one-sided';
  const { strike, right, settlement } = row.product;
  const forward = row.forward * correction;
  const unit = settlement === 'inverse' ? forward : 1;
  const bidVol = impliedVol(right, forward, strike, years, row.bid * unit);
  const askVol = impliedVol(right, forward, strike, years, row.ask * unit);
  if (typeof bidVol !== 'number' || typeof askVol !== 'number') return 'no-volatility';
  const width = askVol - bidVol;
  const vol = (bidVol + askVol) / 2;
  if (isTooWide(width, vol, policy)) return 'too-wide';
  const k = log(strike / forward);
  const stdev = vol * Math.sqrt(years);
  const callDelta = normalCdf(-k / stdev + stdev / 2);
  const delta = right === 'call' ? callDelta : 1 - callDelta;
  const near = delta >= policy.deltaMin && delta <= policy.deltaMax;
  const halfWidth = Math.max(width / 2, near ? policy.halfWidthMin : policy.markWidthFloor);
  return {
    k,
    vol,
    halfWidth,
    bidVol,
    askVol,
    strength: near ? 'quoted' : 'weak',
    isMark: false,
    row: row.row,
  };
}

/** The venue's own mark vol, believed loosely. */
function markOf(row: OptionQuote, correction: number, policy: FitPolicy): VolQuote | undefined {
  const vol = row.markVol;
  if (vol === undefined || !(vol > 0) || !(vol < MARK_VOL_MAX)) return undefined;
  const halfWidth = Math.max(policy.markWidthFloor, policy.markWidthShare * vol);
  const k = log(row.product.strike / (row.forward * correction));
  return {
    k,
    vol,
    halfWidth,
    bidVol: vol - halfWidth,
    askVol: vol + halfWidth,
    strength: 'weak',
    isMark: true,
    row: row.row,
  };
}

/** Venues publish 999 % where their own solver gave up. */
const MARK_VOL_MAX = 5;

function count(fates: Fates, fate: Fate, by: number = 1): void {
  fates.set(fate, (fates.get(fate) ?? 0) + by);
}

/** Whether a quote is too wide to say something: in points where vol is below 100 %, in proportion above, as in a crash's last hours. */
export function isTooWide(width: number, vol: number, policy: FitPolicy): boolean {
  return !(width < policy.widthMax * Math.max(1, vol));
}

// fit: quotes in, an immutable market out. What cannot be believed is refused by name, and nothing travels as NaN.

import { type Instant, instant, isRefusal, type Refusal, refuse, yearsBetween } from '../base/index.ts';
import { type AssetCode, compareText, type ProductId } from '../product/index.ts';
import { butterflyMin, calendarMin } from './arbitrage.ts';
import { marketDigest } from './digest.ts';
import { type Fates, volQuotes } from './filters.ts';
import { type ForwardBelief, forwardOf } from './forwards.ts';
import { indexOf, linesOf, pegsOf } from './levels.ts';
import type { Market, RefusedSlice, Slice, Smile, UnderlyingMarket } from './market.ts';
import { type FitPolicy, fitPolicy } from './policy.ts';
import { qualityOf } from './quality.ts';
import type { ChainSnapshot, OptionQuote, Touch } from './quotes.ts';
import { median } from './robust.ts';
import { type Expiry, fitSmiles } from './slices.ts';
import { unfixedPart } from './smile.ts';

/** What a fit says about one expiry beside the slice itself. */
export interface ExpiryReport {
  readonly underlying: AssetCode;
  readonly expiry: Instant;
  readonly forward: ForwardBelief | undefined;
  /** Rows per fate: where each quote went. */
  readonly fates: ReadonlyMap<string, number>;
}

/** A fitted market and the story of its quotes. */
export interface FitReport {
  readonly market: Market;
  readonly expiries: readonly ExpiryReport[];
}

/**
 * Fits a whole chain: forwards, filtered quotes, smiles free of butterfly and calendar arbitrage on the checked grid, and a quality
 * per slice. Pure and deterministic. Refuses a snapshot with no contract that is still alive.
 * @example const market = fitMarket(snapshot); isRefusal(market) || market.underlyings[0].slices.length
 */
export function fitMarket(snapshot: ChainSnapshot, policy: FitPolicy = fitPolicy): Market | Refusal {
  const report = fitReport(snapshot, policy);
  return isRefusal(report) ? report : report.market;
}

/**
 * `fitMarket` with the counts of what was used, dropped and overruled, per expiry.
 * @example fitReport(snapshot).expiries[0].fates.get('quoted') // 31
 */
export function fitReport(snapshot: ChainSnapshot, policy: FitPolicy = fitPolicy): FitReport | Refusal {
  const coins = new Set<AssetCode>();
  for (const { product } of snapshot.options) coins.add(product.underlying);
  for (const { product } of snapshot.futures) coins.add(product.underlying);
  if (coins.size === 0) {
    return refuse('empty', 'The snapshot holds no option and no future.', snapshot.source);
  }
  const pegs = pegsOf(snapshot, coins);
  const underlyings: UnderlyingMarket[] = [];
  const expiries: ExpiryReport[] = [];
  for (const coin of [...coins].sort(compareText)) {
    const fitted = fitCoin(snapshot, coin, pegs, policy, expiries);
    if (!isRefusal(fitted)) underlyings.push(fitted);
  }
  if (underlyings.length === 0) {
    return refuse('no-market', 'No coin of the snapshot has an index, a forward or a mark.', snapshot.source);
  }
  const content = { at: snapshot.at, underlyings, pegs, touches: touchesOf(snapshot) };
  return { market: { ...content, source: snapshot.source, digest: marketDigest(content) }, expiries };
}

function fitCoin(
  snapshot: ChainSnapshot,
  coin: AssetCode,
  pegs: ReadonlyMap<AssetCode, number>,
  policy: FitPolicy,
  reports: ExpiryReport[],
): UnderlyingMarket | Refusal {
  const refused: RefusedSlice[] = [];
  const pending: Expiry[] = [];
  for (const [expiry, rows] of rowsByExpiry(snapshot.options, coin)) {
    const prepared = prepare(snapshot, coin, expiry, rows, pegs, policy, reports);
    if (isRefusal(prepared)) refused.push({ expiry, refusal: prepared });
    else pending.push(prepared);
  }
  const slices: Slice[] = [];
  const smiles = fitSmiles(pending, policy);
  let early: Smile | undefined;
  for (let i = 0; i < pending.length; i++) {
    const expiry = pending[i]!;
    const fitted = smiles[i]!;
    if (isRefusal(fitted)) {
      refused.push({ expiry: expiry.expiry, refusal: fitted });
      continue;
    }
    // Before the first expiry total variance is zero, so its own smallest variance is the increase.
    const zero = early ?? { near: FLAT, far: FLAT, mix: 0 };
    const measure = {
      ...fitted,
      ...expiry,
      butterflyMin: butterflyMin(fitted.smile).value,
      calendarMin: calendarMin(zero, fitted.smile).value,
    };
    slices.push(sliceOf(snapshot.at, expiry, fitted.smile, qualityOf(measure, policy)));
    early = fitted.smile;
  }
  const index = indexOf(snapshot, coin, slices, pegs);
  if (isRefusal(index)) return index;
  refused.sort((left, right) => left.expiry - right.expiry);
  return { underlying: coin, ...index, ...linesOf(snapshot, coin, index.index, pegs), slices, refused };
}

const FLAT = { a: 0, b: 0, rho: 0, m: 0, sigma: 1 };

function sliceOf(at: Instant, expiry: Expiry, smile: Smile, quality: Slice['quality']): Slice {
  return {
    expiry: expiry.expiry,
    years: expiry.years,
    forward: expiry.forward,
    smileForward: expiry.forward,
    smileYears: expiry.years,
    smile,
    deforms: [],
    unfixed: unfixedPart(at, expiry.expiry),
    quality,
  };
}

/** A coin's rows per expiry, ascending. */
function rowsByExpiry(options: readonly OptionQuote[], coin: AssetCode): [Instant, OptionQuote[]][] {
  const groups = new Map<number, OptionQuote[]>();
  for (const row of options) {
    if (row.product.underlying !== coin) continue;
    const group = groups.get(row.product.expiry);
    if (group === undefined) groups.set(row.product.expiry, [row]);
    else group.push(row);
  }
  const ascending = [...groups].sort(([left], [right]) => left - right);
  return ascending.map(([expiry, rows]) => [instant(expiry), rows]);
}

/** A forward wrong by a share x moves an ATM vol by delta x / vega = 0.5 x / (0.4 sqrt(T)). */
const FORWARD_DOUBT = 1.25;

function prepare(
  snapshot: ChainSnapshot,
  coin: AssetCode,
  expiry: Instant,
  rows: readonly OptionQuote[],
  pegs: ReadonlyMap<AssetCode, number>,
  policy: FitPolicy,
  reports: ExpiryReport[],
): Expiry | Refusal {
  const years = yearsBetween(snapshot.at, expiry);
  const fates: Fates = new Map();
  const name = rows[0]!.product.id;
  if (!(years > 0)) {
    return refuse(
      'expired',
      `${rows.length} options expired at or before the snapshot; they are left out.`,
      name,
    );
  }
  const belief = forwardOf(rows, pegs, policy);
  if (isRefusal(belief)) {
    reports.push({ underlying: coin, expiry, forward: undefined, fates });
    return belief;
  }
  const quotes = volQuotes(rows, years, belief, pegs, policy, fates);
  reports.push({ underlying: coin, expiry, forward: belief, fates });
  if (quotes.length === 0) {
    return refuse('no-quotes', 'No two-sided quote and no mark volatility in this expiry.', name);
  }
  const doubt = belief.source === 'parity' ? (FORWARD_DOUBT * Math.abs(belief.gap)) / Math.sqrt(years) : 0;
  const age = (snapshot.age ?? 0) + (median(rows.map((row) => row.age ?? 0)) ?? 0);
  return { expiry, years, forward: belief.forward, quotes, doubt, age };
}

/** Touches of every contract, ascending by product name; a later row of the same name wins. */
function touchesOf(snapshot: ChainSnapshot): ReadonlyMap<ProductId, Touch> {
  const touches: [ProductId, Touch][] = [];
  for (const { product, bid, ask } of [...snapshot.options, ...snapshot.futures]) {
    touches.push([
      product.id,
      { ...(bid === undefined ? {} : { bid }), ...(ask === undefined ? {} : { ask }) },
    ]);
  }
  return new Map(touches.sort(([left], [right]) => compareText(left, right)));
}

// The forward of an expiry: what the venue prices with, believed by its median and doubted by put-call parity.

import { type Refusal, refuse } from '../base/index.ts';
import type { AssetCode } from '../product/index.ts';
import type { FitPolicy } from './policy.ts';
import type { OptionQuote } from './quotes.ts';
import { median, weightedMedian } from './robust.ts';

/** Pairs that parity needs before it may overrule the venue: one pair may be one stale quote. */
const PAIRS_MIN = 3;
/** The tightest pairs are enough; wide ones only add noise. */
const PAIRS_MAX = 12;

/** What is believed about one expiry's forward. */
export interface ForwardBelief {
  /** USD per coin. */
  readonly forward: number;
  /** Multiplies each row's own forward before its quote is normalised; 1 unless parity overruled the venue. */
  readonly correction: number;
  readonly source: 'venue' | 'parity';
  /** Parity forward over venue forward minus 1; 0 where no pair could tell. */
  readonly gap: number;
  readonly pairs: number;
}

/** Whether both sides of a row are there and in order: bid above 0, ask above bid. */
export function isTwoSided(row: OptionQuote): row is OptionQuote & { bid: number; ask: number } {
  return row.bid !== undefined && row.ask !== undefined && row.bid > 0 && row.ask > row.bid;
}

/** Whether a row's own forward can be used. */
export function hasForward(row: OptionQuote): boolean {
  return Number.isFinite(row.forward) && row.forward > 0;
}

/**
 * Forward of one expiry, USD per coin: the median of its rows' own forwards, each at its asset's peg, cross-checked by
 * parity on the tightest two-sided pairs (`inverse: F = K / (1 - (C - P))` in coin, `linear: F = K + C - P`).
 * A gap beyond the policy's tolerance on at least three pairs moves the forward to parity. Refuses when neither is known.
 * @example forwardOf(rowsOfOneExpiry, new Map([['USD', 1]]), fitPolicy) // { forward: 61234.5, source: 'venue', ... }
 */
export function forwardOf(
  rows: readonly OptionQuote[],
  pegs: ReadonlyMap<AssetCode, number>,
  policy: FitPolicy,
): ForwardBelief | Refusal {
  const known = rows.filter(hasForward);
  const venue = median(known.map((row) => row.forward * pegOf(row, pegs)));
  if (venue === undefined) {
    return refuse('no-forward', 'No row of this expiry states a forward; add underlying_price.');
  }
  const pairs = tightPairs(known, venue, pegs);
  const gap = weightedMedian(
    pairs.map((pair) => pair.gap),
    pairs.map((pair) => 1 / pair.doubt),
  );
  if (gap === undefined) return { forward: venue, correction: 1, source: 'venue', gap: 0, pairs: 0 };
  const doubt = median(pairs.map((pair) => pair.doubt)) ?? 0;
  const overruled = pairs.length >= PAIRS_MIN && Math.abs(gap) > policy.parityTolerance + doubt;
  return overruled
    ? { forward: venue * (1 + gap), correction: 1 + gap, source: 'parity', gap, pairs: pairs.length }
    : { forward: venue, correction: 1, source: 'venue', gap, pairs: pairs.length };
}

/** USD per unit of what a row's strike and forward are written in. */
export function pegOf(row: OptionQuote, pegs: ReadonlyMap<AssetCode, number>): number {
  return row.product.settlement === 'inverse' ? 1 : (pegs.get(row.product.settleAsset) ?? 1);
}

interface Pair {
  /** Parity forward over the two rows' own forward, minus 1. */
  readonly gap: number;
  /** What half of both spreads is worth, as a share of the forward. */
  readonly doubt: number;
}

/** Calls and puts of one strike and settlement, both two-sided, tightest first. */
function tightPairs(
  rows: readonly OptionQuote[],
  venue: number,
  pegs: ReadonlyMap<AssetCode, number>,
): Pair[] {
  const calls = new Map<string, OptionQuote>();
  for (const row of rows) if (row.product.right === 'call') calls.set(strikeKey(row), row);
  const pairs: Pair[] = [];
  for (const put of rows) {
    if (put.product.right !== 'put') continue;
    const call = calls.get(strikeKey(put));
    if (call === undefined || !isTwoSided(call) || !isTwoSided(put)) continue;
    // Strikes far from the money move parity by their spread alone; a fifth either side holds the liquid ones.
    if (Math.abs((put.product.strike * pegOf(put, pegs)) / venue - 1) > 0.2) continue;
    const own = (call.forward + put.forward) / 2;
    const difference = (call.bid + call.ask - put.bid - put.ask) / 2;
    const halves = (call.ask - call.bid + put.ask - put.bid) / 2;
    const inverse = put.product.settlement === 'inverse';
    const parity = inverse ? put.product.strike / (1 - difference) : put.product.strike + difference;
    const doubt = inverse ? (halves * parity) / put.product.strike : halves / own;
    if (parity > 0 && Number.isFinite(parity) && doubt > 0) pairs.push({ gap: parity / own - 1, doubt });
  }
  return pairs.sort((left, right) => left.doubt - right.doubt || left.gap - right.gap).slice(0, PAIRS_MAX);
}

function strikeKey(row: OptionQuote): string {
  return `${row.product.settlement}/${row.product.settleAsset}/${row.product.strike}`;
}

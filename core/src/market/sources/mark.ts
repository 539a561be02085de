// The mark of a perpetual or future: what index, book and last trade agree on, so that none of them alone can move it.

import { type Instant, MS_PER_DAY, type Refusal, refuse } from '../../base/index.ts';
import { pow } from '../../kernel/index.ts';
import type { Stood } from './state.ts';

/** Best prices of a book, USD per coin. */
export interface BookTop {
  readonly bid: number;
  readonly ask: number;
  readonly at: Instant;
}

/** What a mark is made of. */
export interface MarkInput {
  readonly at: Instant;
  readonly index: Stood;
  readonly book?: BookTop;
  readonly last?: Stood;
}

/** Thresholds of a mark. Times in milliseconds unless they say otherwise. */
export interface MarkPolicy {
  /** Seconds in which half of a change of basis is followed: the notes' EMA of 30 to 60 s at its quick end. */
  readonly halfLifeSeconds: number;
  /** An older index marks nothing. */
  readonly indexAgeMax: number;
  readonly bookAgeMax: number;
  readonly lastAgeMax: number;
  /** A book wider than this share of its middle has no middle. */
  readonly spreadMax: number;
  /** The mark stays within this share of the index, and so does the basis that is averaged. */
  readonly band: number;
  /** Longest gap that the average is carried over; beyond it the basis starts anew. */
  readonly gapMax: number;
}

/** Defaults. Five percent lies beyond the 3 % of premium that scenarios stress (M-13); a venue states its own. */
export const markPolicy: MarkPolicy = {
  halfLifeSeconds: 30,
  indexAgeMax: 5_000,
  bookAgeMax: 5_000,
  lastAgeMax: 60_000,
  spreadMax: 0.02,
  band: 0.05,
  gapMax: 600_000,
};

/** The averaged basis between two calls of `markOf`. */
export interface MarkState {
  /** Middle of the book over index, minus 1, averaged. */
  readonly basis: number;
  /** Of the last book that was averaged in; absent before the first. */
  readonly at?: Instant;
}

/** A mark that has seen no book. @example markOf(input, markPolicy, unmarked) */
export const unmarked: MarkState = { basis: 0 };

/** A mark and what it was made from. */
export interface Mark {
  readonly mark: number;
  /** `index (1 + basis)`. */
  readonly fromIndex: number;
  /** Absent where the book is stale, crossed, one-sided or too wide. */
  readonly mid?: number;
  /** Absent where the trade is stale. */
  readonly last?: number;
  readonly basis: number;
  /** Which of the three it is; `band` where it was held to the index. */
  readonly source: 'index' | 'mid' | 'last' | 'band';
  readonly state: MarkState;
}

const SECOND = 1_000;
const isPrice = (value: number): boolean => value > 0 && value < Number.POSITIVE_INFINITY;
const isFresh = (when: Instant, at: Instant, most: number): boolean => when <= at && at - when <= most;
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

function doubtMark({ at, index }: MarkInput, policy: MarkPolicy): Refusal | undefined {
  const { halfLifeSeconds, band, ...rest } = policy;
  const sound = Object.values(rest).every((limit) => limit >= 0 && limit <= Number.MAX_VALUE);
  if (
    !sound ||
    !(halfLifeSeconds > 0 && halfLifeSeconds * SECOND <= MS_PER_DAY) ||
    !(band >= 0 && band < 1)
  ) {
    const message =
      'a mark needs a half-life above 0 s and of at most a day, a band from 0 to below 1, and limits of at least 0.';
    return refuse('bad-parameter', message);
  }
  if (!isPrice(index.value)) return refuse('no-market', `the index is ${index.value}; no mark without one.`);
  if (!Number.isFinite(at) || !isFresh(index.at, at, policy.indexAgeMax)) {
    const message = `the index is ${at - index.at} ms old at ${at}; a mark needs one of at most ${policy.indexAgeMax} ms, not from the future.`;
    return refuse('no-market', message);
  }
  return undefined;
}

/** The middle of a book that can be believed. */
function midOf({ at, book }: MarkInput, policy: MarkPolicy): number | undefined {
  if (book === undefined || !isPrice(book.bid) || !isPrice(book.ask) || book.ask < book.bid) return undefined;
  const mid = book.bid + (book.ask - book.bid) / 2;
  const tight = book.ask - book.bid <= policy.spreadMax * mid;
  return tight && isFresh(book.at, at, policy.bookAgeMax) ? mid : undefined;
}

/** The basis with one more book in it: `b + (1 - 2^(-dt/h)) (mid/index - 1 - b)`; the first one stands as it is. */
function averaged(state: MarkState, mid: number, { index, book }: MarkInput, policy: MarkPolicy): MarkState {
  const seen = clamp(mid / index.value - 1, -policy.band, policy.band);
  const when = book!.at;
  const gap = state.at === undefined ? Number.POSITIVE_INFINITY : when - state.at;
  if (gap > policy.gapMax) return { basis: seen, at: when };
  if (gap <= 0) return state;
  const weight = 1 - pow(2, -gap / (policy.halfLifeSeconds * SECOND));
  return { basis: state.basis + weight * (seen - state.basis), at: when };
}

/**
 * The mark: the median of `index (1 + averaged basis)`, the middle of the book, and the last trade, within `band` of the index. With fewer than
 * three it is the one made from the index: a book alone or a trade alone moves nothing but the average. Units: USD per coin. Refused
 * without a fresh index. Source: the median of three of Deribit's, OKX's and Hyperliquid's marks.
 * @example markOf({ at, index: { value: 60_000, at }, book: { bid: 60_010, ask: 60_020, at }, last: { value: 59_000, at } }, markPolicy, unmarked)
 */
export function markOf(input: MarkInput, policy: MarkPolicy, state: MarkState): Mark | Refusal {
  const fault = doubtMark(input, policy);
  if (fault !== undefined) return fault;
  const { at, index, last: trade } = input;
  const mid = midOf(input, policy);
  const next = mid === undefined ? state : averaged(state, mid, input, policy);
  const basis = clamp(next.basis, -policy.band, policy.band);
  const fromIndex = index.value * (1 + basis);
  const fits = trade !== undefined && isPrice(trade.value) && isFresh(trade.at, at, policy.lastAgeMax);
  const last = fits ? trade.value : undefined;
  const both = mid !== undefined && last !== undefined;
  const middle = both ? clamp(fromIndex, Math.min(mid, last), Math.max(mid, last)) : fromIndex;
  const mark = clamp(middle, index.value * (1 - policy.band), index.value * (1 + policy.band));
  const source = mark !== middle ? 'band' : mark === fromIndex ? 'index' : mark === mid ? 'mid' : 'last';
  return {
    mark,
    fromIndex,
    ...(mid !== undefined && { mid }),
    ...(last !== undefined && { last }),
    basis,
    source,
    state: next,
  };
}

// What every chain reader believes and doubts, whatever the shape of its file: one row in, one quote or one sentence out.

import { type Instant, isRefusal, type Refusal, refuse } from '../base/index.ts';
import type { ChainSnapshot, FutureQuote, OptionQuote, Touch } from '../market/index.ts';
import type { Listed, ProductId } from '../product/index.ts';
import { isPrice } from './decimal.ts';
import { formatInstant } from './instants.ts';

/** Most quotes in one snapshot; the largest venue lists under 5,000. */
export const CHAIN_QUOTES_MAX = 100_000;
/** Notes spelled out one by one; the rest are counted. */
const NOTES_MAX = 20;
/** Median mark volatilities (decimal) outside this range are a unit mistake, not a market. */
const VOL_MEDIAN_MIN = 0.02;
const VOL_MEDIAN_MAX = 8;

/** One row before it is believed. Prices in the product's own unit, volatility decimal; undefined where the file has none. */
export interface RawQuote {
  readonly row: number;
  readonly product: Listed;
  readonly bid: number | undefined;
  readonly ask: number | undefined;
  readonly mark: number | undefined;
  readonly markVol: number | undefined;
  readonly forward: number | undefined;
  readonly index: number | undefined;
  readonly openInterest: number | undefined;
  /** When the row was observed, where the file says it per row. */
  readonly time?: Instant;
}

/** Gathers one snapshot. `add` answers a refusal when the row makes the file unbelievable. */
export interface ChainBuilder {
  add(raw: RawQuote): Refusal | undefined;
  note(text: string): void;
  finish(): ChainSnapshot | Refusal;
}

/**
 * Collects rows into a snapshot.
 * Refused (the file cannot be believed): an asset for a contract, the same product twice, a negative price or volatility or open interest,
 * an option without a positive forward, a future without a positive mark, volatilities in the wrong unit, no quote at all.
 * Noted (the row is kept or dropped, and `notes` says so): crossed quotes lose both sides; expired contracts are left out.
 * A bid or ask of 0 is none; a mark volatility of 0 is none.
 * @example chainBuilder('a.csv', instant(0), 'row').finish() // refused, empty
 */
export function chainBuilder(source: string, at: Instant, unit: 'row' | 'entry'): ChainBuilder {
  const options: OptionQuote[] = [];
  const futures: FutureQuote[] = [];
  const seen = new Map<ProductId, number>();
  const notes: string[] = [];
  let unsaid = 0;
  const note = (text: string): void => {
    if (notes.length < NOTES_MAX) notes.push(text);
    else unsaid++;
  };
  return {
    note,
    add(raw) {
      const place = `${source} ${unit} ${raw.row}`;
      const { product } = raw;
      const earlier = seen.get(product.id);
      if (earlier !== undefined) {
        const said = `${product.id} is already quoted in ${unit} ${earlier}; remove one of the two.`;
        return refuse('duplicate', said, place);
      }
      if (seen.size >= CHAIN_QUOTES_MAX) {
        return refuse('too-large', `The snapshot has more than ${CHAIN_QUOTES_MAX} quotes; split it.`, place);
      }
      seen.set(product.id, raw.row);
      const doubt = refuseRow(raw, place);
      if (doubt !== undefined) return doubt;
      if ('expiry' in product && product.expiry <= at) {
        note(`${unit} ${raw.row}: ${product.id} had expired by ${formatInstant(at)} and was left out.`);
        return undefined;
      }
      const quote = quoteOf(raw, at, touchOf(raw, unit, note), place);
      if (isRefusal(quote)) return quote;
      if ('row' in quote) options.push(quote);
      else futures.push(quote);
      return undefined;
    },
    finish() {
      if (options.length + futures.length === 0) {
        return refuse(
          'empty',
          `The snapshot of ${formatInstant(at)} has no live quote; take another time or file.`,
          source,
        );
      }
      const doubt = refuseVolUnit(options, source);
      if (doubt !== undefined) return doubt;
      if (unsaid > 0) notes.push(`${unsaid} more notes like these.`);
      const snapshot = { at, source, options, futures, pegs: new Map<string, number>() };
      return notes.length === 0 ? snapshot : { ...snapshot, notes };
    },
  };
}

function quoteOf(
  raw: RawQuote,
  at: Instant,
  touch: Touch,
  place: string,
): OptionQuote | FutureQuote | Refusal {
  const { product } = raw;
  if (product.kind === 'asset') {
    return refuse('unknown-product', `${product.id} is an asset, not a contract; remove the row.`, place);
  }
  if (product.kind !== 'option') {
    if (raw.mark) return { product, mark: raw.mark, ...touch };
    return refuse('no-market', `${product.id} has no mark price; add one or remove the row.`, place);
  }
  if (!raw.forward) {
    const said = `${product.id} has no underlying_price; every option row needs its forward.`;
    return refuse('no-forward', said, place);
  }
  return {
    product,
    row: raw.row,
    ...touch,
    ...(raw.mark === undefined ? {} : { mark: raw.mark }),
    ...(raw.markVol ? { markVol: raw.markVol } : {}),
    forward: raw.forward,
    ...(raw.index ? { index: raw.index } : {}),
    openInterest: raw.openInterest ?? 0,
    ...(raw.time !== undefined && raw.time < at ? { age: at - raw.time } : {}),
  };
}

const SIGNED_FIELDS = ['bid', 'ask', 'mark', 'markVol', 'forward', 'index', 'openInterest'] as const;
const FIELD_WORDS = {
  bid: 'bid',
  ask: 'ask',
  mark: 'mark',
  markVol: 'mark volatility',
  forward: 'underlying price',
  index: 'index price',
  openInterest: 'open interest',
};

function refuseRow(raw: RawQuote, place: string): Refusal | undefined {
  for (const field of SIGNED_FIELDS) {
    const value = raw[field];
    if (value !== undefined && value < 0) {
      const said = `The ${FIELD_WORDS[field]} of ${raw.product.id} is ${value}, below zero; correct or remove the row.`;
      return refuse('out-of-range', said, place);
    }
  }
  for (const field of ['forward', 'index'] as const) {
    const value = raw[field];
    if (value !== undefined && value !== 0 && !isPrice(value)) {
      const said = `The ${FIELD_WORDS[field]} of ${raw.product.id} is ${value}, which is no price; correct or remove the row.`;
      return refuse('out-of-range', said, place);
    }
  }
  return undefined;
}

function touchOf(raw: RawQuote, unit: string, note: (text: string) => void): Touch {
  const bid = raw.bid === 0 ? undefined : raw.bid;
  const ask = raw.ask === 0 ? undefined : raw.ask;
  if (bid !== undefined && ask !== undefined && bid > ask) {
    note(
      `${unit} ${raw.row}: ${raw.product.id} is crossed, bid ${bid} above ask ${ask}; neither side was used.`,
    );
    return {};
  }
  return { ...(bid === undefined ? {} : { bid }), ...(ask === undefined ? {} : { ask }) };
}

function refuseVolUnit(options: readonly OptionQuote[], source: string): Refusal | undefined {
  const vols = options.flatMap((quote) => quote.markVol ?? []).sort((left, right) => left - right);
  const median = vols[vols.length >> 1];
  if (median === undefined || (median >= VOL_MEDIAN_MIN && median <= VOL_MEDIAN_MAX)) return undefined;
  const said = `The median mark volatility is ${median * 100} %, so mark_iv is in the wrong unit; this shape`;
  return refuse(
    'out-of-range',
    `${said} ${median > 1 ? 'wants decimals (0.6)' : 'wants percent (60)'}.`,
    source,
  );
}

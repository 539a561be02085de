// Simulated snapshots in the shapes that real ones come in, so that nothing downstream can tell which it was given.

import {
  type ChainSnapshot,
  type FutureQuote,
  formatDecimal,
  formatInstant,
  type OptionQuote,
  yearsBetween,
} from '@plimsoll/core';
import { blackGreeks } from '@plimsoll/core/kernel';

const CHAIN_HEAD =
  'snapshot_ts,currency,instrument,underlying_index,underlying_price,index_price,bid,ask,mark,mark_iv,delta,vega,oi,volume_24h';
const PERPETUAL_HEAD = 'snapshot_ts,coin,instrument,candle_open_ms,open,high,low,close,price_used';
const FUTURES_HEAD =
  'snapshot_ts,currency,future,option_underlying_price,option_underlying_min,option_underlying_max,candle_price,source';
const MS_PER_MINUTE = 60_000;

/** The options of snapshots as a chain CSV (`snapshot_ts` shape, volatility decimal). @example writeChainCsv(simulateChain({ seed: 1, at })) */
export function writeChainCsv(snapshots: readonly ChainSnapshot[]): string {
  const rows = snapshots.flatMap((snapshot) => snapshot.options.map((quote) => chainRow(snapshot, quote)));
  return lines([CHAIN_HEAD, ...rows]);
}

function chainRow({ at }: ChainSnapshot, quote: OptionQuote): string {
  const { product, forward, markVol } = quote;
  const greeks =
    markVol === undefined
      ? undefined
      : blackGreeks(product.right, forward, product.strike, markVol, yearsBetween(at, product.expiry));
  return [
    formatInstant(at),
    product.underlying,
    product.id,
    underlyingIndex(quote),
    formatDecimal(forward),
    cell(quote.index),
    cell(quote.bid),
    cell(quote.ask),
    cell(quote.mark),
    cell(markVol),
    cell(greeks && rounded(greeks.delta, 1e5)),
    cell(greeks && rounded(greeks.vega / 100, 1e4)),
    formatDecimal(quote.openInterest),
    formatDecimal(rounded(quote.openInterest / 10, 10)),
  ].join(',');
}

/** The venue names the future that prices an expiry; there is one for every simulated expiry or a synthetic one. */
function underlyingIndex({ product }: OptionQuote): string {
  return `SYN.${product.id.split('-').slice(0, 2).join('-')}`;
}

/** The perpetuals of snapshots as a marks CSV. @example writePerpetualsCsv(snapshots).split('\n')[1] // '2026-01-05T09:00:00Z,BTC,BTC-PERPETUAL,...' */
export function writePerpetualsCsv(snapshots: readonly ChainSnapshot[]): string {
  const rows = snapshots.flatMap((snapshot) =>
    futuresOf(snapshot, 'perpetual').map(({ product, mark }) => {
      const open = Math.floor(snapshot.at / MS_PER_MINUTE) * MS_PER_MINUTE;
      const price = formatDecimal(mark);
      return [
        formatInstant(snapshot.at),
        product.underlying,
        product.id,
        open,
        price,
        price,
        price,
        price,
        price,
      ].join(',');
    }),
  );
  return lines([PERPETUAL_HEAD, ...rows]);
}

/** The dated futures of snapshots as a marks CSV. @example writeFuturesCsv(snapshots) */
export function writeFuturesCsv(snapshots: readonly ChainSnapshot[]): string {
  const rows = snapshots.flatMap((snapshot) =>
    futuresOf(snapshot, 'future').map(({ product, mark }) => {
      const price = formatDecimal(mark);
      return [
        formatInstant(snapshot.at),
        product.underlying,
        product.id,
        price,
        price,
        price,
        price,
        'simulated',
      ].join(',');
    }),
  );
  return lines([FUTURES_HEAD, ...rows]);
}

/**
 * One snapshot as `public/get_book_summary_by_currency` answers it, all currencies in one envelope, nulls where there is no quote.
 * @example readChainJson(writeBookSummary(snapshot), { source: 'simulated.json' })
 */
export function writeBookSummary(snapshot: ChainSnapshot): string {
  const stamp = `"creation_timestamp":${snapshot.at}`;
  const options = snapshot.options.map((quote) => {
    const { product, markVol } = quote;
    return entry(product.id, quote, quote.mark, [
      `"underlying_price":${formatDecimal(quote.forward)}`,
      `"underlying_index":${JSON.stringify(underlyingIndex(quote))}`,
      `"mark_iv":${markVol === undefined ? 'null' : percent(markVol)}`,
      `"estimated_delivery_price":${number(quote.index)}`,
      `"open_interest":${formatDecimal(quote.openInterest)}`,
      `"volume":${formatDecimal(rounded(quote.openInterest / 10, 10))}`,
      '"interest_rate":0',
      stamp,
    ]);
  });
  const futures = snapshot.futures.map((quote) =>
    entry(quote.product.id, quote, quote.mark, ['"open_interest":0', '"volume":0', stamp]),
  );
  return `{"jsonrpc":"2.0","result":[\n${[...options, ...futures].join(',\n')}\n]}\n`;
}

function entry(
  name: string,
  touch: { readonly bid?: number; readonly ask?: number },
  mark: number | undefined,
  more: readonly string[],
): string {
  const { bid, ask } = touch;
  const mid = bid === undefined || ask === undefined ? undefined : rounded((bid + ask) / 2, 1e8);
  return `{${[
    `"instrument_name":${JSON.stringify(name)}`,
    `"bid_price":${number(bid)}`,
    `"ask_price":${number(ask)}`,
    `"mid_price":${number(mid)}`,
    `"mark_price":${number(mark)}`,
    ...more,
  ].join(',')}}`;
}

/** Percent by moving the point in the text, so that no bit is lost. */
function percent(vol: number): string {
  const [whole = '', fraction = ''] = formatDecimal(vol).split('.');
  const digits = fraction.padEnd(2, '0');
  const shifted = `${whole}${digits.slice(0, 2)}`.replace(/^0+(?=\d)/, '');
  return digits.length > 2 ? `${shifted}.${digits.slice(2)}` : shifted;
}

function futuresOf(snapshot: ChainSnapshot, kind: FutureQuote['product']['kind']): readonly FutureQuote[] {
  return snapshot.futures.filter((quote) => quote.product.kind === kind);
}

const cell = (value: number | undefined): string => (value === undefined ? '' : formatDecimal(value));
const number = (value: number | undefined): string => (value === undefined ? 'null' : formatDecimal(value));
const rounded = (value: number, scale: number): number => Math.round(value * scale) / scale;
const lines = (rows: readonly string[]): string => `${rows.join('\n')}\n`;

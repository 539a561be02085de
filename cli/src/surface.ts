// plimsoll surface: the fitted smile per expiry, next to the quotes it came from.

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  atmVol,
  type ChainSnapshot,
  compareText,
  DAYS_PER_YEAR,
  type ExpiryReport,
  type FitReport,
  fitPolicy,
  fitReport,
  formatExpiry,
  isRefusal,
  type Market,
  type Refusal,
  type RefusedSlice,
  refuse,
  type Slice,
  type UnderlyingMarket,
  type VolQuote,
  volAt,
  volQuotes,
  writeMarket,
} from '@plimsoll/core';
import { exp } from '@plimsoll/core/kernel';
import type { Command } from 'commander';
import { addMarketOptions, loadMarket, loadSnapshot, type MarketOptions } from './load.ts';
import { giveUp, remark, say, sayJson } from './output.ts';
import { surfaceSvg } from './surface-svg.ts';
import { saySurface, surfaceJson } from './surface-table.ts';

interface SurfaceOptions extends MarketOptions {
  readonly underlying?: readonly string[];
  readonly expiry?: readonly string[];
  readonly svg?: string;
  readonly save?: string;
  readonly quotes?: boolean;
  readonly json?: boolean;
}

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
export interface RefusedView extends RefusedSlice {
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

/** Adds the verb `surface`. */
export function addSurface(program: Command): void {
  addMarketOptions(program.command('surface'))
    .description('the fitted smile per expiry next to its quotes: table, picture, arbitrage checks')
    .option('--underlying <coin...>', 'only these coins, e.g. BTC')
    .option('--expiry <date...>', 'only these expiries, e.g. 27MAR26')
    .option('--quotes', 'every strike: bid, mid, ask and model volatility')
    .option('--svg <file>', 'write a picture of what is shown')
    .option('--save <file>', 'write the whole fitted market as JSON, for --market')
    .option('--json', 'print JSON for programs')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll surface --chain chain.csv.gz --underlying BTC --svg smiles.svg\n  plimsoll surface --chain btc.json eth.json --save market.json --quotes --expiry 27MAR26',
    )
    .action(runSurface);
}

async function runSurface(options: SurfaceOptions): Promise<void> {
  const clash = clashOf(options);
  if (clash !== undefined) return giveUp(clash, 2);
  const whole = await loadSurface(options);
  if (isRefusal(whole)) return giveUp(whole);
  const view = narrow(whole, options);
  if (isRefusal(view)) return giveUp(view);
  const tell = options.json ? remark : say;
  const written: string[] = [];
  const outputs = [
    [options.svg, 'picture', () => surfaceSvg(view)],
    [options.save, 'market', () => writeMarket(view.market)],
  ] as const;
  for (const [path, what, text] of outputs) {
    if (path === undefined) continue;
    const failed = await write(path, text());
    if (failed !== undefined) return giveUp(failed);
    written.push(`${what}: ${path}`);
  }
  if (options.json) sayJson(surfaceJson(view));
  else saySurface(view, options.quotes === true);
  if (written.length > 0 && !options.json) tell('');
  for (const line of written) tell(line);
}

/** Overwriting an input, or one output with the other, is never what was meant. */
function clashOf({ svg, save, chain, market, perpetuals }: SurfaceOptions): Refusal | undefined {
  const taken = new Set(
    [...(chain ?? []), ...(perpetuals ?? []), ...(market ? [market] : [])].map((path) => resolve(path)),
  );
  for (const path of [svg, save]) {
    if (path === undefined) continue;
    if (taken.has(resolve(path)))
      return refuse('malformed', 'This file is already named by another option; write to another.', path);
    taken.add(resolve(path));
  }
  return undefined;
}

async function write(path: string, text: string): Promise<Refusal | undefined> {
  try {
    await writeFile(path, text);
    return undefined;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    return refuse(
      'malformed',
      `The file cannot be written (${code}); check its folder and permissions.`,
      path,
    );
  }
}

async function loadSurface(options: SurfaceOptions): Promise<SurfaceView | Refusal> {
  if (options.market !== undefined || options.chain === undefined) {
    const loaded = await loadMarket(options);
    return isRefusal(loaded) ? loaded : viewOf(loaded.market, loaded.notes);
  }
  const snapshot = await loadSnapshot(options);
  if (isRefusal(snapshot)) return snapshot;
  const report = fitReport(snapshot);
  return isRefusal(report) ? report : viewOf(report.market, snapshot.notes ?? [], { snapshot, report });
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
  const atm = atmVol(slice);
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

/** The slice's volatility at a log-moneyness. */
export function volAtMoneyness(slice: Slice, k: number): number {
  return volAt(slice, slice.smileForward * exp(k));
}

/** Bisection on d1(k) = -k/s + s/2, which falls with k in a smile free of arbitrage; undefined when 16 deviations do not reach it. */
function volAtD1(slice: Slice, d1: number): number | undefined {
  const stdev = (k: number) => volAtMoneyness(slice, k) * Math.sqrt(slice.years);
  const above = (k: number) => -k / stdev(k) + stdev(k) / 2 > d1;
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

/** The coins and expiries that were asked for; a name that is not there is refused, not ignored. */
function narrow(view: SurfaceView, { underlying, expiry }: SurfaceOptions): SurfaceView | Refusal {
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

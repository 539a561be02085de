// A market out of an answer, where the answer has enough of one; otherwise its prices are held against the market that was given.

import { type Instant, isRefusal, type Refusal, refuse } from '../../base/index.ts';
import {
  assetUsd,
  type ForwardMark,
  type Market,
  marketDigest,
  type UnderlyingMarket,
} from '../../market/index.ts';
import { price } from '../../pricing/index.ts';
import { compareText, type Product } from '../../product/index.ts';
import { withExpiries } from '../../risk/index.ts';
import type { VenuePrice, VenueReport } from './report.ts';

const priceIn = (prices: readonly VenuePrice[], kind: VenuePrice['kind'], of: string): number | undefined =>
  prices.find((price) => price.kind === kind && price.of === of)?.value;

/** Dollars per unit of what a price is counted in. */
function unitUsd(prices: readonly VenuePrice[], unit: string): number {
  return unit === 'USD' ? 1 : (priceIn(prices, 'peg', unit) ?? priceIn(prices, 'index', unit) ?? 1);
}

function markUsd(prices: readonly VenuePrice[], of: string): number | undefined {
  const price = prices.find((one) => one.kind === 'mark' && one.of === of);
  return price === undefined ? undefined : price.value * unitUsd(prices, price.unit);
}

/**
 * The market an answer states (M-125): index and marks of what it holds, no vols. Refuses (`no-market`) options, which need vols, a coin
 * without an index, and an answer that does not say when, unless `at` does.
 * @example marketOf(report).underlyings[0].index // 65666.19
 */
export function marketOf(report: VenueReport, at: Instant | undefined = report.at): Market | Refusal {
  const held = [...report.positions, ...report.orders].map(({ product }) => product);
  const where = report.answers.map(({ source }) => source).join(' + ');
  const no = (said: string) => refuse('no-market', said, where);
  const option = held.find(({ kind }) => kind === 'option' || kind === 'structured');
  if (option !== undefined) {
    return no(`it holds ${option.id} and states no vols; give --chain or --market of the same moment.`);
  }
  if (report.unlisted !== undefined && report.prices.length === 0) {
    return no(`it says neither what is held nor at which prices; give ${report.unlisted} as well.`);
  }
  if (at === undefined) return no('it does not say when it was computed; say it with --at TIME.');
  const stable = new Set(report.prices.flatMap(({ kind, of }) => (kind === 'peg' ? [of] : [])));
  const coins = new Set([
    ...held.map(({ underlying }) => underlying),
    ...report.prices.flatMap(({ kind, of }) => (kind === 'index' && !stable.has(of) ? [of] : [])),
  ]);
  const underlyings: UnderlyingMarket[] = [];
  for (const coin of [...coins].sort(compareText)) {
    const index = priceIn(report.prices, 'index', coin);
    if (index === undefined) return no(`it states no index of ${coin}; give --chain or --market.`);
    underlyings.push(coinMarket(coin, index, held, report.prices));
  }
  if (underlyings.length === 0) return no('it states no price; give --chain or --market of the same moment.');
  // What settles in an asset without a price here is taken at par by the book, which says so.
  const pegs = [...stable]
    .filter((asset) => asset !== 'USD')
    .map((asset) => [asset, priceIn(report.prices, 'peg', asset)!] as const);
  const levels = [...pegs, ['USD', 1] as const].sort(([left], [right]) => compareText(left, right));
  const market = { at, source: where, underlyings, pegs: new Map(levels), touches: new Map() };
  return { ...market, digest: marketDigest(market) };
}

function coinMarket(
  underlying: string,
  index: number,
  held: readonly Product[],
  prices: readonly VenuePrice[],
): UnderlyingMarket {
  const own = held.filter((product) => product.underlying === underlying);
  const perpetual = own.find(({ kind }) => kind === 'perpetual');
  const futures = new Map<number, ForwardMark>();
  for (const product of own) {
    const forward = markUsd(prices, product.id);
    if (product.kind === 'future' && forward !== undefined && !futures.has(product.expiry)) {
      futures.set(product.expiry, { expiry: product.expiry, forward });
    }
  }
  return {
    underlying,
    index,
    indexUncertainty: 0,
    perpetual: (perpetual === undefined ? undefined : markUsd(prices, perpetual.id)) ?? index,
    futures: [...futures.values()].sort((left, right) => left.expiry - right.expiry),
    slices: [],
    refused: [],
  };
}

/** A price of the answer beside the market's. */
export interface PriceCheck {
  readonly price: VenuePrice;
  /** The market's, in the same unit; undefined where it has none. */
  readonly ours: number | undefined;
}

/**
 * Every price of an answer beside the market's (M-125): margins differ at least as prices do. Marks of options are those of the smiles.
 * @example pricesBeside(report, market)[0] // { price: { of: 'BTC', value: 65666.19, ... }, ours: 65670.2 }
 */
export function pricesBeside(report: VenueReport, market: Market): readonly PriceCheck[] {
  const products = new Map(
    [...report.positions, ...report.orders].map(({ product }) => [product.id, product]),
  );
  const priced = withExpiries(market, [...products.values()]);
  return report.prices.map((one): PriceCheck => {
    if (one.kind !== 'mark') return { price: one, ours: assetUsd(market, one.of) };
    const product = products.get(one.of);
    const known = product === undefined ? undefined : price(product, priced);
    return { price: one, ours: known === undefined || isRefusal(known) ? undefined : known.mark };
  });
}

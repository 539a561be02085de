// What a book's value hangs on that a history says nothing of: where that is most of its risk, the history's tail is not the book's (M-187).

import {
  type FactorHistory,
  factorId,
  formatInstant,
  type Instant,
  type Market,
  type Portfolio,
  type Product,
  underlyingOf,
  volAt,
  yearsBetween,
} from '@plimsoll/core';
import { blackGreeks } from '@plimsoll/core/kernel';

/** A book whose deltas cancel between forwards to less than this share of their sum moves with what is between forwards, not with spot. */
const DELTA_LEFT = 0.1;
/** The same of vegas between expiries: their vols part by a third to a half of what they move together. */
const VEGA_LEFT = 0.5;

/** Options that end within so many horizons live by the passing of time, and windows hold time still. */
const HORIZONS_LEFT = 2;
const HOUR_MS = 3_600_000;

/** Coins of delta by forward (`spot`, `perpetual`, an expiry) and dollars of vega by expiry. */
interface Exposure {
  readonly deltas: Map<string, number>;
  readonly vegas: Map<string, number>;
}

const add = (into: Map<string, number>, key: string, amount: number) =>
  into.set(key, (into.get(key) ?? 0) + amount);

function layOption(
  product: Product & { kind: 'option' },
  quantity: number,
  market: Market,
  into: Exposure,
): void {
  const slice = underlyingOf(market, product.underlying)?.slices.find(
    ({ expiry }) => expiry === product.expiry,
  );
  if (slice === undefined) return;
  const vol = volAt(slice, product.strike);
  const years = yearsBetween(market.at, product.expiry);
  const { delta, vega } = blackGreeks(product.right, slice.forward, product.strike, vol, years);
  const expiry = formatInstant(product.expiry as Instant);
  add(into.deltas, expiry, quantity * delta);
  add(into.vegas, expiry, quantity * vega);
}

function exposuresOf({ balances, positions }: Portfolio, market: Market): Map<string, Exposure> {
  const coins = new Map<string, Exposure>();
  const of = (coin: string) => {
    const own = coins.get(coin) ?? { deltas: new Map(), vegas: new Map() };
    coins.set(coin, own);
    return own;
  };
  for (const { asset, quantity } of balances) {
    if (underlyingOf(market, asset) !== undefined) add(of(asset).deltas, 'spot', quantity);
  }
  for (const { product, quantity } of positions) {
    const coin = underlyingOf(market, product.underlying);
    if (coin === undefined) continue;
    const own = of(product.underlying);
    if (product.kind === 'option') layOption(product, quantity, market, own);
    if (product.kind !== 'perpetual' && product.kind !== 'future') continue;
    const forward = product.kind === 'future' ? formatInstant(product.expiry as Instant) : 'perpetual';
    add(own.deltas, forward, product.settlement === 'inverse' ? quantity / coin.index : quantity);
  }
  return coins;
}

function isNetted(parts: Map<string, number>, left: number): boolean {
  if (parts.size < 2) return false;
  let [net, gross] = [0, 0];
  for (const part of parts.values()) {
    net += part;
    gross += Math.abs(part);
  }
  return Math.abs(net) < left * gross;
}

const endsSoon = ({ positions }: Portfolio, coin: string, at: number, hours: number) =>
  positions.some(
    ({ product }) =>
      product.kind === 'option' &&
      product.underlying === coin &&
      product.expiry - at <= HORIZONS_LEFT * hours * HOUR_MS,
  );

/**
 * Factors that a book's value hangs on at first order and a history does not have: the spot of a coin, the vol of a coin with options; where deltas cancel
 * between forwards the premium and the term of forwards; where vegas cancel between expiries the term of vols; time, where an option ends within two
 * horizons. Empty where the history covers the book.
 * @example missingFactors(longPerpetualShortFuture, market, spots) // ['premium:BTC', 'term:BTC']
 */
export function missingFactors(
  portfolio: Portfolio,
  market: Market,
  history: FactorHistory,
  hours = 24,
): string[] {
  const known = new Set(history.factors.map(factorId));
  return [...exposuresOf(portfolio, market)].flatMap(([coin, { deltas, vegas }]) => {
    const forwards = isNetted(deltas, DELTA_LEFT) ? [...deltas.keys()] : [];
    const asked = [
      `spot:${coin}`,
      ...(vegas.size > 0 ? [`vol:${coin}`] : []),
      ...(forwards.includes('perpetual') ? [`premium:${coin}`] : []),
      ...(forwards.some((name) => name !== 'perpetual' && name !== 'spot') ? [`term:${coin}`] : []),
      ...(isNetted(vegas, VEGA_LEFT) ? [`vol term:${coin}`] : []),
      ...(endsSoon(portfolio, coin, market.at, hours) ? [`time:${coin}`] : []),
    ];
    return asked.filter((name) => !known.has(name));
  });
}

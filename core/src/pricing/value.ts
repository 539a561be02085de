// What one unit of a product is worth. One valuer per kind; the reference pricer, never the array kernel.

import { DAYS_PER_YEAR, isRefusal, type Refusal, refuse } from '../base/index.ts';
import { blackGreeks, blackPrice } from '../kernel/index.ts';
import {
  assetUsd,
  discountOf,
  type Market,
  sliceAt,
  type UnderlyingMarket,
  underlyingOf,
  volAt,
} from '../market/index.ts';
import type { Future, Margined, Option, Perpetual, Product } from '../product/index.ts';
import { greeksStructured, priceStructured } from './structured.ts';

/** A mark in the product's own price unit, and what one unit of the product is worth in dollars. */
export interface Price {
  /** USD per asset unit; USD (or settle asset) per coin for futures; coins (or settle asset) per coin for options; else settle asset per unit. */
  readonly mark: number;
  /** Dollars per unit held. Zero for what is margined (futures, perpetuals), whose profit is paid out at the mark. */
  readonly usd: number;
}

/** Sensitivities of one unit held, in dollars and coins. */
export interface Greeks {
  /** Coins of the underlying: the change in dollars per dollar of index. */
  readonly delta: number;
  /** Change of delta per dollar of index. */
  readonly gamma: number;
  /** Dollars per vol point (0.01). */
  readonly vega: number;
  /** Dollars per day with everything else still. */
  readonly theta: number;
}

function missing(product: Product): Refusal {
  return refuse(
    'no-market',
    `there is no market for ${product.underlying}; give a chain or index that covers it, or remove the position.`,
    product.id,
  );
}

/** USD per unit of what a contract settles in; the coin's index when inverse. */
function settleUsd(product: Perpetual | Future | Option, market: Market): number | undefined {
  return assetUsd(market, product.settleAsset);
}

/** USD per coin at which a perpetual or dated future is marked. Dated futures without a mark take the option forward. */
export function futureMark(product: Perpetual | Future, market: UnderlyingMarket): number | Refusal {
  if (product.kind === 'perpetual') return market.perpetual;
  const listed = market.futures.find((mark) => mark.expiry === product.expiry);
  if (listed !== undefined) return listed.forward;
  const slice = sliceAt(market, product.expiry);
  return isRefusal(slice) ? slice : slice.forward;
}

function priceFuture(product: Perpetual | Future, market: Market, coin: UnderlyingMarket): Price | Refusal {
  const mark = futureMark(product, coin);
  if (isRefusal(mark)) return mark;
  const settle = settleUsd(product, market);
  if (settle === undefined) return unknownAsset(product);
  return { mark: product.settlement === 'inverse' ? mark : mark / settle, usd: 0 };
}

function priceOption(product: Option, market: Market, coin: UnderlyingMarket): Price | Refusal {
  const slice = sliceAt(coin, product.expiry);
  if (isRefusal(slice)) return slice;
  const settle = settleUsd(product, market);
  if (settle === undefined) return unknownAsset(product);
  // Inverse strikes are dollars; linear strikes are in the settle asset and become dollars at its peg.
  const strike = product.settlement === 'inverse' ? product.strike : product.strike * settle;
  const stdev = volAt(slice, strike) * Math.sqrt(slice.years);
  const dollars = blackPrice(product.right, slice.forward, strike, stdev);
  // Deribit settles in coins per coin of forward; the coin itself is worth the index, not the forward.
  if (product.settlement === 'inverse') {
    const mark = dollars / slice.forward;
    return { mark, usd: mark * coin.index };
  }
  const usd = discountOf(slice) * dollars;
  return { mark: usd / settle, usd };
}

function unknownAsset(product: Perpetual | Future | Option): Refusal {
  return refuse(
    'unknown-asset',
    `there is no dollar price for ${product.settleAsset}, in which it settles; state it as a peg.`,
    product.id,
  );
}

/**
 * The mark of a product and the dollar worth of one unit, by the reference pricer (relative error 1e-12).
 * Refuses when the market does not cover the product.
 * @example price({ kind: 'asset', id: 'BTC', underlying: 'BTC' }, market) // { mark: 65000, usd: 65000 }
 */
export function price(product: Product, market: Market): Price | Refusal {
  if (product.kind === 'asset') {
    const level = assetUsd(market, product.id);
    if (level === undefined) {
      return refuse(
        'unknown-asset',
        `there is no dollar price for ${product.id}; give a chain or a perpetual's mark for it, or its peg if it is stable.`,
        product.id,
      );
    }
    return { mark: level, usd: level };
  }
  const coin = underlyingOf(market, product.underlying);
  if (coin === undefined) return missing(product);
  if (product.kind === 'structured') return priceStructured(product, market, coin);
  return product.kind === 'option' ? priceOption(product, market, coin) : priceFuture(product, market, coin);
}

/**
 * Profit of one unit of a margined product from `entry` to `mark`, in units of its settle asset.
 * Inverse future: `1 / entry - 1 / mark` coins per dollar of notional. Linear, and structured: `mark - entry` per unit.
 * @example futureProfit(inversePerpetual, 60_000, 54_000) * 60_000 // -0.1111 coins: long 60,000 USD, 10 % down
 */
export function futureProfit(product: Margined, entry: number, mark: number): number {
  const perDollar = product.kind !== 'structured' && product.settlement === 'inverse';
  return perDollar ? 1 / entry - 1 / mark : mark - entry;
}

function optionGreeks(product: Option, market: Market, coin: UnderlyingMarket): Greeks | Refusal {
  const slice = sliceAt(coin, product.expiry);
  if (isRefusal(slice)) return slice;
  const settle = settleUsd(product, market);
  if (settle === undefined) return unknownAsset(product);
  const strike = product.settlement === 'inverse' ? product.strike : product.strike * settle;
  const black = blackGreeks(product.right, slice.forward, strike, volAt(slice, strike), slice.years);
  // An inverse option is worth C(F) S / F with F = kappa S: delta is Black's, gamma gains kappa, vega and theta lose it.
  const kappa = product.settlement === 'inverse' ? slice.forward / coin.index : 1;
  const perIndex = slice.forward / coin.index;
  if (product.settlement === 'inverse') {
    const vega = black.vega / kappa / 100;
    return {
      delta: black.delta,
      gamma: black.gamma * perIndex,
      vega,
      theta: black.theta / kappa / DAYS_PER_YEAR,
    };
  }
  // A discounted value grows by the rate while time passes.
  const discount = discountOf(slice);
  const worth = blackPrice(
    product.right,
    slice.forward,
    strike,
    volAt(slice, strike) * Math.sqrt(slice.years),
  );
  return {
    delta: discount * black.delta * perIndex,
    gamma: discount * black.gamma * perIndex * perIndex,
    vega: (discount * black.vega) / 100,
    theta: (discount * (black.theta + (slice.rate ?? 0) * worth)) / DAYS_PER_YEAR,
  };
}

/**
 * Sensitivities of one unit: Black's greeks carried into dollars and coins at the index; of a structured product difference quotients.
 * @example greeks({ kind: 'asset', id: 'BTC', underlying: 'BTC' }, market) // { delta: 1, gamma: 0, vega: 0, theta: 0 }
 */
export function greeks(product: Product, market: Market): Greeks | Refusal {
  const still = { gamma: 0, vega: 0, theta: 0 };
  const coin = underlyingOf(market, product.underlying);
  if (product.kind === 'asset') {
    const level = assetUsd(market, product.id);
    if (coin === undefined || level === undefined) return { delta: 0, ...still };
    return { delta: level === coin.index ? 1 : level / coin.index, ...still };
  }
  if (coin === undefined) return missing(product);
  if (product.kind === 'option') return optionGreeks(product, market, coin);
  if (product.kind === 'structured') return greeksStructured(product, market, coin);
  const mark = futureMark(product, coin);
  if (isRefusal(mark)) return mark;
  // Long one dollar of inverse notional is long 1 / mark coins; long one linear coin moves with the forward.
  return { delta: product.settlement === 'inverse' ? 1 / mark : mark / coin.index, ...still };
}

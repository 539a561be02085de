// What can be held. A product is plain data under the venue's own name; nothing here knows a price.

import type { Instant } from '../base/index.ts';
import { KINKS_MAX, type Payoff } from './payoff.ts';

/** An asset code as the venue writes it: BTC, ETH, USDC, USD. */
export type AssetCode = string;
/** A product's name as the venue writes it, e.g. `BTC-27MAR26-90000-C`. */
export type ProductId = string;

/**
 * How a contract pays.
 * `inverse`: quoted against USD, settled in the underlying coin; futures and perpetuals are held in USD of notional, options in coins.
 * `linear`: quoted and settled in `settleAsset`; held in coins.
 */
export type Settlement = 'inverse' | 'linear';

interface Named {
  readonly id: ProductId;
  /** The coin whose price drives the product. */
  readonly underlying: AssetCode;
}

interface Contract extends Named {
  readonly settlement: Settlement;
  /** What profit and premium are paid in: the underlying when inverse, a stable asset when linear. */
  readonly settleAsset: AssetCode;
}

/** The asset itself: a balance, a coin in a wallet. Held in units of the asset. */
export interface SpotAsset extends Named {
  readonly kind: 'asset';
}

/** A future without expiry. Price in USD (inverse) or the settle asset (linear) per coin. */
export interface Perpetual extends Contract {
  readonly kind: 'perpetual';
}

/** A dated future. Price as for the perpetual. */
export interface Future extends Contract {
  readonly kind: 'future';
  readonly expiry: Instant;
}

/** A European option on the forward. Inverse: strike in USD, price in coins per coin. Linear: both in the settle asset. */
export interface Option extends Contract {
  readonly kind: 'option';
  readonly expiry: Instant;
  readonly strike: number;
  readonly right: 'call' | 'put';
}

/**
 * Any other payoff on one coin. `premium`: paid for up front, its mark counts in equity and is never below zero. `margined`: worth zero at
 * the mark, its profit is `quantity (mark - entry)` in the settle asset. Both are quoted in the settle asset per unit held.
 */
interface StructuredOf<Style> extends Contract {
  readonly kind: 'structured';
  readonly style: Style;
  readonly expiry?: Instant;
  readonly payoff: Payoff;
}

export type Structured = StructuredOf<'premium'> | StructuredOf<'margined'>;
export type Product = SpotAsset | Perpetual | Future | Option | Structured;
/** What a venue lists under a name of its grammar. */
export type Listed = Exclude<Product, Structured>;
export type Dated = Future | Option;
/** What is paid for up front and counts in equity. */
export type Premium = Option | StructuredOf<'premium'>;
/** What is worth zero at the mark and pays profit since its entry. */
export type Margined = Perpetual | Future | StructuredOf<'margined'>;

/** Whether a product is paid for up front, as options are. @example isPremium(call) // true */
export function isPremium(product: Product): product is Premium {
  return product.kind === 'option' || (product.kind === 'structured' && product.style === 'premium');
}

/** Whether a product pays profit since its entry, as futures and perpetuals do. @example isMargined(perpetual) // true */
export function isMargined(product: Product): product is Margined {
  return product.kind !== 'asset' && !isPremium(product);
}

/** The expiry of a dated product, or undefined. @example expiryOf({ kind: 'asset', id: 'BTC', underlying: 'BTC' }) // undefined */
export function expiryOf(product: Product): Instant | undefined {
  return product.kind === 'asset' || product.kind === 'perpetual' ? undefined : product.expiry;
}

/** Strikes at which a product has kinks: an option's own, those a payoff names. @example strikesOf(call) // [90000] */
export function strikesOf(product: Product): readonly number[] {
  if (product.kind === 'option') return [product.strike];
  return product.kind === 'structured' ? (product.payoff.strikes ?? []).slice(0, KINKS_MAX) : [];
}

/** Stated order of products: underlying, then undated before dated, expiry, strike, name. Sweeps walk it, so it is part of the bits. */
export function compareProducts(left: Product, right: Product): number {
  return (
    compareText(left.underlying, right.underlying) ||
    (expiryOf(left) ?? 0) - (expiryOf(right) ?? 0) ||
    (left.kind === 'option' ? left.strike : 0) - (right.kind === 'option' ? right.strike : 0) ||
    compareText(left.id, right.id)
  );
}

/** Code-unit order; locale-free, so the same everywhere. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

// What can be held. A product is plain data under the venue's own name; nothing here knows a price.

import type { Instant } from '../base/index.ts';

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

export type Product = SpotAsset | Perpetual | Future | Option;
export type Dated = Future | Option;

/** The expiry of a dated product, or undefined. @example expiryOf({ kind: 'asset', id: 'BTC', underlying: 'BTC' }) // undefined */
export function expiryOf(product: Product): Instant | undefined {
  return product.kind === 'future' || product.kind === 'option' ? product.expiry : undefined;
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

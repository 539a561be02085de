// What is held and traded, in integers: the scale of an asset, the lot and tick of a product, what a quantity at a price is worth.

import type { Product, ProductId } from '../product/index.ts';
import { type Lots, PRICE_DECIMALS, PRICE_SCALE, type PriceUnits, type Units } from './words.ts';

/** An asset that can be held. */
export interface AssetTerms {
  readonly asset: string;
  /** A unit is `10^-decimals` of the asset; 0 to 18. */
  readonly decimals: number;
  /** Interest on what is owed, a year of 365 days, simple: 0.1 is 10 %. */
  readonly borrowRate: number;
  /** The most an account may owe in it, units; 0 where it may not be owed. */
  readonly borrowMax: Units;
}

/** What can be traded: everything but assets. */
export type Tradable = Exclude<Product, { kind: 'asset' }>;

/** A product with its scale. A lot is `lot x 10^-lotDecimals` of what the product is held in. */
export interface ProductTerms {
  readonly product: Tradable;
  readonly lot: number;
  readonly lotDecimals: number;
  /** Prices are multiples of it. */
  readonly tick: PriceUnits;
}

/** What a product lets happen. `settled`: it has a final price and waits to be paid out. */
export type ProductMode = 'live' | 'reduce-only' | 'halted' | 'settled';

/** Whether a product is quoted against dollars and pays coins. */
function isInverseFuture({ product }: ProductTerms): boolean {
  return product.settlement === 'inverse' && (product.kind === 'perpetual' || product.kind === 'future');
}

const TENS = Array.from({ length: 31 }, (_, n) => Number(`1e${n}`));

/** `10^n` as the double nearest to it, `n` from 0 to 30: engines may differ in powers. @example tenTo(8) // 100000000 */
export function tenTo(n: number): number {
  return TENS[n]!;
}

/** A quantity in the product's own unit, for models. @example quantityOf(terms, 3) // 0.3: a lot is 0.1 */
export function quantityOf({ lot, lotDecimals }: ProductTerms, lots: Lots): number {
  return (lots * lot) / tenTo(lotDecimals);
}

/** A price as models read it. */
export function priceOf(price: PriceUnits): number {
  return price / PRICE_SCALE;
}

/** The price nearest to a number, at least one unit. */
export function priceUnits(price: number): PriceUnits {
  return Math.max(1, Math.round(price * PRICE_SCALE));
}

/**
 * What `lots` at a price cost, in units of the settle asset: `q p`; of inverse futures and perpetuals `-q / p`, so that the profit from one
 * price to another is the difference either way. Rounded towards zero, the same for both sides of a trade: what one pays the other gets.
 * @example costOf(linear, 2, price) // two lots at the price
 */
export function costOf(terms: ProductTerms, lots: Lots, price: PriceUnits, { decimals }: AssetTerms): Units {
  const size = BigInt(lots) * BigInt(terms.lot);
  const scale = 10n ** BigInt(decimals);
  const lotScale = 10n ** BigInt(terms.lotDecimals);
  if (isInverseFuture(terms)) {
    return -(size * BigInt(PRICE_SCALE) * scale) / (BigInt(price) * lotScale);
  }
  return (size * BigInt(price) * scale) / (lotScale * 10n ** BigInt(PRICE_DECIMALS));
}

/** The price at which `lots` cost so much: the entry that a model is shown; undefined where nothing was paid. */
export function entryOf(
  terms: ProductTerms,
  lots: Lots,
  cost: Units,
  { decimals }: AssetTerms,
): number | undefined {
  const quantity = quantityOf(terms, lots);
  const paid = Number(cost) / tenTo(decimals);
  if (quantity === 0 || paid === 0) return undefined;
  const entry = isInverseFuture(terms) ? -quantity / paid : paid / quantity;
  return entry > 0 && Number.isFinite(entry) ? entry : undefined;
}

/** A product's final price from the index it settles at: the intrinsic value of an option, rounded down; the index of a future. */
export function settlePrice({ product }: ProductTerms, index: PriceUnits): PriceUnits {
  if (product.kind !== 'option') return index;
  const strike = Math.round(product.strike * PRICE_SCALE);
  const above = product.right === 'call' ? index - strike : strike - index;
  if (above <= 0) return 0;
  if (product.settlement === 'linear') return above;
  return Number((BigInt(above) * BigInt(PRICE_SCALE)) / BigInt(index));
}

export type ProductMap = ReadonlyMap<ProductId, ProductTerms>;

// What charges look at, in columns: everything of a book that a requirement without open orders is made of beside the lanes. For bodies that know no products.

import { type Instant, type Refusal, refuse } from '../base/index.ts';
import { expiryOf, isPremium, type Option, type Product } from '../product/index.ts';
import type { RiskBook } from '../risk/index.ts';
import { basisRate, bendOf, closingUnit, pegShare } from './charges.ts';
import { millionthsOf } from './lines.ts';
import { type GridBook, isExpiring } from './models/grid-lines.ts';
import { saleOf } from './option-value.ts';
import { coinParameters, type GridParameters } from './parameters.ts';

/** What a row is: bits of `ChargeSheet.kinds`. */
export const ROW_KINDS = {
  asset: 1,
  /** Paid for up front, as options are. */
  premium: 2,
  /** In its settlement window: judged with and without. */
  expiring: 4,
  /** Expired and not yet paid: only the model knows. */
  expired: 8,
  put: 16,
} as const;

/** Numbers of a coin, in this order: `ChargeSheet.coins[COIN_NUMBERS.length u + k]`. */
export const COIN_NUMBERS = [
  /** Dollars a coin; 0 for an asset that is no coin. */
  'index',
  /** `Y x daily move`, and the volume it is measured against (M-22, M-24). */
  'deltaImpact',
  'deltaVolume',
  /** The same of vega (M-23). */
  'vegaImpact',
  'vegaVolume',
  /** Value of a balance from which on the cap is charged, dollars (M-24). */
  'bend',
  /** How wrong the index may be (M-28). */
  'uncertainty',
  /** Level and charged share of an asset that is no coin (M-29). */
  'peg',
  'pegShare',
] as const;
export type CoinNumber = (typeof COIN_NUMBERS)[number];

/** Charges of a book as columns; dollars per unit held unless said otherwise. */
export interface ChargeSheet {
  /** By row. `vega` is its size; `spread` and `fee` are what closing costs (M-21); `confidence` what a wrong vol does (M-27). */
  readonly value: Float64Array;
  readonly delta: Float64Array;
  readonly vega: Float64Array;
  readonly spread: Float64Array;
  readonly fee: Float64Array;
  readonly confidence: Float64Array;
  /** What a long option would bring, and that as a share of its value; 0 for others and where it is worth nothing (M-30). */
  readonly sale: Float64Array;
  readonly sold: Float64Array;
  readonly kinds: Uint8Array;
  /** Options that may cover each other have one number from 0 on, others -1 (M-25); those nearer to the money have the lesser distance. */
  readonly chain: Int32Array;
  readonly distance: Float64Array;
  /** By bucket: the basis rate of its expiry (M-26). */
  readonly basis: Float64Array;
  readonly coins: Float64Array;
  readonly collateralCap: number;
  readonly optionValueCap: number;
  readonly shortMinimum: Readonly<Record<'maintenance' | 'initial', number>>;
  /** The release buffer in millionths, rounded up (M-19). */
  readonly buffer: bigint;
}

function kindsOf(product: Product, at: Instant): number {
  const expiry = expiryOf(product);
  return (
    (product.kind === 'asset' ? ROW_KINDS.asset : 0) |
    (isPremium(product) ? ROW_KINDS.premium : 0) |
    (isExpiring(product, at) ? ROW_KINDS.expiring : 0) |
    (expiry !== undefined && expiry <= at ? ROW_KINDS.expired : 0) |
    (product.kind === 'option' && product.right === 'put' ? ROW_KINDS.put : 0)
  );
}

/** The chain of every row: options of one expiry, right and settle asset. */
function chainsOf(products: readonly Product[]): Int32Array {
  const known = new Map<string, number>();
  const keyOf = ({ underlying, expiry, right, settleAsset }: Option) =>
    `${underlying}/${expiry}/${right}/${settleAsset}`;
  return Int32Array.from(products, (product) => {
    if (product.kind !== 'option') return -1;
    const key = keyOf(product);
    const chain = known.get(key) ?? known.size;
    known.set(key, chain);
    return chain;
  });
}

function distanceOf(product: Product): number {
  if (product.kind !== 'option') return 0;
  return product.right === 'call' ? product.strike : -product.strike;
}

function coinNumbers(risk: RiskBook, given: GridParameters, underlying: string): Record<CoinNumber, number> {
  const { levels } = risk;
  const { charges } = given;
  const coin = coinParameters(given, underlying);
  const level = levels.pegs.get(underlying) ?? 1;
  return {
    index: levels.coins.get(underlying)?.index ?? 0,
    deltaImpact: charges.impact * coin.dailyMove,
    deltaVolume: coin.deltaVolume,
    vegaImpact: charges.impact * (coin.dailyVolMove * 100),
    vegaVolume: coin.vegaVolume,
    bend: bendOf(charges, coin),
    uncertainty: levels.coins.get(underlying)?.uncertainty ?? 0,
    peg: level,
    pegShare: pegShare(charges, level),
  };
}

/**
 * The charges of a book in columns. Refuses a packed book, whose charge for what its rows may hide is no column.
 * @example chargeSheet(book) // { value, delta, vega, ... }
 */
export function chargeSheet({ risk, given }: GridBook): ChargeSheet | Refusal {
  const { products, columns, groups, levels, units } = risk;
  if (units !== undefined) {
    const message = 'its rows are packed, and what they may hide is charged by the model; take exact rows.';
    return refuse('not-supported', message, 'the crowd');
  }
  const indexOf = (product: Product) => levels.coins.get(product.underlying)?.index ?? 0;
  const byRow = (of: (product: Product, row: number) => number) => Float64Array.from(products, of);
  const closing = products.map((product, row) => closingUnit(risk, row, indexOf(product), given));
  const sale = byRow((product, row) => (isPremium(product) ? saleOf(columns, row) : 0));
  const vega = columns.vega.map(Math.abs);
  const expiryIn = (g: number) => expiryOf(products[groups.bucketStart[g]!]!) ?? levels.at;
  return {
    value: columns.value,
    delta: columns.delta,
    vega,
    spread: byRow((_, row) => closing[row]!.spread),
    fee: byRow((_, row) => closing[row]!.fee),
    confidence: vega.map((size, row) => size * 100 * columns.uncertainty[row]!),
    sale,
    sold: sale.map((brings, row) => (columns.value[row]! > 0 ? brings / columns.value[row]! : 0)),
    kinds: Uint8Array.from(products, (product) => kindsOf(product, levels.at)),
    chain: chainsOf(products),
    distance: byRow(distanceOf),
    basis: groups.bucketYears.map((_, g) => basisRate(given.charges, levels.at, expiryIn(g))),
    coins: Float64Array.from(
      groups.underlyings.flatMap((underlying) => {
        const numbers = coinNumbers(risk, given, underlying);
        return COIN_NUMBERS.map((name) => numbers[name]);
      }),
    ),
    collateralCap: given.charges.collateralCap,
    optionValueCap: given.charges.optionValueCap,
    shortMinimum: given.charges.shortMinimum,
    buffer: millionthsOf(given.releaseBuffer),
  };
}

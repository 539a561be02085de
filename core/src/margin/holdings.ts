// From a portfolio to rows of the book: balances and positions alike, because collateral is swept with the rest.

import { isRefusal, type Refusal, refuse } from '../base/index.ts';
import { futureProfit } from '../pricing/index.ts';
import { isMargined, type Margined, type Product, type SpotAsset } from '../product/index.ts';
import { HELD_MAX, type Holdings, holdingsOf, type Levels, type RiskBook } from '../risk/index.ts';
import type { Portfolio } from './portfolio.ts';

/** The product that a balance of an asset is. */
export function assetProduct(asset: string): SpotAsset {
  return { kind: 'asset', id: asset, underlying: asset };
}

/** Every product a portfolio touches, assets of its balances and settlement included: what its book must cover. */
export function productsOf(portfolio: Portfolio): Product[] {
  const products: Product[] = [];
  for (const balance of portfolio.balances) products.push(assetProduct(balance.asset));
  for (const { product } of [...portfolio.positions, ...portfolio.orders]) {
    products.push(product, assetProduct(product.settleAsset));
  }
  return [...new Map(products.map((product) => [product.id, product])).values()];
}

/** What of a book is known of products without any lane: marks, sensitivities, levels. */
export type Measured = Pick<RiskBook, 'products' | 'indexOf' | 'refused' | 'columns' | 'levels'>;

/** A portfolio in rows, with what equity needs to know apart. */
export interface Held {
  readonly holdings: Holdings;
  /** Profit not yet settled, dollars at the index; positive part may not be withdrawn. */
  readonly unsettled: number;
}

/** Profit of a margined position since its entry, units of the settle asset. */
export function unsettledOf(product: Margined, quantity: number, entry: number, book: Measured): number {
  const mark = book.columns.mark[book.indexOf.get(product.id)!]!;
  return quantity * futureProfit(product, entry, mark);
}

/**
 * Nets balances and positions by product. Refuses a product the book does not hold, with the book's own reason.
 * Unsettled profit of a margined position with an entry price becomes a balance of its settle asset, and is swept as one.
 */
export function hold(portfolio: Portfolio, book: Measured): Held | Refusal {
  const quantities = new Map<number, number>();
  let unsettled = 0;
  const add = (id: string, quantity: number): number | Refusal => {
    const wrong = doubtQuantity(id, quantity);
    if (wrong !== undefined) return wrong;
    const row = rowIn(book, id);
    if (!isRefusal(row)) quantities.set(row, (quantities.get(row) ?? 0) + quantity);
    return row;
  };
  for (const balance of portfolio.balances) {
    const row = add(balance.asset, balance.quantity);
    if (isRefusal(row)) return row;
    if (balance.kind === 'unsettled') unsettled += balance.quantity * book.columns.value[row]!;
  }
  for (const { product, quantity, entryPrice, isolated } of portfolio.positions) {
    if (isolated !== undefined) return judgedApart(product.id);
    const row = add(product.id, quantity);
    if (isRefusal(row)) return row;
    if (entryPrice === undefined || !isMargined(product)) continue;
    const profit = unsettledOf(product, quantity, entryPrice, book);
    const settled = add(product.settleAsset, profit);
    if (isRefusal(settled)) return settled;
    unsettled += profit * book.columns.value[settled]!;
  }
  return { holdings: holdingsOf(quantities), unsettled };
}

/** A quantity that is none, or too large to be one; undefined where it is sound. */
export function doubtQuantity(id: string, quantity: number): Refusal | undefined {
  if (Math.abs(quantity) <= HELD_MAX) return undefined;
  return refuse(
    'out-of-range',
    `its quantity is ${quantity}; it must be a number up to ${HELD_MAX} either way.`,
    id,
  );
}

function judgedApart(id: string): Refusal {
  const message =
    'it has a margin of its own and is judged apart from the account; take its pools, as assessAccount does.';
  return refuse('not-supported', message, id);
}

/** The row of a product; the book's own reason where it has none. @example rowIn(book, 'BTC') // 0 */
export function rowIn(book: Measured, id: string): number | Refusal {
  return book.indexOf.get(id) ?? book.refused.get(id) ?? notInBook(id, book.levels);
}

function notInBook(id: string, { source }: Levels): Refusal {
  return refuse(
    'unknown-product',
    `it is not in the book built from ${source}; rebuild the book with it.`,
    id,
  );
}

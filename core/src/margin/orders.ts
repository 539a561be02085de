// Open orders as what their fills would change. A requirement with orders is the most that any subset of fills could ask for (M-34):
// what is required after the fills, less the equity they bring.

import { isRefusal, type Refusal, usd } from '../base/index.ts';
import { futureProfit } from '../pricing/index.ts';
import { isMargined } from '../product/index.ts';
import { afterFills, type Fill, type FillLeg, type Holdings, type RiskBook } from '../risk/index.ts';
import { doubtQuantity, rowIn } from './holdings.ts';
import { type Amounts, isAlike, LINE_NAMES } from './lines.ts';
import type { Order, Portfolio } from './portfolio.ts';

/** A fill, and how much of its jump is profit of futures that is not settled yet, dollars. */
export interface OrderFill extends Fill {
  readonly unsettled: number;
  /** Worth of what it would close of a short position beyond its share, filled without the others; dollars, 0 before anything is given up. */
  readonly mixed: number;
}

/** Trading fee of a fill, dollars; `quantity` is the size, >= 0. */
export type FeeOf = (row: number, quantity: number) => number;

/**
 * What filling an order at its limit would change: the position by `+-q`; the settle asset by the premium `-+q L`, or for what is margined
 * by the profit from the limit to the mark. `jump` is the worth of both less the fee.
 */
export function fillOf(order: Order, i: number, book: RiskBook, feeOf: FeeOf): OrderFill | Refusal {
  const { product, side, quantity: size, price } = order;
  const wrong = doubtQuantity(product.id, size) ?? doubtQuantity(product.id, price);
  if (wrong !== undefined) return wrong;
  const row = rowIn(book, product.id);
  if (isRefusal(row)) return row;
  const settle = rowIn(book, product.settleAsset);
  if (isRefusal(settle)) return settle;
  const { value, mark } = book.columns;
  const quantity = side === 'buy' ? size : -size;
  const cash = isMargined(product) ? quantity * futureProfit(product, price, mark[row]!) : -quantity * price;
  const legs: FillLeg[] = [{ row, quantity }];
  if (cash !== 0) legs.push({ row: settle, quantity: cash });
  const jump = quantity * value[row]! + cash * value[settle]! - feeOf(row, size);
  return { order: i, legs, jump, unsettled: isMargined(product) ? cash * value[settle]! : 0, mixed: 0 };
}

/** The fills of a portfolio's orders, in its order. Refuses an order in a product that the book does not hold, with the book's reason. */
export function fillsOf(portfolio: Portfolio, book: RiskBook, feeOf: FeeOf): OrderFill[] | Refusal {
  const fills: OrderFill[] = [];
  for (const [i, order] of portfolio.orders.entries()) {
    const fill = fillOf(order, i, book, feeOf);
    if (isRefusal(fill)) return fill;
    fills.push(fill);
  }
  return fills;
}

/**
 * Whether a bound is the truth: some subset of fills, tried in full, asks for as much on every line (M-35). `amountsAfter` is what the
 * model requires of holdings without orders, dollars lifted by nothing; equity that the fills bring is taken off here.
 */
export function isReached(
  bound: Amounts,
  subsets: readonly (readonly Fill[])[],
  holdings: Holdings,
  amountsAfter: (holdings: Holdings) => Amounts,
): boolean {
  const missing = new Set(LINE_NAMES);
  const unlike = new Map(subsets.map((fills) => [fills.map(({ order }) => order).join(), fills]));
  for (const fills of unlike.values()) {
    if (missing.size === 0) break;
    const after = amountsAfter(afterFills(holdings, fills));
    const jump = BigInt(Math.round(fills.reduce((sum, fill) => sum + fill.jump, 0) * 1e8));
    for (const line of LINE_NAMES) if (isAlike(usd(after[line] - jump), bound[line])) missing.delete(line);
  }
  return missing.size === 0;
}

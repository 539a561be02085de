// What a forced trade costs, at which price it is made, and which products come first.

import { isRefusal, owedUp, type Usd } from '../base/index.ts';
import type { Standing } from '../margin/index.ts';
import type { Desk, Judge } from './desk.ts';
import type { AccountState, ProductState, State } from './state.ts';
import { quantityOf } from './terms.ts';
import { type Lots, PRICE_SCALE, type PriceUnits } from './words.ts';

const costsOfBooks = new WeakMap<object, Float64Array>();

/** What closing a unit of a row costs, dollars: what the model says of it, else a share of the mark. */
function unitCost(state: State, { model, book }: Judge, row: number): number {
  const { closing } = state.policy;
  if (model.closingCosts === undefined) {
    const { products, columns, levels } = book.risk;
    const index = levels.coins.get(products[row]!.underlying)?.index ?? 1;
    return closing.costShare * Math.max(Math.abs(columns.value[row]!), Math.abs(columns.delta[row]!) * index);
  }
  let costs = costsOfBooks.get(book);
  if (costs === undefined) {
    costs = model.closingCosts(book.risk, book.given);
    costsOfBooks.set(book, costs);
  }
  return closing.costTimes * costs[row]!;
}

/** What closing so many lots costs beyond the mark, dollars rounded up; nothing of what the book does not hold. */
export function forcedCost(state: State, judge: Judge, { terms }: ProductState, lots: Lots): Usd {
  const row = judge.book.risk.indexOf.get(terms.product.id);
  return owedUp(row === undefined ? 0 : Math.abs(quantityOf(terms, lots)) * unitCost(state, judge, row));
}

/** The mark of a product in its own price unit, where the book has it. */
export function markOf({ book }: Judge, { terms }: ProductState): number | undefined {
  const row = book.risk.indexOf.get(terms.product.id);
  return row === undefined ? undefined : book.risk.columns.mark[row]!;
}

/**
 * The price of a forced trade: the mark, worse by what closing costs, rounded to the tick against the account (M-214). `side` 1 buys, -1 sells. A sale is
 * never below one tick.
 */
export function closingPrice(
  state: State,
  judge: Judge,
  listed: ProductState,
  side: 1 | -1,
): PriceUnits | undefined {
  const { terms } = listed;
  const { product, tick } = terms;
  const mark = markOf(judge, listed);
  const { risk } = judge.book;
  const settle = risk.indexOf.get(product.settleAsset);
  if (mark === undefined || settle === undefined) return undefined;
  const cost = unitCost(state, judge, risk.indexOf.get(product.id)!);
  const isInverseFuture =
    product.settlement === 'inverse' && (product.kind === 'perpetual' || product.kind === 'future');
  // A unit of an inverse future is a dollar: its cost is a share of the price. Others cost so much of the settle asset.
  const worse = isInverseFuture ? mark * cost : cost / risk.columns.value[settle]!;
  const ticks = ((mark + side * worse) * PRICE_SCALE) / tick;
  const whole = side === 1 ? Math.ceil(ticks) : Math.floor(ticks);
  return Math.max(1, whole) * tick;
}

/** Held products of a book, those that add most to the swept loss first. */
export function largestFirst(
  state: State,
  desk: Desk,
  account: AccountState,
  { requirement }: Standing,
): string[] {
  const judge = desk.judgeOfGroup(state, account.group);
  if (isRefusal(judge)) return [];
  const { risk } = judge.book;
  const parts = new Map<string, bigint>();
  for (const { row, amount, order } of requirement.contributions) {
    if (order === undefined) parts.set(risk.products[row]!.id, amount);
  }
  return [...account.positions.keys()]
    .filter((product) => state.products.get(product)!.mode !== 'settled' && risk.indexOf.has(product))
    .map((product) => ({ product, part: parts.get(product) ?? 0n }))
    .sort((a, b) => (a.part < b.part ? -1 : a.part > b.part ? 1 : a.product < b.product ? -1 : 1))
    .map(({ product }) => product);
}

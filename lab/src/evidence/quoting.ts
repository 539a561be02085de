// The market maker with its quotes out: what open orders add under every model, held against the worst subset of fills that a search finds.

import {
  assess,
  type Balance,
  type ChainSnapshot,
  dollars,
  fitMarket,
  isRefusal,
  type MarginBook,
  type MarginModel,
  type Market,
  type Order,
  type Portfolio,
  productsOf,
  type Refusal,
  type Requirement,
  type RiskBook,
  type Standing,
} from '@plimsoll/core';
import { boardOf, standardBooks } from './books.ts';
import type { Day } from './compare.ts';
import { orThrow } from './data.ts';
import { Listing, lots } from './listed.ts';

/** Options quoted on both sides. */
const QUOTED = 40;
/** Units of each quote. */
const QUOTE_UNITS = 0.1;

/** The market maker's book with the venue's own best bid and ask as its quotes, wherever both stand, at most forty options. */
export function quotingBook(snapshot: ChainSnapshot): Portfolio {
  const maker = standardBooks(snapshot).at(-1)!.portfolio;
  const listing = new Listing(snapshot, 'BTC');
  const quantity = lots(QUOTE_UNITS * listing.unit);
  const orders = boardOf(listing)
    .flat()
    .filter(({ bid, ask }) => bid !== undefined && ask !== undefined)
    .slice(0, QUOTED)
    .flatMap(({ product, bid, ask }): Order[] => [
      { product, side: 'buy', quantity, price: bid! },
      { product, side: 'sell', quantity, price: ask! },
    ]);
  return { ...maker, account: 'market maker, quoting', orders };
}

/** What open orders add under one model, dollars. */
export interface Quoted {
  readonly model: string;
  readonly without: { readonly maintenance: number; readonly initial: number };
  readonly quoting: { readonly maintenance: number; readonly initial: number };
  readonly orders: Requirement['orders'];
  /** What the worst subset of fills that was found needs on the initial line: the truth is between this and `quoting.initial`. */
  readonly found: number;
}

/** The account after some fills: every option bought or sold at its limit, premiums paid in its coin. */
function afterFills(portfolio: Portfolio, filled: readonly Order[]): Portfolio {
  const positions = new Map(portfolio.positions.map((position) => [position.product.id, position]));
  const balances: Balance[] = [...portfolio.balances];
  for (const { product, side, quantity, price } of filled) {
    const signed = side === 'buy' ? quantity : -quantity;
    const held = positions.get(product.id)?.quantity ?? 0;
    positions.set(product.id, { product, quantity: held + signed });
    balances.push({ asset: product.settleAsset, kind: 'cash', quantity: -signed * price });
  }
  const open = [...positions.values()].filter(({ quantity }) => quantity !== 0);
  return { ...portfolio, balances, positions: open, orders: [] };
}

/** What subsets of an account's fills need under one model. */
class Judge {
  private readonly portfolio: Portfolio;
  private readonly stand: (portfolio: Portfolio) => Standing;
  private readonly equity: bigint;
  private readonly fees = new Map<Order, number>();

  constructor(portfolio: Portfolio, stand: (portfolio: Portfolio) => Standing) {
    this.portfolio = portfolio;
    this.stand = stand;
    const alone = stand({ ...portfolio, orders: [] });
    this.equity = alone.equity;
    // The fee of a fill is read off the model itself, where it can be: an order that by itself asks for more asks for its fill and the fee.
    for (const order of portfolio.orders) {
      const { initial, orders } = stand({ ...portfolio, orders: [order] }).requirement;
      if (orders === 'bound' || initial.amount <= alone.requirement.initial.amount) continue;
      this.fees.set(order, dollars(initial.amount) - this.needs([order]));
    }
  }

  /** Dollars that some fills need on the initial line: what is required after them, less the equity they bring, and fees where known. */
  needs(filled: readonly Order[]): number {
    const { equity, requirement } = this.stand(afterFills(this.portfolio, filled));
    const fees = filled.reduce((sum, order) => sum + (this.fees.get(order) ?? 0), 0);
    return dollars(requirement.initial.amount) - Number(equity - this.equity) / 1e8 + fees;
  }
}

/** Rounds of one order more or less, and from how many sets of fills. */
const PASSES_MAX = 6;
const STARTS = 2;

/** From some fills, one order more or less at a time as long as that needs more. */
function climb(judge: Judge, orders: readonly Order[], start: readonly Order[]): number {
  const filled = new Set(start);
  let most = judge.needs([...filled]);
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const before = most;
    for (const order of orders) {
      const flip = () => (filled.has(order) ? filled.delete(order) : filled.add(order));
      flip();
      const needs = judge.needs([...filled]);
      if (needs > most) most = needs;
      else flip();
    }
    if (most === before) break;
  }
  return most;
}

/** Sets of fills to start from: every choice by side and right, and for every lane the fills that lose there. */
function startsOf(orders: readonly Order[], { rows, stride, lanes, columns, indexOf }: RiskBook): Order[][] {
  const kindOf = ({ side, product }: Order) =>
    (side === 'buy' ? 1 : 0) + (product.kind === 'option' && product.right === 'call' ? 2 : 0);
  const byKind = Array.from({ length: 16 }, (_, mask) =>
    orders.filter((order) => (mask >> kindOf(order)) & 1),
  );
  const losesIn = (lane: number) => (order: Order) => {
    const { product, side, price } = order;
    const [row, cash] = [indexOf.get(product.id)!, indexOf.get(product.settleAsset)!];
    const worth = (r: number) => columns.value[r]! + rows[r * stride + lane]!;
    const gain = worth(row) - price * worth(cash);
    return side === 'buy' ? gain < 0 : gain > 0;
  };
  return [...byKind, ...lanes.map((_, lane) => orders.filter(losesIn(lane)))];
}

/** The most that a subset of fills was found to need: climbed to from the worst sets to start from. */
function worstFound(judge: Judge, orders: readonly Order[], book: RiskBook): number {
  const worst = startsOf(orders, book)
    .map((filled) => ({ filled, needs: judge.needs(filled) }))
    .sort((a, b) => b.needs - a.needs)
    .slice(0, STARTS);
  return Math.max(...worst.map(({ filled }) => climb(judge, orders, filled)));
}

/** A day's quoting market maker under every model. */
export interface QuotedDay {
  readonly title: string;
  /** Options quoted on both sides. */
  readonly options: number;
  readonly answers: readonly (Quoted | Refusal)[];
}

/** The market maker of a day's first snapshot with its quotes out, under some models. */
export function quoteDay({ title, snapshots }: Day, under: readonly MarginModel[]): QuotedDay {
  const market = orThrow(fitMarket(snapshots[0]));
  const portfolio = quotingBook(snapshots[0]);
  const answers = under.map((model) => quote(model, portfolio, market));
  return { title, options: portfolio.orders.length / 2, answers };
}

/** The quoting account under one model; or why the model does not answer it. */
function quote(model: MarginModel, portfolio: Portfolio, market: Market): Quoted | Refusal {
  const book: MarginBook | Refusal = model.book(productsOf(portfolio), market, model.defaults);
  if (isRefusal(book)) return book;
  const quoting = assess(portfolio, book, model);
  if (isRefusal(quoting)) return quoting;
  const stand = (one: Portfolio) => orThrow(assess(one, book, model));
  const amounts = ({ requirement: { maintenance, initial } }: Standing) => {
    return { maintenance: dollars(maintenance.amount), initial: dollars(initial.amount) };
  };
  return {
    model: model.id,
    without: amounts(stand({ ...portfolio, orders: [] })),
    quoting: amounts(quoting),
    orders: quoting.requirement.orders,
    found: worstFound(new Judge(portfolio, stand), portfolio.orders, book.risk),
  };
}

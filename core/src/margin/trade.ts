// What would change: a trade, a passage of time. Portfolios in, portfolios out.

import { type Instant, isRefusal, type Refusal, refuse } from '../base/index.ts';
import { assetUsd, type Market, type Touch, underlyingOf } from '../market/index.ts';
import { futureProfit, markOf, price, settlementView } from '../pricing/index.ts';
import { expiryOf, isMargined, isPremium, type Product, type Structured } from '../product/index.ts';
import type { Balance, Portfolio, Position } from './portfolio.ts';

/** A fill: positive buys, negative sells; at `price` in the product's own unit, or at the mark. */
export interface Trade {
  readonly product: Position['product'];
  readonly quantity: number;
  readonly price?: number;
}

function credit(
  balances: readonly Balance[],
  asset: string,
  kind: Balance['kind'],
  amount: number,
): Balance[] {
  if (amount === 0) return [...balances];
  const at = balances.findIndex((balance) => balance.asset === asset && balance.kind === kind);
  if (at < 0) return [...balances, { asset, kind, quantity: amount }];
  return balances.map((balance, i) =>
    i === at ? { ...balance, quantity: balance.quantity + amount } : balance,
  );
}

/** What a fill pays in, units of the settle asset: the premium, or for what is margined the profit from its price to the mark. */
function paidBy({ product, quantity }: Trade, at: number, mark: number, held: Position | undefined): number {
  if (!isMargined(product)) return -quantity * at;
  // The merged position keeps the older entry, so the fill's profit is counted from there.
  const entry = held?.entryPrice ?? mark;
  return quantity * (futureProfit(product, at, mark) - futureProfit(product, entry, mark));
}

function beyondMargin(quantity: number, { id, settleAsset }: Trade['product']): Refusal {
  const message = `the trade takes ${Number(quantity.toPrecision(6))} ${settleAsset} more than the margin of its own; isolate it with more, or trade less.`;
  return refuse('out-of-range', message, id);
}

/**
 * The portfolio after a fill. Premiums move cash of the settle asset; a future filled away from the mark leaves unsettled profit. A position
 * with a margin of its own pays and is paid there (M-65), and what is left comes back as cash when it is closed. Refuses a product that the
 * market cannot price, and what such a margin does not reach for.
 * @example applyTrade(portfolio, { product: call, quantity: -10, price: 0.05 }, market) // 0.5 BTC more cash, 10 calls short
 */
export function applyTrade(portfolio: Portfolio, trade: Trade, market: Market): Portfolio | Refusal {
  const { product, quantity } = trade;
  const known = price(product, market);
  if (isRefusal(known)) return known;
  const held = portfolio.positions.find((position) => position.product.id === product.id);
  const paid = paidBy(trade, trade.price ?? known.mark, known.mark, held);
  const others = portfolio.positions.filter((position) => position !== held);
  const merged: Position =
    held === undefined ? { product, quantity } : { ...held, quantity: held.quantity + quantity };
  const isClosed = merged.quantity === 0;
  if (held?.isolated === undefined) {
    const kind = isMargined(product) ? 'unsettled' : 'cash';
    const balances = credit(portfolio.balances, product.settleAsset, kind, paid);
    return { ...portfolio, balances, positions: isClosed ? others : [...others, merged] };
  }
  const isolated = held.isolated + paid;
  if (isolated < 0) return beyondMargin(-isolated, product);
  if (!isClosed) return { ...portfolio, positions: [...others, { ...merged, isolated }] };
  const balances = credit(portfolio.balances, product.settleAsset, 'cash', isolated);
  return { ...portfolio, balances, positions: others };
}

/**
 * An imagined market with bids that moved along: each option keeps its bid's share of the mark. Left where they were, yesterday's bids
 * would make worthless the very options that a crash makes valuable.
 */
export function carryBids(imagined: Market, observed: Market, products: readonly Product[]): Market {
  const touches = new Map<string, Touch>();
  for (const product of products) {
    const { bid } = observed.touches.get(product.id) ?? {};
    const [before, after] = [price(product, observed), price(product, imagined)];
    if (bid === undefined || isRefusal(before) || isRefusal(after) || !(before.mark > 0)) continue;
    touches.set(product.id, { bid: (bid / before.mark) * after.mark });
  }
  return { ...imagined, touches };
}

/** Notes today's mark as the entry of every future without one, so that a moved market shows its profit or loss. */
export function withEntries(portfolio: Portfolio, market: Market): Portfolio | Refusal {
  const positions: Position[] = [];
  for (const position of portfolio.positions) {
    const known = price(position.product, market);
    if (isRefusal(known)) return known;
    const entered = isPremium(position.product) || position.entryPrice !== undefined;
    positions.push(entered ? position : { ...position, entryPrice: known.mark });
  }
  return { ...portfolio, positions };
}

function settledValue(
  position: Position,
  market: Market,
  index: number,
  settleUsd: number,
): number | Refusal {
  const { product } = position;
  if (product.kind === 'structured') return settledPayoff(product, position, market, settleUsd);
  const inverse = product.settlement === 'inverse';
  const level = inverse ? index : index / settleUsd;
  if (product.kind === 'option') {
    const intrinsic = Math.max(0, product.right === 'call' ? level - product.strike : product.strike - level);
    return position.quantity * (inverse ? intrinsic / level : intrinsic);
  }
  return position.quantity * futureProfit(product, position.entryPrice ?? level, level);
}

/** A structured product ends on its payoff with the forward at the index and no deviation left. */
function settledPayoff(
  product: Structured,
  { quantity, entryPrice }: Position,
  market: Market,
  settleUsd: number,
): number | Refusal {
  const coin = underlyingOf(market, product.underlying)!;
  const mark = markOf(product, settlementView(coin, market.at, product.expiry!, settleUsd));
  if (isRefusal(mark)) return mark;
  return quantity * (isMargined(product) ? futureProfit(product, entryPrice ?? mark, mark) : mark);
}

/**
 * Pays out what has expired by `at`, at the market's index: options their intrinsic value, futures their profit since entry, payoffs by
 * themselves; open orders in it lapse.
 * Refuses when the index or the settle asset has no price, and what a payoff refuses.
 */
export function settleExpired(portfolio: Portfolio, market: Market, at: Instant): Portfolio | Refusal {
  let balances = [...portfolio.balances];
  const alive: Position[] = [];
  for (const position of portfolio.positions) {
    const { product } = position;
    const expiry = expiryOf(product);
    if (expiry === undefined || expiry > at) {
      alive.push(position);
      continue;
    }
    const index = underlyingOf(market, product.underlying)?.index;
    const settle = assetUsd(market, product.settleAsset);
    if (index === undefined || settle === undefined) {
      return refuse('no-market', 'it expires and there is no index to settle it at; give one.', product.id);
    }
    const paid = settledValue(position, market, index, settle);
    if (isRefusal(paid)) return paid;
    // A margin of its own comes back with the profit, and is all that can be lost.
    const back = position.isolated === undefined ? paid : Math.max(0, position.isolated + paid);
    balances = credit(balances, product.settleAsset, 'cash', back);
  }
  const orders = portfolio.orders.filter(
    ({ product }) => (expiryOf(product) ?? Number.POSITIVE_INFINITY) > at,
  );
  return { ...portfolio, balances, positions: alive, orders };
}

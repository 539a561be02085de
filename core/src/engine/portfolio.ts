// From integers to the portfolio that a margin model reads: what has run up counts as cash, what is settled counts as paid.

import type { Balance, Order, Portfolio, Position } from '../margin/index.ts';
import { underlyingOf } from '../market/index.ts';
import { expiryOf, isMargined } from '../product/index.ts';
import { balanceWithDue, fundingDue } from './accrual.ts';
import type { Position as AccountPosition, AccountState, OpenOrder, ProductState, State } from './state.ts';
import { entryOf, priceOf, priceUnits, quantityOf, settlePrice, type Tradable, tenTo } from './terms.ts';
import { payout } from './trade.ts';
import type { PriceUnits, Units } from './words.ts';

/**
 * What a product ends at: its final price once it is settled; from its expiry until then what it would pay at the index, so that nobody who holds it goes
 * unjudged (M-202). Undefined while it lives.
 */
function finalOf({ market }: State, { terms, final }: ProductState): PriceUnits | undefined {
  if (final !== undefined) return final;
  const expiry = expiryOf(terms.product);
  if (
    market === undefined ||
    expiry === undefined ||
    expiry > market.at ||
    terms.product.kind === 'structured'
  )
    return undefined;
  const index = underlyingOf(market, terms.product.underlying)?.index;
  return index === undefined ? undefined : settlePrice(terms, priceUnits(index));
}

/** An order as a model sees it: what is left of it, at its price; undefined where nothing is. */
export function orderOf(state: State, { terms, lots, price }: OpenOrder): Order | undefined {
  const listed = state.products.get(terms.product)!;
  if (finalOf(state, listed) !== undefined || lots === 0) return undefined;
  const { product } = listed.terms;
  return { product, side: terms.side, quantity: quantityOf(listed.terms, lots), price: priceOf(price) };
}

/** Takes what an account holds, piece by piece, in the units of models. */
export interface HoldingsTaker {
  balance(asset: string, quantity: number): void;
  position(product: Tradable, quantity: number, entryPrice: number | undefined): void;
}

/** Gives what an account holds to whoever takes it, in the order of a portfolio: money with all that has run up, then positions. It depends on the account and on the last market alone. */
export function giveHoldings(state: State, account: AccountState, taker: HoldingsTaker): void {
  const cash = new Map<string, Units>();
  const add = (asset: string, units: Units) => cash.set(asset, (cash.get(asset) ?? 0n) + units);
  for (const asset of account.balances.keys()) add(asset, balanceWithDue(state, account, asset));
  const live: [ProductState, AccountPosition][] = [];
  for (const [id, position] of account.positions) {
    const listed = state.products.get(id)!;
    const { settleAsset } = listed.terms.product;
    const due = fundingDue(position, listed);
    if (due !== 0n) add(settleAsset, due);
    const final = finalOf(state, listed);
    if (final === undefined) live.push([listed, position]);
    else add(settleAsset, payout(listed.terms, state.assets.get(settleAsset)!.terms, position, final));
  }
  for (const [asset, units] of cash) {
    if (units === 0n) continue;
    taker.balance(asset, Number(units) / tenTo(state.assets.get(asset)!.terms.decimals));
  }
  for (const [{ terms }, { lots, cost }] of live) {
    const { product } = terms;
    const entry = isMargined(product)
      ? entryOf(terms, lots, cost, state.assets.get(product.settleAsset)!.terms)
      : undefined;
    taker.position(product, quantityOf(terms, lots), entry);
  }
}

/**
 * What an account holds and wants, in the units of models. It depends on the account and on the last market alone, so an answer can be kept as long as
 * neither changes.
 * @example assess(portfolioOf(state, account), book, model)
 */
export function portfolioOf(state: State, account: AccountState): Portfolio {
  const balances: Balance[] = [];
  const positions: Position[] = [];
  giveHoldings(state, account, {
    balance: (asset, quantity) => balances.push({ asset, kind: 'cash', quantity }),
    position: (product, quantity, entryPrice) =>
      positions.push({ product, quantity, ...(entryPrice === undefined ? {} : { entryPrice }) }),
  });
  const orders: Order[] = [];
  for (const order of account.orders.values()) {
    const open = orderOf(state, order);
    if (open !== undefined) orders.push(open);
  }
  return { account: account.id, balances, positions, orders };
}

// From integers to the portfolio that a margin model reads: what has run up counts as cash, what is settled counts as paid.

import type { Balance, Order, Portfolio, Position } from '../margin/index.ts';
import { underlyingOf } from '../market/index.ts';
import { expiryOf, isMargined } from '../product/index.ts';
import { balanceWithDue, fundingDue } from './accrual.ts';
import type { AccountState, OpenOrder, ProductState, State } from './state.ts';
import { entryOf, priceOf, priceUnits, quantityOf, settlePrice, tenTo } from './terms.ts';
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

/**
 * What an account holds and wants, in the units of models. It depends on the account and on the last market alone, so an answer can be kept as long as
 * neither changes.
 * @example assess(portfolioOf(state, account), book, model)
 */
export function portfolioOf(state: State, account: AccountState): Portfolio {
  const cash = new Map<string, Units>();
  const add = (asset: string, units: Units) => cash.set(asset, (cash.get(asset) ?? 0n) + units);
  for (const asset of account.balances.keys()) add(asset, balanceWithDue(state, account, asset));
  const positions: Position[] = [];
  for (const [id, position] of account.positions) {
    const listed = state.products.get(id)!;
    const { terms } = listed;
    const final = finalOf(state, listed);
    const { settleAsset } = terms.product;
    const settle = state.assets.get(settleAsset)!.terms;
    const due = fundingDue(position, listed);
    if (due !== 0n) add(settleAsset, due);
    if (final !== undefined) {
      add(settleAsset, payout(terms, settle, position, final));
      continue;
    }
    const quantity = quantityOf(terms, position.lots);
    const entryPrice = isMargined(terms.product)
      ? entryOf(terms, position.lots, position.cost, settle)
      : undefined;
    positions.push({ product: terms.product, quantity, ...(entryPrice === undefined ? {} : { entryPrice }) });
  }
  const balances: Balance[] = [];
  for (const [asset, units] of cash) {
    if (units === 0n) continue;
    const { decimals } = state.assets.get(asset)!.terms;
    balances.push({ asset, kind: 'cash', quantity: Number(units) / tenTo(decimals) });
  }
  const orders: Order[] = [];
  for (const order of account.orders.values()) {
    const open = orderOf(state, order);
    if (open !== undefined) orders.push(open);
  }
  return { account: account.id, balances, positions, orders };
}

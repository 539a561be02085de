// What would be: copies of an account after a trade, an order, a payment. The account itself is never touched.

import { fundingDue, interestDue } from './accrual.ts';
import type { AccountState, OpenOrder, Position, State } from './state.ts';
import { tradeChange } from './trade.ts';
import type { Lots, PriceUnits, Units } from './words.ts';

/** A copy that can be changed. */
function copyOf(account: AccountState): AccountState {
  return {
    ...account,
    balances: new Map(account.balances),
    positions: new Map(account.positions),
    orders: new Map(account.orders),
  };
}

/** As in moves: interest that has run up is paid before the balance changes. */
function paid(state: State, account: AccountState, asset: string, units: Units): void {
  if (units === 0n) return;
  const known = state.assets.get(asset)!;
  const balance = account.balances.get(asset);
  const due = balance === undefined || account.isHouse ? 0n : interestDue(balance, known);
  account.balances.set(asset, { units: (balance?.units ?? 0n) - due + units, interestAt: known.interest });
}

/** The account with so much more of an asset, or less. */
export function withUnits(state: State, account: AccountState, asset: string, units: Units): AccountState {
  const copy = copyOf(account);
  paid(state, copy, asset, units);
  return copy;
}

/** The account after buying or selling lots at a price. */
export function withTrade(
  state: State,
  account: AccountState,
  product: string,
  lots: Lots,
  price: PriceUnits,
  fee: Units = 0n,
): AccountState {
  const copy = copyOf(account);
  const listed = state.products.get(product)!;
  const { terms } = listed;
  const { settleAsset } = terms.product;
  const held = account.positions.get(product);
  if (held !== undefined) paid(state, copy, settleAsset, fundingDue(held, listed));
  const change = tradeChange(terms, state.assets.get(settleAsset)!.terms, held, lots, price);
  const after: Position = {
    lots: (held?.lots ?? 0) + lots,
    cost: (held?.cost ?? 0n) + change.cost,
    fundingAt: listed.funding,
  };
  if (after.lots === 0) copy.positions.delete(product);
  else copy.positions.set(product, after);
  paid(state, copy, settleAsset, change.realised + change.premium - fee);
  return copy;
}

/** The account with other open orders: some gone, some more. */
export function withOrders(
  account: AccountState,
  gone: Iterable<string>,
  more: readonly OpenOrder[],
): AccountState {
  const orders = new Map(account.orders);
  for (const id of gone) orders.delete(id);
  for (const order of more) orders.set(order.id, order);
  return { ...account, orders };
}

// Steps that many decisions share: paying, trading, cancelling. Each is facts, and what has run up is paid before anything moves.

import { isPremium } from '../../product/index.ts';
import { fundingDue, interestDue } from '../accrual.ts';
import type { CreditReason, GoneReason } from '../facts.ts';
import type { AccountState, OpenOrder, ProductState, State } from '../state.ts';
import { tradeChange } from '../trade.ts';
import type { Lots, PriceUnits, Units } from '../words.ts';
import type { Facts } from './context.ts';

/** Pays interest on what an account owes in an asset, to the venue. */
function* payInterest(state: State, account: AccountState, asset: string): Facts {
  const balance = account.balances.get(asset);
  if (balance === undefined || account.isHouse) return;
  const due = interestDue(balance, state.assets.get(asset)!);
  if (due === 0n) return;
  yield { kind: 'credited', account: account.id, asset, units: -due, why: 'interest' };
  yield { kind: 'credited', account: 'venue', asset, units: due, why: 'interest' };
}

/** Changes a balance, after interest. */
export function* credit(
  state: State,
  account: AccountState,
  asset: string,
  units: Units,
  why: CreditReason,
): Facts {
  if (units === 0n) return;
  yield* payInterest(state, account, asset);
  yield { kind: 'credited', account: account.id, asset, units, why };
}

/** From one account to another. */
export function* pay(
  state: State,
  from: AccountState,
  to: AccountState,
  asset: string,
  units: Units,
  why: CreditReason,
): Facts {
  yield* credit(state, from, asset, -units, why);
  yield* credit(state, to, asset, units, why);
}

export function houseOf(state: State, id: 'venue' | 'clearing' | 'insurance' | 'backstop'): AccountState {
  return state.accounts.get(id)!;
}

/** Pays a position's funding, by way of the clearing account: what rounding leaves stays there. */
function* payFunding(state: State, account: AccountState, listed: ProductState): Facts {
  const position = account.positions.get(listed.terms.product.id);
  if (position === undefined) return;
  const due = fundingDue(position, listed);
  if (due === 0n) return;
  yield* pay(state, houseOf(state, 'clearing'), account, listed.terms.product.settleAsset, due, 'funding');
}

/**
 * One side of a trade: lots bought or sold at a price, what is realised, the premium and the fee. A premium goes by way of the clearing account, where the
 * two sides of a trade meet to nothing.
 */
export function* trade(
  state: State,
  account: AccountState,
  listed: ProductState,
  lots: Lots,
  price: PriceUnits,
  fee: Units,
): Facts {
  const { product } = listed.terms;
  const settle = product.settleAsset;
  yield* payFunding(state, account, listed);
  const change = tradeChange(
    listed.terms,
    state.assets.get(settle)!.terms,
    account.positions.get(product.id),
    lots,
    price,
  );
  if (change.realised !== 0n) yield* payInterest(state, account, settle);
  const { cost, realised } = change;
  yield { kind: 'moved', account: account.id, product: product.id, lots, cost, realised };
  if (isPremium(product)) {
    yield* pay(state, houseOf(state, 'clearing'), account, settle, change.premium, 'premium');
  }
  if (fee !== 0n) yield* pay(state, account, houseOf(state, 'venue'), settle, fee, 'fee');
}

/** Cancels orders. */
export function* cancelAll(
  account: AccountState,
  why: GoneReason,
  which: (order: OpenOrder) => boolean = () => true,
): Facts {
  for (const order of [...account.orders.values()]) {
    if (which(order)) yield { kind: 'unordered', account: account.id, order: order.id, why };
  }
}

/** Makes reduce-only orders no larger than what there is to reduce, newest first. */
export function* trimReducing(account: AccountState, product: string): Facts {
  const held = account.positions.get(product)?.lots ?? 0;
  let room = Math.abs(held);
  const closing = held > 0 ? 'sell' : 'buy';
  for (const order of [...account.orders.values()]) {
    const { terms } = order;
    if (terms.product !== product || terms.reduceOnly !== true) continue;
    const lots = terms.side === closing ? Math.min(order.lots, room) : 0;
    room -= lots;
    if (lots === 0) yield { kind: 'unordered', account: account.id, order: order.id, why: 'reduced-away' };
    else if (lots < order.lots) {
      yield { kind: 'reordered', account: account.id, order: order.id, lots, price: order.price };
    }
  }
}

/** Pays out what has settled of an account, against the clearing account (M-202). */
export function* payOut(state: State, account: AccountState): Facts {
  for (const [id, { lots, cost }] of [...account.positions]) {
    const listed = state.products.get(id)!;
    if (listed.final === undefined) continue;
    yield* payFunding(state, account, listed);
    yield* settle(state, account, listed, lots, cost);
  }
}

function* settle(state: State, account: AccountState, listed: ProductState, lots: Lots, cost: Units): Facts {
  const { terms, final } = listed;
  const { id, settleAsset } = terms.product;
  const { terms: scale } = state.assets.get(settleAsset)!;
  // The position is handed to the clearing account at the final price: what one side is paid the other pays.
  const closing = tradeChange(terms, scale, { lots, cost }, -lots, Math.max(1, final!));
  const isWorthless = final === 0;
  if (closing.realised !== 0n) yield* payInterest(state, account, settleAsset);
  yield {
    kind: 'moved',
    account: account.id,
    product: id,
    lots: -lots,
    cost: -cost,
    realised: isWorthless ? 0n : closing.realised,
  };
  const clearing = houseOf(state, 'clearing');
  const taken = tradeChange(terms, scale, clearing.positions.get(id), lots, Math.max(1, final!));
  yield {
    kind: 'moved',
    account: clearing.id,
    product: id,
    lots,
    cost: taken.cost,
    realised: taken.realised,
  };
  if (!isWorthless && isPremium(terms.product)) {
    yield* pay(state, clearing, account, settleAsset, closing.premium, 'settlement');
  }
}

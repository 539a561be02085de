// What is asked of every order before margin is: is it one, is it allowed now, is it within limits.

import { isRefusal, type Refusal, refuse } from '../../base/index.ts';
import { expiryOf } from '../../product/index.ts';
import { ORDERS_MAX } from '../bounds.ts';
import { markOf } from '../forced.ts';
import type { OrderTerms } from '../inputs.ts';
import { type AccountState, limitKey, type ProductState, type State } from '../state.ts';
import { quantityOf } from '../terms.ts';
import { type Lots, PRICE_SCALE, type PriceUnits, scopeKey } from '../words.ts';
import { type Context, isFresh } from './context.ts';

/** Lots open on a side of a product, without some orders. */
export function openLots(
  account: AccountState,
  product: string,
  side: 'buy' | 'sell',
  without?: ReadonlySet<string>,
): Lots {
  let lots = 0;
  for (const order of account.orders.values()) {
    if (order.terms.product === product && order.terms.side === side && !(without?.has(order.id) ?? false))
      lots += order.lots;
  }
  return lots;
}

/** How many lots of a side would only make the position smaller, beside what is open on that side already. */
export function reducible(
  account: AccountState,
  product: string,
  side: 'buy' | 'sell',
  without?: ReadonlySet<string>,
): Lots {
  const held = account.positions.get(product)?.lots ?? 0;
  const isClosing = side === 'sell' ? held > 0 : held < 0;
  return isClosing ? Math.max(0, Math.abs(held) - openLots(account, product, side, without)) : 0;
}

/** How far beyond the mark an order of a side may be priced, in price units; undefined where there is no mark. */
export function collarOf(
  context: Context,
  account: AccountState,
  listed: ProductState,
  side: 'buy' | 'sell',
): PriceUnits | undefined {
  const { state, desk } = context;
  const judge = desk.judgeOfGroup(state, account.group);
  if (isRefusal(judge)) return undefined;
  const mark = markOf(judge, listed);
  if (mark === undefined) return undefined;
  const { product, tick } = listed.terms;
  const { levels, columns, indexOf } = judge.book.risk;
  const index = levels.coins.get(product.underlying)?.index ?? 0;
  const settle = columns.value[indexOf.get(product.settleAsset) ?? -1] ?? 1;
  // What is quoted in coins is collared in coins.
  const unit =
    product.settlement === 'inverse' && (product.kind === 'option' || product.kind === 'structured')
      ? 1
      : index / settle;
  const width = Math.max(mark * state.policy.collarShare, unit * state.policy.collarIndexShare);
  const edge = ((side === 'buy' ? mark + width : mark - width) * PRICE_SCALE) / tick;
  return side === 'buy' ? Math.floor(edge) * tick : Math.max(1, Math.ceil(edge)) * tick;
}

/** Whether the product, its coin's sources and the market's age let orders in, and whether only such that reduce. */
function doubtMode(
  { state }: Context,
  account: AccountState,
  listed: ProductState,
  isReducing: boolean,
): Refusal | undefined {
  const { id, underlying } = listed.terms.product;
  const expiry = expiryOf(listed.terms.product);
  if (listed.mode === 'settled' || (expiry !== undefined && expiry <= state.now)) {
    return refuse('expired', 'it has expired or is settled; nothing of it trades.', id);
  }
  const health = state.health.get(underlying)?.mode;
  if (listed.mode === 'halted' || health === 'halt') {
    return refuse('halted', 'it does not trade now; wait until it is resumed.', id);
  }
  if (isReducing) return undefined;
  if (listed.mode === 'reduce-only' || health === 'reduce-only' || account.status === 'liquidating') {
    const why =
      account.status === 'liquidating' ? 'the account is being closed' : 'it may only be reduced now';
    return refuse(
      'reduce-only',
      `${why}; send an order that makes the position smaller, and no larger than it.`,
      id,
    );
  }
  if (isFresh(state)) return undefined;
  return refuse(
    'stale-market',
    'there is no market of now, so that only what reduces is taken; wait for one.',
    id,
  );
}

/** The limit that counts: the tightest of those that are set. */
function limitOf(
  { limits }: State,
  name: 'orders' | 'position',
  account: AccountState,
  product?: string,
): number {
  const scopes = [
    `account:${account.id}`,
    `owner:${account.owner}`,
    ...(product === undefined ? [] : [`product:${product}`]),
  ];
  return Math.min(...scopes.map((scope) => limits.get(limitKey(scope, name)) ?? Number.POSITIVE_INFINITY));
}

/** Most open orders of an account. */
export function ordersMaxOf(state: State, account: AccountState): number {
  return Math.min(ORDERS_MAX, limitOf(state, 'orders', account));
}

/** US dollars of net delta per underlying that an owner's accounts would hold if everything open on a side filled. */
function ownerDelta(
  context: Context,
  account: AccountState,
  underlying: string,
  more: number,
  way: number,
): number | undefined {
  const { state, desk } = context;
  const judge = desk.judgeOfGroup(state, account.group);
  if (isRefusal(judge)) return undefined;
  const { columns, indexOf, levels } = judge.book.risk;
  const index = levels.coins.get(underlying)?.index ?? 0;
  let delta = more;
  const add = (product: string, lots: Lots) => {
    const { terms } = state.products.get(product)!;
    const row = indexOf.get(product);
    if (row !== undefined && terms.product.underlying === underlying)
      delta += quantityOf(terms, lots) * columns.delta[row]! * index;
  };
  for (const id of state.owners.get(account.owner)!.accounts) {
    const own = state.accounts.get(id)!;
    for (const [product, { lots }] of own.positions) add(product, lots);
    // Of what is open it counts what goes the same way.
    for (const { terms, lots } of own.orders.values()) {
      const side = terms.side === 'buy' ? lots : -lots;
      const row = indexOf.get(terms.product);
      if (row !== undefined && side * columns.delta[row]! * way > 0) add(terms.product, side);
    }
  }
  return Math.abs(delta);
}

/** Limits per account, owner, product and open interest (M-204); an order that reduces meets none but the count. */
function doubtLimits(
  context: Context,
  account: AccountState,
  listed: ProductState,
  order: OrderTerms,
  isReducing: boolean,
  replaced: ReadonlySet<string>,
): Refusal | undefined {
  const { state } = context;
  const { id, underlying } = listed.terms.product;
  const where = `account ${account.id}`;
  const count = account.orders.size - replaced.size;
  const ordersMax = ordersMaxOf(state, account);
  if (count >= ordersMax)
    return refuse('limit', `it has ${count} open orders, and ${ordersMax} are allowed; cancel some.`, where);
  if (isReducing) return undefined;
  const side = order.side === 'buy' ? 1 : -1;
  const held = account.positions.get(id)?.lots ?? 0;
  const reach = Math.abs(held + side * (openLots(account, id, order.side, replaced) + order.lots));
  const positionMax = Math.min(Number.MAX_SAFE_INTEGER, limitOf(state, 'position', account, id));
  if (reach > positionMax)
    return refuse('limit', `it could come to ${reach} lots of ${id}, and ${positionMax} are allowed.`, where);
  const interestMax = state.limits.get(limitKey(scopeKey({ kind: 'product', id }), 'open-interest'));
  if (
    interestMax !== undefined &&
    listed.openInterest + openLots(account, id, order.side, replaced) + order.lots > interestMax
  ) {
    return refuse(
      'limit',
      `${listed.openInterest} lots are open, and ${interestMax} are allowed; wait or reduce.`,
      id,
    );
  }
  const deltaMax = state.limits.get(limitKey(`owner:${account.owner}`, 'delta'));
  if (deltaMax === undefined) return undefined;
  const judge = context.desk.judgeOfGroup(state, account.group);
  if (isRefusal(judge)) return judge;
  const row = judge.book.risk.indexOf.get(id);
  const index = judge.book.risk.levels.coins.get(underlying)?.index ?? 0;
  const more =
    row === undefined
      ? 0
      : side * quantityOf(listed.terms, order.lots) * judge.book.risk.columns.delta[row]! * index;
  const [before, after] = [
    ownerDelta(context, account, underlying, 0, more)!,
    ownerDelta(context, account, underlying, more, more)!,
  ];
  if (after <= deltaMax || after <= before) return undefined;
  return refuse(
    'limit',
    `its owner would hold ${after.toFixed(0)} USD of delta in ${underlying}, and ${deltaMax} are allowed.`,
    `owner ${account.owner}`,
  );
}

/**
 * Everything about an order but margin. `replaced` are orders that it takes the place of.
 * @example doubtOrder(context, account, listed, order, price, new Set())
 */
export function doubtOrder(
  context: Context,
  account: AccountState,
  listed: ProductState,
  order: OrderTerms,
  price: PriceUnits,
  replaced: ReadonlySet<string>,
): Refusal | undefined {
  const { id } = listed.terms.product;
  const room = reducible(account, id, order.side, replaced);
  const isReducing = order.lots <= room;
  const wrong = doubtMode(context, account, listed, isReducing);
  if (wrong !== undefined) return wrong;
  if (order.reduceOnly === true && !isReducing) {
    return refuse(
      'reduce-only',
      `it may reduce by ${room} lots and asks for ${order.lots}; ask for no more.`,
      id,
    );
  }
  const collar = collarOf(context, account, listed, order.side);
  if (collar === undefined && !isReducing) {
    return refuse('no-market', 'it has no mark now, so that only what reduces is taken; wait for one.', id);
  }
  const isBeyond = collar !== undefined && (order.side === 'buy' ? price > collar : price < collar);
  if (isBeyond) {
    return refuse(
      'collar',
      `its price is beyond ${collar / PRICE_SCALE}, as far from the mark as is allowed; come closer.`,
      id,
    );
  }
  return doubtLimits(context, account, listed, order, isReducing, replaced);
}

// Orders: checked with everything else that is open, so that whatever fills is covered before it fills.

import { isRefusal, type Refusal, refuse, usd } from '../../base/index.ts';
import { QUOTES_MAX } from '../bounds.ts';
import { withOrders } from '../imagine.ts';
import type { OrderTerms, Quote } from '../inputs.ts';
import type { AccountState, OpenOrder } from '../state.ts';
import type { PriceUnits } from '../words.ts';
import {
  because,
  type Context,
  clientOf,
  type Decider,
  doubtLots,
  doubtName,
  doubtOpen,
  doubtPrice,
  isNoWorse,
  productOf,
  refused,
  tooLittle,
} from './context.ts';
import { cancelAll } from './moves.ts';
import { collarOf, doubtOrder, ordersMaxOf } from './order-doubts.ts';

/** A limit and what it stands at. */
type Priced = OrderTerms & { readonly price: PriceUnits };

/**
 * Whether margin lets orders take the place of others (M-203): initial is covered whatever subset of all open orders fills, or the new ones ask for no
 * more than what is open without them, as what only reduces risk does.
 */
function doubtMargin(
  { state, desk }: Context,
  account: AccountState,
  replaced: ReadonlySet<string>,
  more: readonly OpenOrder[],
): Refusal | undefined {
  const [first] = more;
  const isOne = replaced.size === 0 && more.length === 1;
  const after = isOne
    ? desk.admit(state, account, first!)
    : desk.figuresAs(state, withOrders(account, replaced, more));
  if (after === undefined) return undefined;
  if (isRefusal(after)) return because(after, account);
  if (after.equity >= after.initial) return undefined;
  if (isNoWorse(after, desk.figuresOf(state, account))) return undefined;
  return tooLittle(account, usd(after.initial - after.equity), 'this order');
}

/** An order with its price: a market order is one at the collar. */
function pricedOf(context: Context, account: AccountState, order: OrderTerms): Priced | Refusal {
  const listed = productOf(context, order.product);
  if (isRefusal(listed)) return listed;
  const wrong = doubtLots(order.lots, order.product);
  if (wrong !== undefined) return wrong;
  if (order.price !== undefined) return doubtPrice(listed, order.price) ?? { ...order, price: order.price };
  if (order.postOnly === true) {
    return refuse(
      'malformed',
      'a market order takes; give a price, or leave out that it only makes.',
      order.product,
    );
  }
  const collar = collarOf(context, account, listed, order.side);
  if (collar === undefined)
    return refuse('no-market', 'it has no mark to trade at; give a price.', order.product);
  return { ...order, price: collar };
}

/** An order as it would stand in the book; what is wrong with it otherwise. */
function openOrder(
  context: Context,
  account: AccountState,
  order: OrderTerms,
  id: string,
  replaced: ReadonlySet<string>,
  isQuote: boolean,
): OpenOrder | Refusal {
  const priced = pricedOf(context, account, order);
  if (isRefusal(priced)) return priced;
  const listed = context.state.products.get(order.product)!;
  const wrong = doubtOrder(context, account, listed, priced, priced.price, replaced);
  if (wrong !== undefined) return wrong;
  const isMarket = order.price === undefined;
  return { id, terms: priced, isMarket, isQuote, lots: priced.lots, price: priced.price };
}

const none: ReadonlySet<string> = new Set();

export const place: Decider<'place'> = function* (context, { account: id, order }) {
  const { state, by } = context;
  const account = clientOf(context, id);
  if (isRefusal(account)) return yield* refused(account);
  const listed = productOf(context, order.product);
  if (isRefusal(listed)) return yield* refused(listed);
  const word = order.oneCancelsOther;
  const wrong =
    doubtOpen(context, account, listed) ??
    (word === undefined ? undefined : doubtName(word, 'oneCancelsOther'));
  if (wrong !== undefined) return yield* refused(wrong);
  const open = openOrder(context, account, order, `${by.seq}.0`, none, false);
  if (isRefusal(open)) return yield* refused(open);
  const short = doubtMargin({ state, desk: context.desk, by }, account, none, [open]);
  if (short !== undefined) return yield* refused(short);
  const { terms, isMarket, isQuote } = open;
  yield { kind: 'ordered', account: id, order: open.id, terms, isMarket, isQuote };
};

/** An order of an account, or why there is none. */
function orderOf(account: AccountState, id: string): OpenOrder | Refusal {
  const order = account.orders.get(id);
  return (
    order ??
    refuse('unknown-order', 'it has no such open order; it may have filled or been cancelled.', `order ${id}`)
  );
}

/** Another size or price; the order keeps its id. Making it smaller at the same price asks nothing of margin. */
export const amend: Decider<'amend'> = function* (context, { account: id, order: orderId, lots, price }) {
  const account = clientOf(context, id);
  if (isRefusal(account)) return yield* refused(account);
  const order = orderOf(account, orderId);
  if (isRefusal(order)) return yield* refused(order);
  const listed = context.state.products.get(order.terms.product)!;
  const next = { lots: lots ?? order.lots, price: price ?? order.price };
  const wrong =
    (lots === undefined && price === undefined
      ? refuse('malformed', 'it changes nothing; give lots, a price, or both.', orderId)
      : undefined) ??
    doubtLots(next.lots, orderId) ??
    doubtPrice(listed, next.price) ??
    doubtOpen(context, account, listed);
  if (wrong !== undefined) return yield* refused(wrong);
  if (next.price !== order.price || next.lots > order.lots) {
    const replaced = new Set([orderId]);
    const changed: OpenOrder = { ...order, ...next, terms: { ...order.terms, ...next } };
    const doubt =
      doubtOrder(context, account, listed, changed.terms, next.price, replaced) ??
      doubtMargin(context, account, replaced, [changed]);
    if (doubt !== undefined) return yield* refused(doubt);
  }
  yield { kind: 'reordered', account: id, order: orderId, ...next };
};

export const cancel: Decider<'cancel'> = function* (context, { account: id, order: orderId }) {
  const account = clientOf(context, id);
  if (isRefusal(account)) return yield* refused(account);
  const order = orderOf(account, orderId);
  if (isRefusal(order)) return yield* refused(order);
  yield { kind: 'unordered', account: id, order: orderId, why: 'cancelled' };
};

export const cancelEvery: Decider<'cancel-all'> = function* (context, { account: id, product }) {
  const account = clientOf(context, id);
  if (isRefusal(account)) return yield* refused(account);
  yield* cancelAll(account, 'cancelled', ({ terms }) => product === undefined || terms.product === product);
};

/** Whether protection lets an account quote an underlying now. */
function doubtProtection({ state }: Context, account: AccountState, underlying: string): Refusal | undefined {
  const until = account.protections.get(underlying)?.frozenUntil;
  if (until === undefined || (until !== null && until <= state.now)) return undefined;
  const mend = until === null ? 'set the protection anew' : `wait until ${until}`;
  return refuse(
    'not-allowed',
    `its quotes of ${underlying} were pulled by its protection; ${mend}.`,
    `account ${account.id}`,
  );
}

/** The orders that a mass quote asks for. */
function* quotesOf(quotes: readonly Quote[]): Generator<OrderTerms> {
  for (const { product, bid, ask } of quotes) {
    if (bid !== undefined) yield { product, side: 'buy', ...bid, postOnly: true };
    if (ask !== undefined) yield { product, side: 'sell', ...ask, postOnly: true };
  }
}

/** A mass quote takes the place of all quotes of its products; all of it is taken, or none. */
export const quote: Decider<'quote'> = function* (context, { account: id, quotes }) {
  const { state, by } = context;
  const account = clientOf(context, id);
  if (isRefusal(account)) return yield* refused(account);
  const products = new Set(quotes.map(({ product }) => product));
  const wrong =
    (quotes.length > 0 && quotes.length <= QUOTES_MAX
      ? undefined
      : refuse(
          'too-large',
          `a mass quote has 1 to ${QUOTES_MAX} products, and this has ${quotes.length}; split it.`,
          `account ${id}`,
        )) ??
    (products.size === quotes.length
      ? undefined
      : refuse('duplicate', 'a product stands in it twice; quote it once.', `account ${id}`));
  if (wrong !== undefined) return yield* refused(wrong);
  const replaced = new Set(
    [...account.orders.values()]
      .filter((order) => order.isQuote && products.has(order.terms.product))
      .map((order) => order.id),
  );
  for (const product of products) {
    const listed = productOf(context, product);
    if (isRefusal(listed)) return yield* refused(listed);
    const doubt =
      doubtOpen(context, account, listed) ??
      doubtProtection(context, account, listed.terms.product.underlying);
    if (doubt !== undefined) return yield* refused(doubt);
  }
  const more: OpenOrder[] = [];
  for (const terms of quotesOf(quotes)) {
    const open = openOrder(context, account, terms, `${by.seq}.${more.length}`, replaced, true);
    if (isRefusal(open)) return yield* refused(open);
    more.push(open);
  }
  const count = account.orders.size - replaced.size + more.length;
  const most = ordersMaxOf(state, account);
  if (count > most) {
    return yield* refused(
      refuse(
        'limit',
        `it would have ${count} open orders, and ${most} are allowed; quote less.`,
        `account ${id}`,
      ),
    );
  }
  const short = more.length === 0 ? undefined : doubtMargin(context, account, replaced, more);
  if (short !== undefined) return yield* refused(short);
  for (const order of replaced) yield { kind: 'unordered', account: id, order, why: 'replaced' };
  for (const { id: order, terms, isMarket, isQuote } of more) {
    yield { kind: 'ordered', account: id, order, terms: terms as Priced, isMarket, isQuote };
  }
};

export const protect: Decider<'protect'> = function* (context, { account: id, protection }) {
  const account = clientOf(context, id);
  if (isRefusal(account)) return yield* refused(account);
  const { window, freeze, lotsMax, underlying } = protection;
  const isKnown = [...context.state.products.values()].some(
    ({ terms }) => terms.product.underlying === underlying,
  );
  const sound = window > 0 && freeze >= 0 && Number.isSafeInteger(window) && Number.isSafeInteger(freeze);
  const wrong =
    (isKnown
      ? undefined
      : refuse('unknown-product', 'nothing of this coin is listed; name one that is.', underlying)) ??
    doubtLots(lotsMax, 'lotsMax') ??
    (sound
      ? undefined
      : refuse(
          'out-of-range',
          'the window is above zero and the freeze at least zero, whole milliseconds.',
          'protection',
        ));
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'protected', account: id, protection };
};

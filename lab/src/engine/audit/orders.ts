// Orders by the auditor's own book: nothing fills beyond what is left or past its limit, and what had to go is gone.

import type { FactOf } from '@plimsoll/core/engine';
import type { Look, OwnAccount, OwnOrder } from './books.ts';

/** Orders as they stood before the input. */
export type OrdersBefore = ReadonlyMap<string, readonly OwnOrder[]>;

export function ordersBefore({ books }: Look): OrdersBefore {
  return new Map(
    [...books.accounts].map(([id, { orders }]) => [id, [...orders.values()].map((order) => ({ ...order }))]),
  );
}

export function ordered(look: Look, fact: FactOf<'ordered'>): void {
  const { input, seq } = look.by;
  const { account: id, order, terms, isQuote } = fact;
  const account = look.books.accounts.get(id)!;
  if (account.orders.has(order) || !order.startsWith(`${seq}.`))
    look.say('M-203', `order ${order} of ${id} has an id that is not its own`);
  const asked =
    input.kind === 'place'
      ? [input.order]
      : input.kind === 'quote'
        ? input.quotes.flatMap(({ product, bid, ask }) => [
            { product, side: 'buy', ...bid },
            { product, side: 'sell', ...ask },
          ])
        : [];
  const isAsked = asked.some(
    ({ product, side, lots, price }) =>
      product === terms.product &&
      side === terms.side &&
      lots === terms.lots &&
      (price ?? terms.price) === terms.price,
  );
  if (!isAsked || !('account' in input) || input.account !== id || isQuote !== (input.kind === 'quote'))
    look.say('M-203', `order ${order} of ${id} is none that was asked for`);
  account.orders.set(order, { id: order, terms, isQuote, lots: terms.lots, price: terms.price });
}

export function reordered(look: Look, { account, order, lots, price }: FactOf<'reordered'>): void {
  const open = look.books.accounts.get(account)!.orders.get(order);
  if (open === undefined) {
    look.say('M-203', `order ${order} of ${account} changes and is not there`);
    return;
  }
  const { input } = look.by;
  const isAmended = input.kind === 'amend' && input.order === order;
  if (!isAmended && (price !== open.price || lots >= open.lots))
    look.say('M-203', `order ${order} of ${account} grows or moves unasked`);
  if (isAmended && (lots !== (input.lots ?? open.lots) || price !== (input.price ?? open.price)))
    look.say('M-203', `order ${order} is amended to ${lots} at ${price}, which was not asked for`);
  Object.assign(open, { lots, price });
}

export function unordered(look: Look, { account, order, why }: FactOf<'unordered'>): void {
  const own = look.books.accounts.get(account)!;
  if (!own.orders.delete(order))
    look.say('M-203', `order ${order} of ${account} goes (${why}) and is not there`);
}

/** What an order allowed of a fill. */
function checkFilled(look: Look, before: OrdersBefore): void {
  const { input } = look.by;
  if (input.kind !== 'fill') return;
  for (const [side, word] of [
    [input.buyer, 'buy'],
    [input.seller, 'sell'],
  ] as const) {
    if (side.order === undefined) continue;
    const order = before.get(side.account)?.find(({ id }) => id === side.order);
    if (order === undefined) {
      look.say('M-203', `order ${side.order} fills and was not open`);
      continue;
    }
    const { terms, lots, price } = order;
    if (terms.product !== input.product || terms.side !== word)
      look.say('M-203', `order ${order.id} fills in ${input.product}, ${word}`);
    if (input.lots > lots)
      look.say('M-203', `order ${order.id} fills ${input.lots} of ${lots} that were left`);
    if (word === 'buy' ? input.price > price : input.price < price)
      look.say('M-203', `order ${order.id} fills at ${input.price}, past its limit ${price}`);
    if (terms.postOnly === true && input.taker === (word === 'buy' ? 'buyer' : 'seller'))
      look.say('M-203', `order ${order.id} only makes, and takes`);
    checkLeft(look, side.account, order, input.lots);
  }
}

/** After a fill the order is smaller by it, and what it cancels is gone. */
function checkLeft({ books, say }: Look, account: string, order: OwnOrder, filled: number): void {
  const { orders } = books.accounts.get(account)!;
  const left = orders.get(order.id)?.lots ?? 0;
  if (left > order.lots - filled)
    say('M-203', `order ${order.id} has ${left} lots left after a fill of ${filled}`);
  const word = order.terms.oneCancelsOther;
  if (word === undefined) return;
  for (const other of orders.values())
    if (other.id !== order.id && other.terms.oneCancelsOther === word)
      say('M-203', `order ${other.id} stands although ${order.id} filled, which cancels it`);
}

/** Reduce-only orders never reach beyond the position. */
function checkReducing({ books, say }: Look, account: OwnAccount): void {
  const wanted = new Map<string, number>();
  for (const { terms, lots } of account.orders.values())
    if (terms.reduceOnly === true)
      wanted.set(
        `${terms.product} ${terms.side}`,
        (wanted.get(`${terms.product} ${terms.side}`) ?? 0) + lots,
      );
  for (const [key, lots] of wanted) {
    const [product, side] = key.split(' ') as [string, string];
    if (books.products.get(product)!.mode === 'settled') continue;
    const held = Number(account.held.get(product)?.lots ?? 0n);
    const room = Math.max(0, side === 'sell' ? held : -held);
    if (lots > room)
      say('M-203', `${account.id} has ${lots} lots of reduce-only orders in ${key}, and ${room} to reduce`);
  }
}

/** The orders of an account that a cancel, a kill, a settlement or a new quote leaves. */
function checkGone(look: Look, account: OwnAccount): void {
  const { books, by, say } = look;
  const { input } = by;
  for (const { id, terms, isQuote } of account.orders.values()) {
    const where = `order ${id} of ${account.id} in ${terms.product} stands`;
    if (books.products.get(terms.product)!.mode === 'settled') say('M-202', `${where}, which is settled`);
    if (input.kind === 'cancel' && input.account === account.id && input.order === id)
      say('M-203', `${where} and is cancelled`);
    if (
      input.kind === 'cancel-all' &&
      input.account === account.id &&
      (input.product ?? terms.product) === terms.product
    )
      say('M-203', `${where} and all are cancelled`);
    const isOld = !id.startsWith(`${by.seq}.`);
    if (input.kind === 'quote' && input.account === account.id && isQuote && isOld) {
      if (input.quotes.some(({ product }) => product === terms.product))
        say('M-203', `${where} and is replaced`);
    }
    if (input.kind !== 'kill') continue;
    const { scope } = input;
    const isWithin =
      scope.kind === 'venue' ||
      (scope.kind === 'product' && scope.id === terms.product) ||
      (scope.kind === 'account' && scope.id === account.id) ||
      (scope.kind === 'owner' && scope.id === account.owner);
    if (isWithin) say('M-204', `${where} after a kill`);
  }
}

/** Everything that must hold of orders after an input that was taken. */
export function checkOrders(look: Look, before: OrdersBefore): void {
  checkFilled(look, before);
  checkProtected(look, before);
  for (const account of look.books.accounts.values()) {
    if (account.orders.size === 0) continue;
    checkReducing(look, account);
    checkGone(look, account);
  }
  const { input } = look.by;
  const asked =
    input.kind === 'place'
      ? 1
      : input.kind === 'quote'
        ? input.quotes.reduce((sum, { bid, ask }) => sum + (bid ? 1 : 0) + (ask ? 1 : 0), 0)
        : 0;
  const made = look.facts.filter(({ kind }) => kind === 'ordered').length;
  if (made !== asked) look.say('M-203', `${asked} orders were asked for and ${made} made`);
}

/** Market-maker protection, counted anew. */
function checkProtected(look: Look, before: OrdersBefore): void {
  const { books, by, say } = look;
  const { input } = by;
  if (input.kind === 'protect') {
    const { protection } = input;
    const fresh = { protection, filled: 0, since: by.at, frozenUntil: undefined };
    books.accounts.get(input.account)!.guards.set(protection.underlying, fresh);
  }
  if (input.kind === 'quote') {
    const account = books.accounts.get(input.account)!;
    for (const { product } of input.quotes) {
      const until = account.guards.get(books.products.get(product)!.terms.product.underlying)?.frozenUntil;
      if (until === null || (until !== undefined && until > books.now))
        say('M-204', `${account.id} quotes ${product} while its protection holds`);
    }
  }
  if (input.kind !== 'fill') return;
  const { underlying } = books.products.get(input.product)!.terms.product;
  for (const side of [input.buyer, input.seller]) {
    const guard = books.accounts.get(side.account)!.guards.get(underlying);
    const order = before.get(side.account)?.find(({ id }) => id === side.order);
    if (guard === undefined || order?.isQuote !== true) continue;
    const isNew = by.at - guard.since > guard.protection.window;
    guard.filled = (isNew ? 0 : guard.filled) + input.lots;
    if (isNew) guard.since = by.at;
    if (guard.filled < guard.protection.lotsMax) continue;
    guard.frozenUntil = guard.protection.freeze === 0 ? null : by.at + guard.protection.freeze;
    for (const { id, isQuote, terms } of books.accounts.get(side.account)!.orders.values())
      if (isQuote && books.products.get(terms.product)!.terms.product.underlying === underlying)
        say('M-204', `quote ${id} of ${side.account} stands although its protection pulled it`);
  }
}

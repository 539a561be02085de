// What an order had to fulfil beside margin: modes, stale markets, collars, limits; reductions pass most of them.

import type { MarginBook } from '@plimsoll/core';
import type { LimitName } from '@plimsoll/core/engine';
import type { Books, Look, OwnAccount, OwnOrder } from './books.ts';
import type { Judges } from './judge.ts';

const ROUNDING = 1e-9;

/** New or changed orders of an input. */
function askedOf({ books, by }: Look): { account: OwnAccount; orders: OwnOrder[] } | undefined {
  const { input, seq } = by;
  if (input.kind !== 'place' && input.kind !== 'quote' && input.kind !== 'amend') return undefined;
  const account = books.accounts.get(input.account)!;
  const isAsked = ({ id }: OwnOrder) =>
    input.kind === 'amend' ? id === input.order : id.startsWith(`${seq}.`);
  return { account, orders: [...account.orders.values()].filter(isAsked) };
}

/** Lots of a side that are open in a product, without some orders. */
function openOf(account: OwnAccount, product: string, side: string, without: ReadonlySet<string>): number {
  let lots = 0;
  for (const { id, terms, lots: open } of account.orders.values())
    if (terms.product === product && terms.side === side && !without.has(id)) lots += open;
  return lots;
}

function least({ limits }: Books, name: LimitName, scopes: readonly string[]): number {
  return Math.min(...scopes.map((scope) => limits.get(`${scope} ${name}`) ?? Number.POSITIVE_INFINITY));
}

/** Lots that all accounts together are long. */
function openInterest(books: Books, product: string): number {
  let lots = 0;
  for (const { held } of books.accounts.values()) lots += Math.max(0, Number(held.get(product)?.lots ?? 0n));
  return lots;
}

function checkMode(
  { books, say }: Look,
  account: OwnAccount,
  { id, terms }: OwnOrder,
  isReducing: boolean,
): void {
  const { product } = terms;
  const listed = books.products.get(product)!;
  const health = books.health.get(listed.terms.product.underlying)?.mode;
  const where = `order ${id} of ${account.id} in ${product} is taken`;
  if (listed.mode === 'halted' || listed.mode === 'settled' || health === 'halt')
    say('M-204', `${where}, which is halted`);
  if (account.status === 'bankrupt') say('M-204', `${where}, and the account is bankrupt`);
  if (isReducing) return;
  if (listed.mode === 'reduce-only' || health === 'reduce-only')
    say('M-204', `${where}, which may only be reduced`);
  if (account.status === 'liquidating') say('M-203', `${where}, and the account is being closed`);
  if (books.market === undefined || books.now - books.market.at > books.policy.market.tradeAgeMax)
    say('M-218', `${where} on a market that is too old`);
  if (terms.reduceOnly === true)
    say('M-203', `${where}, reduces only, and is larger than what there is to reduce`);
}

function checkCollar(look: Look, { id, terms, price }: OwnOrder, book: MarginBook): void {
  const { books, say } = look;
  const row = book.risk.indexOf.get(terms.product);
  if (row === undefined) return;
  const { columns, levels, indexOf } = book.risk;
  const { product, tick } = books.products.get(terms.product)!.terms;
  const { collarShare, collarIndexShare } = books.policy;
  const settle = columns.value[indexOf.get(product.settleAsset)!]!;
  const inCoins = product.settlement === 'inverse' && product.kind === 'option';
  const unit = inCoins ? 1 : levels.coins.get(product.underlying)!.index / settle;
  const mark = columns.mark[row]!;
  const width = Math.max(mark * collarShare, unit * collarIndexShare) * (1 + ROUNDING);
  const at = price / 1e8;
  const isBeyond = terms.side === 'buy' ? at > mark + width : at < mark - width && price > tick;
  if (isBeyond) say('M-204', `order ${id} is priced at ${at}, beyond ${width} of the mark ${mark}`);
}

function checkSize(look: Look, account: OwnAccount, { id, terms, lots }: OwnOrder, open: number): void {
  const { books, say } = look;
  const { product } = terms;
  const held = Number(account.held.get(product)?.lots ?? 0n);
  const reach = Math.abs(held + (terms.side === 'buy' ? 1 : -1) * (open + lots));
  const most = least(books, 'position', [
    `account ${account.id}`,
    `owner ${account.owner}`,
    `product ${product}`,
  ]);
  if (reach > most)
    say('M-204', `order ${id} of ${account.id} could come to ${reach} lots of ${product}, over ${most}`);
  const interest = openInterest(books, product) + lots;
  const interestMax = least(books, 'open-interest', [`product ${product}`]);
  if (interest > interestMax)
    say('M-204', `order ${id} could bring ${product} to ${interest} open lots, over ${interestMax}`);
}

/** US dollars of net delta that an owner holds in a coin, with an order filled. */
function checkDelta(look: Look, account: OwnAccount, { id, terms, lots }: OwnOrder, book: MarginBook): void {
  const { books, say } = look;
  const most = least(books, 'delta', [`owner ${account.owner}`]);
  if (most === Number.POSITIVE_INFINITY) return;
  const { underlying } = books.products.get(terms.product)!.terms.product;
  const { columns, levels, indexOf } = book.risk;
  const index = levels.coins.get(underlying)?.index ?? 0;
  const dollarsOf = (product: string, count: number) => {
    const { product: own, lot, lotDecimals } = books.products.get(product)!.terms;
    const row = indexOf.get(product);
    return row === undefined || own.underlying !== underlying
      ? 0
      : ((count * lot) / 10 ** lotDecimals) * columns.delta[row]! * index;
  };
  let now = 0;
  for (const name of books.owners.get(account.owner) ?? [])
    for (const [product, position] of books.accounts.get(name)!.held)
      now += dollarsOf(product, Number(position.lots));
  const after = Math.abs(now + dollarsOf(terms.product, terms.side === 'buy' ? lots : -lots));
  if (after > most * (1 + ROUNDING) && after > Math.abs(now) * (1 + ROUNDING))
    say(
      'M-204',
      `order ${id} brings ${account.owner} to ${Math.round(after)} USD of delta in ${underlying}, over ${most}`,
    );
}

/** Everything that must hold of orders that were taken, beside margin. */
export function checkLimits(look: Look, judges: Judges, smaller: boolean): void {
  const asked = askedOf(look);
  if (asked === undefined || smaller) return;
  const { books, by, say } = look;
  const { account, orders } = asked;
  const count = account.orders.size;
  const most = least(books, 'orders', [`account ${account.id}`, `owner ${account.owner}`]);
  if (by.input.kind !== 'amend' && orders.length > 0 && count > most)
    say('M-204', `${account.id} has ${count} open orders, and ${most} are allowed`);
  const own = new Set(orders.map(({ id }) => id));
  for (const order of orders) {
    const { product, side } = order.terms;
    const open = openOf(account, product, side, own);
    const held = Number(account.held.get(product)?.lots ?? 0n);
    const room = Math.max(0, (side === 'sell' ? held : -held) - open);
    const isReducing = order.lots <= room;
    checkMode(look, account, order, isReducing);
    const book = look.isThorough ? judges.bookOf(books, account.group) : undefined;
    if (book !== undefined) checkCollar(look, order, book);
    if (isReducing) continue;
    checkSize(look, account, order, open);
    if (book !== undefined) checkDelta(look, account, order, book);
  }
}

// Fills: what the matcher did. Both sides at once, or not at all.

import { type Instant, isRefusal, type Refusal, refuse, usd } from '../../base/index.ts';
import { expiryOf } from '../../product/index.ts';
import { withTrade } from '../imagine.ts';
import type { FillSide, InputOf } from '../inputs.ts';
import type { AccountState, OpenOrder, ProductState } from '../state.ts';
import { costOf } from '../terms.ts';
import type { Units } from '../words.ts';
import {
  because,
  type Context,
  clientOf,
  type Decider,
  doubtHand,
  doubtLots,
  doubtOpen,
  doubtPrice,
  type Facts,
  isNoWorse,
  productOf,
  refused,
  tooLittle,
} from './context.ts';
import { cancelAll, trade, trimReducing } from './moves.ts';
import { doubtOrder } from './order-doubts.ts';
import { visit } from './visit.ts';

/** A side, with the account and order it names. */
interface Side {
  readonly account: AccountState;
  readonly order: OpenOrder | undefined;
  readonly side: 'buy' | 'sell';
  readonly fee: bigint;
}

function sideOf(
  context: Context,
  { account: id, order: orderId, fee }: FillSide,
  side: 'buy' | 'sell',
): Side | Refusal {
  // Of the venue's own accounts these two may trade: what is agreed with the others would be nobody's.
  const isHouse = id === 'venue' || id === 'backstop';
  const account = isHouse ? context.state.accounts.get(id)! : clientOf(context, id);
  if (isRefusal(account)) return account;
  if (orderId === undefined) return { account, order: undefined, side, fee };
  const order = account.orders.get(orderId);
  return order === undefined
    ? refuse(
        'unknown-order',
        'it has no such open order; it may have filled or been cancelled.',
        `order ${orderId}`,
      )
    : { account, order, side, fee };
}

/** What a side that comes from the book must fulfil: it was checked when it was placed. */
function doubtBooked({ side }: Side, order: OpenOrder, fill: InputOf<'fill'>): Refusal | undefined {
  const { terms, lots, price, id } = order;
  const no = (message: string) => refuse('not-allowed', message, `order ${id}`);
  if (terms.product !== fill.product) return no(`it is in ${terms.product}, not in ${fill.product}.`);
  if (terms.side !== side) return no(`it wants to ${terms.side}, and the fill has it ${side}.`);
  if (fill.lots > lots) return no(`${lots} lots of it are left, and the fill has ${fill.lots}.`);
  if (side === 'buy' ? fill.price > price : fill.price < price)
    return no('the price of the fill is worse than its limit.');
  const takes = fill.taker === (side === 'buy' ? 'buyer' : 'seller');
  return terms.postOnly === true && takes ? no('it only makes, and the fill has it take.') : undefined;
}

/** What was agreed elsewhere is checked here: initial is covered after it, or no worse than before. */
function doubtAgreed(
  context: Context,
  { account, side, fee }: Side,
  fill: InputOf<'fill'>,
): Refusal | undefined {
  const { state, desk } = context;
  if (account.isHouse) return undefined;
  const listed = state.products.get(fill.product)!;
  const order = { product: fill.product, side, lots: fill.lots };
  const doubt = doubtOrder(context, account, listed, order, fill.price, new Set());
  if (doubt !== undefined) return doubt;
  const lots = side === 'buy' ? fill.lots : -fill.lots;
  const after = desk.figuresAs(state, withTrade(state, account, fill.product, lots, fill.price, fee));
  if (isRefusal(after)) return because(after, account);
  if (after.equity >= after.initial) return undefined;
  if (isNoWorse(after, desk.figuresOf(state, account))) return undefined;
  return tooLittle(account, usd(after.initial - after.equity), 'this trade');
}

/** What is left of an order after a fill, and what goes with it: those that it cancels. */
function* fillOrder({ account, order }: Side, lots: number): Facts {
  if (order === undefined) return;
  const { id, terms, price } = order;
  const left = order.lots - lots;
  if (left === 0) yield { kind: 'unordered', account: account.id, order: id, why: 'filled' };
  else yield { kind: 'reordered', account: account.id, order: id, lots: left, price };
  const word = terms.oneCancelsOther;
  if (word === undefined) return;
  yield* cancelAll(
    account,
    'one-cancels-other',
    (other) => other.id !== id && other.terms.oneCancelsOther === word,
  );
}

/** Counts quotes that filled, and pulls them all when there were too many within the window. */
function* protectQuotes(
  { state, by }: Context,
  { account, order }: Side,
  underlying: string,
  lots: number,
): Facts {
  const own = account.protections.get(underlying);
  if (order === undefined || !order.isQuote || own === undefined) return;
  const { window, lotsMax, freeze } = own.protection;
  const isNew = by.at - own.since > window;
  yield { kind: 'counted', account: account.id, underlying, lots, isNew };
  if (own.filled < lotsMax) return;
  const until = freeze === 0 ? null : ((by.at + freeze) as Instant);
  yield { kind: 'quoted-out', account: account.id, underlying, until };
  yield* cancelAll(
    account,
    'protection',
    ({ isQuote, terms }) =>
      isQuote && state.products.get(terms.product)!.terms.product.underlying === underlying,
  );
}

/** Whether a product trades at all now. */
function doubtTrading({ state }: Context, { mode, terms }: ProductState): Refusal | undefined {
  const { id, underlying } = terms.product;
  const venue = state.halts.get('venue');
  if (venue !== undefined) {
    return refuse('halted', `the venue is halted (${venue.reason}); wait until it is resumed.`, id);
  }
  if (mode === 'settled' || mode === 'halted')
    return refuse('halted', `it is ${mode}; nothing of it trades.`, id);
  const expiry = expiryOf(terms.product);
  if (expiry !== undefined && expiry <= state.now) {
    return refuse('expired', 'it has expired; nothing of it trades.', id);
  }
  if (state.health.get(underlying)?.mode !== 'halt') return undefined;
  return refuse('halted', 'its sources let nothing trade now; wait for a market that does.', id);
}

/** What is wrong with one side: more lots than can be counted, a fee beyond the trade, an account that may not trade, an order that says otherwise. */
function doubtSide(
  context: Context,
  side: Side,
  listed: ProductState,
  input: InputOf<'fill'>,
  worth: Units,
): Refusal | undefined {
  const { account, fee, order } = side;
  const where = `account ${account.id}`;
  const lots = side.side === 'buy' ? input.lots : -input.lots;
  const after = (account.positions.get(input.product)?.lots ?? 0) + lots;
  if (!Number.isSafeInteger(after)) {
    return refuse('out-of-range', `it would hold ${after} lots, more than can be counted one by one.`, where);
  }
  if (fee > worth || -fee > worth) {
    const message = `its fee is ${fee} units, more than the ${worth} that the trade is worth; check its scale.`;
    return refuse('out-of-range', message, where);
  }
  const closed = account.isHouse ? undefined : doubtOpen(context, account, listed);
  if (closed !== undefined) return closed;
  return order === undefined ? doubtAgreed(context, side, input) : doubtBooked(side, order, input);
}

function doubtFill(
  context: Context,
  buyer: Side,
  seller: Side,
  listed: ProductState,
  input: InputOf<'fill'>,
): Refusal | undefined {
  const wrong = doubtTrading(context, listed);
  if (wrong !== undefined) return wrong;
  if (buyer.account === seller.account) {
    return refuse(
      'not-allowed',
      'buyer and seller are one account; a trade has two.',
      `account ${buyer.account.id}`,
    );
  }
  const settle = context.state.assets.get(listed.terms.product.settleAsset)!;
  const cost = costOf(listed.terms, input.lots, input.price, settle.terms);
  const worth = cost < 0n ? -cost : cost;
  return doubtSide(context, buyer, listed, input, worth) ?? doubtSide(context, seller, listed, input, worth);
}

export const fill: Decider<'fill'> = function* (context, input) {
  const { state } = context;
  const { product, lots, price, id } = input;
  const listed = productOf(context, product);
  if (isRefusal(listed)) return yield* refused(listed);
  const wrong = doubtLots(lots, product) ?? doubtPrice(listed, price);
  if (wrong !== undefined) return yield* refused(wrong);
  const buyer = sideOf(context, input.buyer, 'buy');
  if (isRefusal(buyer)) return yield* refused(buyer);
  const seller = sideOf(context, input.seller, 'sell');
  if (isRefusal(seller)) return yield* refused(seller);
  const doubt = doubtFill(context, buyer, seller, listed, input);
  if (doubt !== undefined) return yield* refused(doubt);
  yield* trade(state, buyer.account, listed, lots, price, buyer.fee);
  yield* trade(state, seller.account, listed, -lots, price, seller.fee);
  const fees = [buyer.fee, seller.fee] as const;
  yield {
    kind: 'traded',
    fill: id,
    product,
    lots,
    price,
    buyer: buyer.account.id,
    seller: seller.account.id,
    fees,
  };
  for (const side of [buyer, seller]) {
    yield* fillOrder(side, lots);
    yield* trimReducing(side.account, product);
    yield* protectQuotes(context, side, listed.terms.product.underlying, lots);
  }
  for (const { account } of [buyer, seller]) yield* visit(context, account);
};

/** A trade undone: the same lots at the same price the other way, fees back, whatever margin says of it; then both are judged. */
export const bust: Decider<'bust'> = function* (context, input) {
  const { state } = context;
  const wrong = doubtHand(input);
  if (wrong !== undefined) return yield* refused(wrong);
  const past = state.fills.get(input.fill);
  const gone = refuse(
    'not-allowed',
    'there is no such fill, it was busted already, or it is too long ago.',
    `fill ${input.fill}`,
  );
  if (past === undefined) return yield* refused(gone);
  const listed = state.products.get(past.product)!;
  if (listed.mode === 'settled') {
    return yield* refused(
      refuse('expired', 'its product is settled; correct the accounts by transfers.', `fill ${input.fill}`),
    );
  }
  const [buyer, seller] = [state.accounts.get(past.buyer)!, state.accounts.get(past.seller)!];
  yield* trade(state, buyer, listed, -past.lots, past.price, -past.fees[0]);
  yield* trade(state, seller, listed, past.lots, past.price, -past.fees[1]);
  yield { kind: 'busted', fill: input.fill };
  for (const account of [buyer, seller]) yield* trimReducing(account, past.product);
  for (const account of [buyer, seller]) yield* visit(context, account);
};

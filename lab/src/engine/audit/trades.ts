// Positions: every one moves by a trade, a bust or a settlement that the auditor works out for itself.

import type { FactOf } from '@plimsoll/core/engine';
import { afterTrade, finalOf, isPaidAtOnce, worthOf } from './arithmetic.ts';
import { add, type Look, type OwnPosition } from './books.ts';
import { change, expectFunding, type Flows } from './money.ts';

interface Move {
  readonly fact: FactOf<'moved'>;
  readonly before: OwnPosition | undefined;
}

/** Moves of one input whose cause has not been seen yet. */
export interface Moves {
  readonly waiting: Move[];
  readonly settling: Move[];
  /** How many forced trades an account had. */
  readonly forced: Map<string, number>;
}

export function noMoves(): Moves {
  return { waiting: [], settling: [], forced: new Map() };
}

export function moved(look: Look, flows: Flows, moves: Moves, fact: FactOf<'moved'>): void {
  const { books } = look;
  const account = books.accounts.get(fact.account);
  const listed = books.products.get(fact.product);
  if (account === undefined || listed === undefined) {
    look.say('M-200', `a move of ${fact.account} in ${fact.product}, which is not known`);
    return;
  }
  expectFunding(look, flows, account, fact.product);
  const held = account.held.get(fact.product);
  const before = held && { ...held };
  const after = {
    lots: (held?.lots ?? 0n) + BigInt(fact.lots),
    cost: (held?.cost ?? 0n) + fact.cost,
    at: listed.index,
  };
  if (after.lots === 0n) account.held.delete(fact.product);
  else account.held.set(fact.product, after);
  if (after.lots === 0n && after.cost !== 0n)
    look.say('M-201', `${fact.account} has no ${fact.product} left, and ${after.cost} units of cost`);
  add(books.lots, fact.product, BigInt(fact.lots));
  const { settleAsset } = listed.terms.product;
  add(books.there, settleAsset, -fact.cost);
  if (fact.realised !== 0n) change(look, account, settleAsset, fact.realised);
  (listed.final === undefined ? moves.waiting : moves.settling).push({ fact, before });
}

/** One side of a trade, worked out anew. */
function checkSide(
  look: Look,
  flows: Flows,
  { fact, before }: Move,
  lots: bigint,
  price: bigint,
  fee: bigint,
): void {
  const { books } = look;
  const { terms } = books.products.get(fact.product)!;
  const { settleAsset } = terms.product;
  const own = afterTrade(terms, books.assets.get(settleAsset)!.terms, before, lots, price);
  const cost = own.cost - (before?.cost ?? 0n);
  if (BigInt(fact.lots) !== lots || fact.cost !== cost || fact.realised !== own.realised) {
    const said = `${fact.lots} lots, cost ${fact.cost}, realised ${fact.realised}`;
    look.say(
      'M-201',
      `${fact.account} in ${fact.product}: ${said}; ${lots}, ${cost}, ${own.realised} by its own reckoning`,
    );
  }
  flows.expectPair('premium', 'clearing', fact.account, settleAsset, own.premium);
  flows.expectPair('fee', fact.account, 'venue', settleAsset, fee);
}

/** A trade has two sides, and both have just moved. */
function checkPair(
  look: Look,
  flows: Flows,
  moves: Moves,
  sides: readonly { readonly account: string; readonly lots: bigint; readonly fee: bigint }[],
  { product, price }: { readonly product: string; readonly price: bigint },
): void {
  for (const { account, lots, fee } of sides) {
    const place = moves.waiting.findIndex(({ fact }) => fact.account === account && fact.product === product);
    const [move] = place < 0 ? [] : moves.waiting.splice(place, 1);
    if (move === undefined) look.say('M-201', `a trade in ${product} that ${account} has no side of`);
    else checkSide(look, flows, move, lots, price, fee);
  }
}

export function traded(look: Look, flows: Flows, moves: Moves, fact: FactOf<'traded'>): void {
  const { books, by } = look;
  const { product, buyer, seller } = fact;
  const fill = {
    product,
    lots: BigInt(fact.lots),
    price: BigInt(fact.price),
    buyer,
    seller,
    fees: fact.fees,
  };
  const sides = [
    { account: buyer, lots: fill.lots, fee: fact.fees[0] },
    { account: seller, lots: -fill.lots, fee: fact.fees[1] },
  ];
  checkPair(look, flows, moves, sides, fill);
  books.fills.set(fact.fill, fill);
  const { input } = by;
  if (input.kind === 'fill' && input.id === fact.fill) {
    const same =
      input.product === product &&
      input.lots === fact.lots &&
      input.price === fact.price &&
      input.buyer.account === buyer &&
      input.seller.account === seller &&
      input.buyer.fee === fact.fees[0] &&
      input.seller.fee === fact.fees[1];
    if (!same) look.say('M-201', `fill ${fact.fill} is not what was asked for`);
    return;
  }
  const closed = buyer === 'backstop' ? seller : buyer;
  if (buyer !== 'backstop' && seller !== 'backstop')
    look.say('M-213', `a trade of ${buyer} and ${seller} that nobody sent`);
  moves.forced.set(closed, (moves.forced.get(closed) ?? 0) + 1);
}

export function busted(look: Look, flows: Flows, moves: Moves, { fill: id }: FactOf<'busted'>): void {
  const { books } = look;
  const fill = books.fills.get(id);
  if (fill === undefined) {
    look.say('M-201', `fill ${id} is busted and is not there`);
    return;
  }
  const { buyer, seller, lots, fees } = fill;
  const sides = [
    { account: buyer, lots: -lots, fee: -fees[0] },
    { account: seller, lots, fee: -fees[1] },
  ];
  checkPair(look, flows, moves, sides, fill);
  books.fills.delete(id);
}

/** What settled is handed to `clearing` at its final price, whole. */
function checkSettled(look: Look, flows: Flows, moves: Moves): void {
  const { books } = look;
  for (let i = 0; i < moves.settling.length; i += 2) {
    const [own, other] = [moves.settling[i]!, moves.settling[i + 1]];
    const { product, account } = own.fact;
    const { terms, final } = books.products.get(product)!;
    const { settleAsset } = terms.product;
    const settle = books.assets.get(settleAsset)!.terms;
    if (other?.fact.account !== 'clearing' || own.before === undefined) {
      look.say('M-202', `${account} is paid out of ${product}, and clearing has no side of it`);
      return;
    }
    const worth = worthOf(terms, settle, own.before.lots, final!);
    const isPremium = isPaidAtOnce(terms);
    // Paid: worth less cost. An option's worth goes as a credit, a future's as what is realised.
    const realised = isPremium || final === 0n ? 0n : worth - own.before.cost;
    if (BigInt(own.fact.lots) !== -own.before.lots || own.fact.realised !== realised)
      look.say(
        'M-202',
        `${account} is paid ${own.fact.realised} for ${own.fact.lots} of ${product}, not ${realised}`,
      );
    if (isPremium) flows.expectPair('settlement', 'clearing', account, settleAsset, worth);
    const taken = afterTrade(terms, settle, other.before, own.before.lots, final === 0n ? 1n : final!);
    if (BigInt(other.fact.lots) !== own.before.lots || other.fact.realised !== taken.realised)
      look.say(
        'M-202',
        `clearing takes ${other.fact.lots} of ${product}, realised ${other.fact.realised}, not ${taken.realised}`,
      );
  }
}

/** Everything that must hold of one input's positions. */
export function checkMoves(look: Look, flows: Flows, moves: Moves): void {
  for (const { fact } of moves.waiting)
    look.say('M-201', `${fact.account} moved by ${fact.lots} of ${fact.product} without a trade`);
  checkSettled(look, flows, moves);
  for (const [product, lots] of look.books.lots)
    if (lots !== 0n) look.say('M-201', `positions in ${product} sum to ${lots} lots`);
}

/** A final price is what the statement says. */
export function checkFinal(look: Look, { product, mode, price }: FactOf<'mode-set'>): void {
  const { books, by } = look;
  const { input } = by;
  const listed = books.products.get(product);
  if (listed === undefined) return;
  if (mode !== 'settled') {
    if (listed.mode === 'settled') look.say('M-202', `${product} is settled, and comes back`);
    return;
  }
  const own =
    input.kind === 'settle'
      ? finalOf(listed.terms, BigInt(input.price))
      : input.kind === 'delist'
        ? BigInt(input.price)
        : undefined;
  if (price === undefined || BigInt(price) !== own)
    look.say('M-202', `${product} settles at ${price}, and at ${own} by its own reckoning`);
}

// What traders do: hedgers, gamblers up to the last dollar of margin, makers with quotes and protection, withdrawers, and forgetful ones who never answer a call.

import { type Instant, isRefusal } from '@plimsoll/core';
import type {
  AccountState,
  FillSide,
  Input,
  OpenOrder,
  OrderTerms,
  ProductState,
  Quote,
} from '@plimsoll/core/engine';
import { ASSETS } from './products.ts';
import type { Person, Scene, Timed } from './world.ts';

/** Mark and dollars of a lot, where there is a book that has the product. */
export function lotOf(
  scene: Scene,
  listed: ProductState,
  group: string,
): { mark: number; worth: number } | undefined {
  const judge = scene.desk.judgeOfGroup(scene.state, group);
  if (isRefusal(judge)) return undefined;
  const { indexOf, columns, levels } = judge.book.risk;
  const row = indexOf.get(listed.terms.product.id);
  if (row === undefined) return undefined;
  const { lot, lotDecimals, product } = listed.terms;
  const index = levels.coins.get(product.underlying)?.index ?? 1;
  const size = lot / 10 ** lotDecimals;
  const isDollars = product.settlement === 'inverse' && product.kind !== 'option';
  return { mark: columns.mark[row]!, worth: isDollars ? size : size * index };
}

function toTick(price: number, { terms }: ProductState): number {
  return Math.max(1, Math.round((price * 1e8) / terms.tick)) * terms.tick;
}

/** Dollars that a habit would have in one order. */
const SIZES: Readonly<Record<Person['habit'], readonly [number, number]>> = {
  hedger: [2_000, 30_000],
  gambler: [40_000, 900_000],
  maker: [10_000, 200_000],
  withdrawer: [2_000, 40_000],
  forgetful: [40_000, 800_000],
};

/** Who gambles goes as far as margin lets him: several times what is left above the initial line. */
function sizesOf({ state, desk }: Scene, { account, habit }: Person): readonly [number, number] {
  const own = state.accounts.get(account);
  if (own === undefined || (habit !== 'gambler' && habit !== 'forgetful')) return SIZES[habit];
  const figures = desk.figuresOf(state, own);
  if (isRefusal(figures) || figures.equity <= figures.initial) return SIZES[habit];
  const left = Number(figures.equity - figures.initial) / 1e8;
  return [2 * left, 9 * left];
}

function orderOf(scene: Scene, person: Person): OrderTerms | undefined {
  const { dice, state } = scene;
  const listed = dice.one([...state.products.values()]);
  const at = lotOf(scene, listed, person.group);
  if (at === undefined) return undefined;
  const { id } = listed.terms.product;
  const held = state.accounts.get(person.account)?.positions.get(id)?.lots ?? 0;
  const [low, high] = sizesOf(scene, person);
  const isReducing = held !== 0 && dice.percent(40);
  const side = isReducing ? (held > 0 ? 'sell' : 'buy') : dice.percent(50) ? 'buy' : 'sell';
  const wanted = Math.max(1, Math.round((low + (high - low) * dice.next() * dice.next()) / at.worth));
  const lots = isReducing ? dice.whole(1, Math.abs(held)) : wanted;
  const off = (dice.percent(50) ? 1 : -1) * 0.02 * dice.next() * dice.next();
  const word = dice.percent(10) ? { oneCancelsOther: `w${dice.whole(0, 1)}` } : {};
  const reduceOnly = isReducing && dice.percent(75) ? { reduceOnly: true } : {};
  if (dice.percent(10)) return { product: id, side, lots, ...word, ...reduceOnly };
  const postOnly = dice.percent(15) ? { postOnly: true } : {};
  return {
    product: id,
    side,
    lots,
    price: toTick(at.mark * (1 + off), listed),
    ...word,
    ...reduceOnly,
    ...postOnly,
  };
}

function quoteOf(scene: Scene, { account, group }: Person): Input {
  const { dice, state } = scene;
  const quotes: Quote[] = [];
  for (const listed of state.products.values()) {
    if (listed.mode !== 'live' || !dice.percent(40)) continue;
    const at = lotOf(scene, listed, group);
    if (at === undefined) continue;
    const lots = Math.max(1, Math.round((3_000 + 20_000 * dice.next()) / at.worth));
    const half = 0.001 + 0.01 * dice.next();
    const bid = { price: toTick(at.mark * (1 - half), listed), lots };
    const ask = { price: toTick(at.mark * (1 + half), listed) + listed.terms.tick, lots };
    quotes.push({
      product: listed.terms.product.id,
      ...(dice.percent(90) ? { bid } : {}),
      ...(dice.percent(90) ? { ask } : {}),
    });
  }
  return { kind: 'quote', account, quotes, id: scene.world.id() };
}

function protectOf({ world, dice }: Scene, { account }: Person): Input {
  const protection = {
    underlying: dice.one(['BTC', 'ETH']),
    window: dice.whole(1, 120) * 1_000,
    lotsMax: dice.whole(1, 2_000),
    freeze: dice.percent(50) ? 0 : dice.whole(1, 60) * 1_000,
  };
  return { kind: 'protect', account, protection, id: world.id() };
}

interface Resting {
  readonly account: AccountState;
  readonly order: OpenOrder;
}

/** The matcher: two orders that meet, or one with somebody who agreed elsewhere. */
function fillOf(scene: Scene): Input | undefined {
  const { world, dice, state } = scene;
  const resting: Resting[] = [];
  for (const account of state.accounts.values())
    for (const order of account.orders.values()) resting.push({ account, order });
  if (resting.length === 0) return agreedOf(scene);
  const one = dice.one(resting);
  const isBuy = one.order.terms.side === 'buy';
  const meets = resting.filter(
    ({ account, order }) =>
      account !== one.account &&
      order.terms.product === one.order.terms.product &&
      order.terms.side !== one.order.terms.side &&
      (isBuy ? order.price <= one.order.price : order.price >= one.order.price),
  );
  const other = meets.length > 0 ? dice.one(meets) : undefined;
  const lotsMax = Math.min(one.order.lots, other?.order.lots ?? one.order.lots);
  const lots = dice.percent(50) ? lotsMax : dice.whole(1, lotsMax);
  const maker = other?.order.price ?? one.order.price;
  const fee = () => BigInt(dice.whole(-200, 2_000));
  const mine: FillSide = { account: one.account.id, order: one.order.id, fee: fee() };
  const stranger = dice.one(world.people.filter(({ account }) => account !== one.account.id)).account;
  const counter = dice.percent(80) && one.account.id !== 'a0' ? 'a0' : stranger;
  const theirs: FillSide =
    other === undefined
      ? { account: counter, fee: fee() }
      : { account: other.account.id, order: other.order.id, fee: fee() };
  const myTaker = one.order.terms.postOnly !== true && (one.order.isMarket || dice.percent(50));
  const taker = myTaker === isBuy ? 'buyer' : 'seller';
  const [buyer, seller] = isBuy ? [mine, theirs] : [theirs, mine];
  const { product } = one.order.terms;
  return { kind: 'fill', product, lots, price: maker, buyer, seller, taker, id: world.id() };
}

/** A trade that was agreed elsewhere, near the mark. */
function agreedOf(scene: Scene): Input | undefined {
  const { world, dice } = scene;
  const one = dice.one(world.people.slice(1));
  const order = orderOf(scene, one);
  if (order?.price === undefined) return undefined;
  const mine: FillSide = { account: one.account, fee: 100n };
  const theirs: FillSide = { account: 'a0', fee: 0n };
  const [buyer, seller] = order.side === 'buy' ? [mine, theirs] : [theirs, mine];
  const { product, lots, price } = order;
  return { kind: 'fill', product, lots, price, buyer, seller, taker: 'buyer', id: world.id() };
}

/** Some pay what a call asks for; the forgetful do nothing. */
function cureOf({ world, dice, state }: Scene): Input | undefined {
  const called = [...state.called].filter((id) => id !== 'a3');
  if (called.length === 0) return undefined;
  const units = BigInt(dice.whole(500, 20_000)) * 10n ** 8n;
  return { kind: 'deposit', account: dice.one(called), asset: 'USD', units, id: world.id() };
}

/** Money in and out; withdrawers ask for everything, and for just a little more than they may have. */
function moneyOf({ world, dice, state }: Scene, person: Person): Input {
  const { account } = person;
  const { asset, decimals } = dice.one(ASSETS);
  const there = state.accounts.get(account)?.balances.get(asset)?.units ?? 0n;
  const some = there > 0n ? (there * BigInt(dice.whole(1, 110))) / 100n + 1n : 10n ** BigInt(decimals);
  const all = person.habit === 'withdrawer' && dice.percent(50) ? (there > 0n ? there : 1n) : some;
  const id = world.id();
  const what = dice.weighted({ deposit: 10, withdraw: 40, convert: 30, transfer: 12, link: 8 });
  if (what === 'deposit') return { kind: 'deposit', account, asset, units: all, id };
  if (what === 'withdraw') return { kind: 'withdraw', account, asset, units: all, id };
  if (what === 'convert') {
    return { kind: 'convert', account, from: asset, to: dice.one(ASSETS).asset, units: all, id };
  }
  if (what === 'transfer') {
    const to = dice.percent(80) ? (account === 'a1' ? 'a6' : 'a1') : dice.one(world.people).account;
    return { kind: 'transfer', account: account === 'a6' ? 'a6' : 'a1', to, asset, units: all, id };
  }
  const topUp = {
    from: dice.one(world.people).account,
    asset,
    most: 1n + BigInt(dice.whole(1, 20_000)) * 10n ** BigInt(decimals),
  };
  // Half of the time an operator signs that the lender agrees.
  const hand = dice.percent(50) ? { operator: 'ann' } : {};
  return { kind: 'link', account, topUp: dice.percent(80) ? topUp : null, ...hand };
}

function changeOf({ world, dice, state }: Scene, { account }: Person): Input | undefined {
  const open = [...(state.accounts.get(account)?.orders.values() ?? [])];
  if (open.length === 0) return undefined;
  const { id: order, lots, price, terms } = dice.one(open);
  const id = world.id();
  const what = dice.weighted({ amend: 50, cancel: 40, all: 10 });
  if (what === 'cancel') return { kind: 'cancel', account, order, id };
  if (what === 'all') {
    return { kind: 'cancel-all', account, ...(dice.percent(50) ? { product: terms.product } : {}), id };
  }
  const { tick } = state.products.get(terms.product)!.terms;
  const next = Math.max(tick, price + dice.whole(-3, 3) * tick);
  return {
    kind: 'amend',
    account,
    order,
    ...(dice.percent(70) ? { lots: Math.max(1, Math.round(lots * (0.3 + 1.5 * dice.next()))) } : {}),
    ...(dice.percent(50) ? { price: next } : {}),
    id,
  };
}

/** @example traderInput(scene, at).input.kind // 'place' */
export function traderInput(scene: Scene, at: Instant): Timed {
  const { world, dice } = scene;
  const person = dice.percent(45) ? world.people[dice.whole(0, 1)]! : dice.one(world.people);
  const habit = person.habit === 'maker' ? 'maker' : 'other';
  const weights = {
    maker: { place: 8, quote: 40, protect: 6, fill: 36, change: 6, money: 2, cure: 2 },
    other: { place: 38, quote: 1, protect: 0, fill: 34, change: 12, money: 11, cure: 4 },
  }[habit];
  const what = dice.weighted(weights);
  const made =
    what === 'fill'
      ? fillOf(scene)
      : what === 'quote'
        ? quoteOf(scene, person)
        : what === 'protect'
          ? protectOf(scene, person)
          : what === 'change'
            ? changeOf(scene, person)
            : what === 'money'
              ? moneyOf(scene, person)
              : what === 'cure'
                ? cureOf(scene)
                : placeOf(scene, person);
  return { at, input: made ?? { kind: 'beat' } };
}

function placeOf(scene: Scene, person: Person): Input | undefined {
  const order = orderOf(scene, person);
  return order === undefined
    ? undefined
    : { kind: 'place', account: person.account, order, id: scene.world.id() };
}

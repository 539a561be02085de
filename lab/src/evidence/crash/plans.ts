// Who trades at the venue: accounts drawn by rule and seed from what the chain lists. A plan is what somebody means to hold, what they bring, and what
// they do when they are called.

import type { ChainSnapshot, Future, OptionQuote, Perpetual, Prng } from '@plimsoll/core';
import { exp, log } from '@plimsoll/core/kernel';
import { boardOf } from '../books.ts';
import { Listing } from '../listed.ts';
import { MINUTE } from './path.ts';

/** What an account does when it is called. */
export const HABITS = ['deposit', 'trade', 'nothing', 'own account', 'credit line'] as const;
/** `deposit`: brings the stated cure. `trade`: closes the cheapest stated single trade. The last two have a link that is drawn before anybody is called. */
export type Habit = (typeof HABITS)[number];

/** A leg: a contract and how much of it, in coins of options and dollars of perpetuals and futures, signed. */
export interface Leg {
  readonly product: OptionQuote['product'] | Perpetual | Future;
  readonly quantity: number;
}

export interface Plan {
  readonly id: string;
  readonly group: 'main' | 'retail';
  /** The kind of book. */
  readonly book: string;
  readonly coin: string;
  /** Dollars of underlying that the book is built from. */
  readonly size: number;
  readonly legs: readonly Leg[];
  /** Coins that are brought and stay, whatever margin needs. */
  readonly coins: number;
  /** Equity beyond initial that is left in, a share of initial. */
  readonly room: number;
  readonly habit: Habit;
  /** From the call to the answer, milliseconds. */
  readonly delay: number;
}

type Build = (listing: Listing, size: number, prng: Prng) => { legs: readonly Leg[]; coins?: number };

const pick = <T>(items: readonly T[], prng: Prng): T => items[Math.floor(prng.next() * items.length)]!;
/** Days to expiry that are drawn from. */
const DAYS = [2, 4, 7, 14, 30, 60, 90];
/** Deltas of what is sold and bought out of the money. */
const DELTAS = [0.1, 0.2, 0.3, 0.4];
/** Notional over what is brought, of outright perpetuals. */
const LEVERAGES = [1, 2, 3, 5];
/** The least of an option that trades, coins; of anything but BTC a whole one. */
const leastOf = (coin: string) => (coin === 'BTC' ? 0.1 : 1);
/** The face of one contract of a coin's perpetual and futures, dollars. */
export const faceOf = (coin: string) => (coin === 'BTC' ? 10 : 1);

/** Coins of options worth so many dollars of underlying, in what trades. */
function amount({ coin, index }: Listing, size: number): number {
  const least = leastOf(coin);
  const lots = Math.max(1, Math.round(size / index / least));
  return coin === 'BTC' ? lots / 10 : lots;
}

const face = ({ coin }: Listing, size: number) => Math.max(1, Math.round(size / faceOf(coin))) * faceOf(coin);
const option = ({ product }: OptionQuote, quantity: number): Leg => ({ product, quantity });

/** The perpetual that takes away the delta of some options. */
function hedgeOf(listing: Listing, options: readonly (readonly [OptionQuote, number])[]): Leg {
  const delta = options.reduce((sum, [quote, quantity]) => sum + quantity * listing.delta(quote), 0);
  const dollars = Math.round((-delta * listing.index) / faceOf(listing.coin)) * faceOf(listing.coin);
  return { product: listing.perpetual, quantity: dollars };
}

const outright =
  (side: 1 | -1, isCoin: boolean): Build =>
  (listing, size, prng) => {
    const coins = isCoin ? size / pick(LEVERAGES, prng) / listing.index : 0;
    return { legs: [{ product: listing.perpetual, quantity: side * face(listing, size) }], coins };
  };

const straddle =
  (isHedged: boolean): Build =>
  (listing, size, prng) => {
    const days = pick(DAYS, prng);
    const each = -amount(listing, size);
    const sold = (['call', 'put'] as const).map((right) => [listing.struck(right, days, 1), each] as const);
    const legs = sold.map(([quote, quantity]) => option(quote, quantity));
    return { legs: isHedged ? [...legs, hedgeOf(listing, sold)] : legs };
  };

const strangle: Build = (listing, size, prng) => {
  const [days, delta] = [pick(DAYS, prng), pick(DELTAS, prng)];
  const each = -amount(listing, size);
  return {
    legs: (['call', 'put'] as const).map((right) => option(listing.byDelta(right, days, delta), each)),
  };
};

const puts =
  (isHedged: boolean): Build =>
  (listing, size, prng) => {
    const sold = [
      listing.byDelta('put', pick(DAYS, prng), pick(DELTAS, prng)),
      -amount(listing, size),
    ] as const;
    return { legs: isHedged ? [option(...sold), hedgeOf(listing, [sold])] : [option(...sold)] };
  };

const coveredCall: Build = (listing, size, prng) => {
  const coins = amount(listing, size);
  return { legs: [option(listing.byDelta('call', pick(DAYS, prng), pick(DELTAS, prng)), -coins)], coins };
};

const spread: Build = (listing, size, prng) => {
  const [days, right] = [pick(DAYS, prng), pick(['call', 'put'] as const, prng)];
  const each = amount(listing, size);
  return {
    legs: [option(listing.byDelta(right, days, 0.3), -each), option(listing.byDelta(right, days, 0.1), each)],
  };
};

const collar: Build = (listing, size, prng) => {
  const days = pick(DAYS, prng);
  const coins = amount(listing, size);
  const legs = [
    option(listing.byDelta('put', days, 0.25), coins),
    option(listing.byDelta('call', days, 0.25), -coins),
  ];
  return { legs, coins };
};

const calendar: Build = (listing, size, prng) => {
  const right = pick(['call', 'put'] as const, prng);
  const each = amount(listing, size);
  return { legs: [option(listing.struck(right, 7, 1), -each), option(listing.struck(right, 60, 1), each)] };
};

const ratio: Build = (listing, size, prng) => {
  const days = pick(DAYS, prng);
  const each = amount(listing, size);
  return {
    legs: [
      option(listing.byDelta('put', days, 0.3), each),
      option(listing.byDelta('put', days, 0.1), -2 * each),
    ],
  };
};

const bought: Build = (listing, size, prng) => {
  const right = pick(['call', 'put'] as const, prng);
  return {
    legs: [option(listing.byDelta(right, pick(DAYS, prng), pick(DELTAS, prng)), amount(listing, size))],
  };
};

const basis: Build = (listing, size, prng) => {
  const [dollars, side] = [face(listing, size), pick([1, -1], prng)];
  const future = { product: listing.future(pick([30, 60, 180], prng)), quantity: -side * dollars };
  return { legs: [{ product: listing.perpetual, quantity: side * dollars }, future] };
};

const boards = new WeakMap<Listing, OptionQuote[]>();

/** Bought and sold in turn over the board of six expiries and seven strikes, some left out, and the delta of all of it hedged. */
const maker: Build = (listing, size, prng) => {
  const board = boards.get(listing) ?? boardOf(listing).flat();
  boards.set(listing, board);
  const first = pick([1, -1], prng);
  const each = amount(listing, size / 8);
  const kept = board.filter(() => prng.next() < 0.75);
  const held = [...new Set(kept)].map((quote, i) => [quote, (i % 2 === 0 ? first : -first) * each] as const);
  return { legs: [...held.map(([quote, quantity]) => option(quote, quantity)), hedgeOf(listing, held)] };
};

interface Kind {
  readonly book: string;
  readonly what: string;
  /** How many of a hundred accounts of the group. */
  readonly weight: number;
  readonly build: Build;
}

/** Books of the group under the portfolio model. */
export const MAIN: readonly Kind[] = [
  { book: 'long', what: 'long the perpetual on dollars', weight: 12, build: outright(1, false) },
  {
    book: 'long on coins',
    what: 'long the perpetual on coins, 1 to 5 times them',
    weight: 6,
    build: outright(1, true),
  },
  { book: 'short', what: 'short the perpetual on dollars', weight: 8, build: outright(-1, false) },
  { book: 'basis', what: 'the perpetual against a dated future, either way', weight: 8, build: basis },
  { book: 'straddle', what: 'short a call and a put at the money', weight: 7, build: straddle(false) },
  { book: 'hedged straddle', what: 'the same, its delta hedged', weight: 5, build: straddle(true) },
  { book: 'strangle', what: 'short a call and a put of 10 to 40 delta', weight: 8, build: strangle },
  { book: 'naked puts', what: 'short puts of 10 to 40 delta', weight: 6, build: puts(false) },
  { book: 'hedged puts', what: 'the same, their delta hedged', weight: 4, build: puts(true) },
  { book: 'covered call', what: 'coins, and calls sold against them', weight: 8, build: coveredCall },
  { book: 'spread', what: 'short 30 delta, long 10 delta, one expiry', weight: 6, build: spread },
  { book: 'collar', what: 'coins, a put of 25 delta bought, a call of 25 sold', weight: 6, build: collar },
  { book: 'calendar', what: 'short 7 days, long 60 days at the money', weight: 5, build: calendar },
  { book: 'ratio', what: 'long a put of 30 delta, short two of 10', weight: 4, build: ratio },
  {
    book: 'maker',
    what: 'some thirty options of six expiries both ways, delta hedged',
    weight: 7,
    build: maker,
  },
];

/** Books of the group under fixed rates. */
export const RETAIL: readonly Kind[] = [
  { book: 'long', what: '', weight: 40, build: outright(1, false) },
  { book: 'long on coins', what: '', weight: 10, build: outright(1, true) },
  { book: 'short', what: '', weight: 15, build: outright(-1, false) },
  { book: 'covered call', what: '', weight: 10, build: coveredCall },
  { book: 'naked puts', what: '', weight: 10, build: puts(false) },
  { book: 'bought option', what: 'a call or a put bought', weight: 15, build: bought },
];

/** The item in whose share of all a draw falls. */
function drawn<T>(items: readonly (readonly [T, number])[], prng: Prng): T {
  let left = prng.next() * items.reduce((sum, [, share]) => sum + share, 0);
  for (const [item, share] of items) {
    left -= share;
    if (left < 0) return item;
  }
  return items.at(-1)![0];
}

/** What share of accounts has a habit. */
export const HABIT_SHARES: readonly (readonly [Habit, number])[] = [
  ['deposit', 0.4],
  ['trade', 0.25],
  ['nothing', 0.2],
  ['own account', 0.08],
  ['credit line', 0.07],
];

/** Dollars of underlying, log-uniform. */
export const SIZES = {
  main: [50_000, 3_000_000],
  retail: [8_000, 150_000],
  maker: [2_000_000, 10_000_000],
} as const;
export const RETAIL_SHARE = 0.25;
export const BTC_SHARE = 0.6;
/** Room beyond initial: `ROOM_LEAST + ROOM_SPREAD u^2`. */
export const ROOM_LEAST = 0.02;
export const ROOM_SPREAD = 1.2;
/** Minutes from a call to an answer, uniform: some come after the deadline. */
export const DELAYS = [5, 75] as const;

function planOf(place: number, listings: readonly Listing[], prng: Prng): Plan {
  const group = prng.next() < RETAIL_SHARE ? 'retail' : 'main';
  const kinds = group === 'main' ? MAIN : RETAIL;
  const kind = drawn(
    kinds.map((one) => [one, one.weight] as const),
    prng,
  );
  const listing = listings[prng.next() < BTC_SHARE ? 0 : listings.length - 1]!;
  const [low, high] = SIZES[kind.book === 'maker' ? 'maker' : group];
  const size = low * exp(prng.next() * log(high / low));
  const { legs, coins = 0 } = kind.build(listing, size, prng);
  const spare = prng.next();
  const [soon, late] = DELAYS;
  return {
    id: `${group}-${String(place).padStart(4, '0')}`,
    group,
    book: kind.book,
    coin: listing.coin,
    size,
    legs: legs.filter(({ quantity }) => quantity !== 0),
    coins,
    room: ROOM_LEAST + ROOM_SPREAD * spare * spare,
    habit: drawn(HABIT_SHARES, prng),
    delay: Math.round(soon + (late - soon) * prng.next()) * MINUTE,
  };
}

/** So many plans on a chain that lists BTC and ETH. @example plansOf(snapshot, 2_000, seededPrng(1)).length // 2,000 */
export function plansOf(snapshot: ChainSnapshot, count: number, prng: Prng): Plan[] {
  const listings = ['BTC', 'ETH'].map((coin) => new Listing(snapshot, coin));
  return Array.from({ length: count }, (_, place) => planOf(place, listings, prng));
}

// The check before an order: by bound after one assessment, beside the whole model in the same run, and how often the bound suffices.

import {
  assess,
  assetProduct,
  grid,
  type Headroom,
  isRefusal,
  type Order,
  type Portfolio,
  type Standing,
} from '@plimsoll/core';
import type { Bench, Measured, Suite } from './bench.ts';
import { quotesOf, stage } from './path.ts';
import { sure } from './venue.ts';

const OPEN = [0, 1, 10, 100] as const;
/** Quotes sent one after another to each book, and cash beside what the book needs without any. */
const QUOTES = 60;
/** Books that are looked at; a full assessment with a hundred orders takes milliseconds. */
const BOOKS = 16;
const ROUNDS = 11;
/** Checks by bound in a round, each book so many times: one alone is too short to time. */
const AGAIN = 64;
const COVERED = 2;

type Stage = ReturnType<typeof stage>;

const standingOf = (held: Portfolio, { book }: Stage): Standing => sure(assess(held, book, grid));

/** A book with cash so that its equity is twice what it needs. */
function covered(held: Portfolio, place: Stage): Portfolio {
  const { equity, requirement } = standingOf(held, place);
  const missing = COVERED * Number(requirement.initial.amount) - Number(equity);
  const more = { asset: assetProduct('USD').id, kind: 'collateral', quantity: missing / 1e8 } as const;
  return { ...held, balances: [...held.balances, more] };
}

/** How many of a stream of quotes are admitted by bound; the model is asked for the others, and refuses what is not covered. */
function admittedShare(
  held: Portfolio,
  quotes: readonly Order[],
  place: Stage,
): { asked: number; proven: number } {
  let account = held;
  let room: Headroom | undefined = grid.headroom!(standingOf(account, place), place.book);
  let [asked, proven] = [0, 0];
  for (const quote of quotes) {
    const next = { ...account, orders: [...account.orders, quote] };
    const left = room?.with(quote);
    if (left !== undefined && left >= 0n) {
      room!.keep();
      proven++;
      asked++;
      account = next;
      continue;
    }
    const standing = assess(next, place.book, grid);
    if (isRefusal(standing) || standing.excess.initial < 0n) continue;
    asked++;
    account = next;
    room = grid.headroom!(standing, place.book);
  }
  return { asked, proven };
}

let share = 0;

/** Checks with so many orders open, by bound and in full. */
function checks(place: Stage, books: readonly Portfolio[], open: number): Bench[] {
  const { products, book } = place;
  const quoting = books.map((one, i) => ({ ...one, orders: quotesOf(products, book, open, i) }));
  const asked = quotesOf(products, book, quoting.length, 999);
  const standings = quoting.map((one) => standingOf(one, place));
  const rooms = standings.map((standing) => grid.headroom!(standing, book));
  const known = rooms.flatMap((room, i) => (room?.with(asked[i]!) === undefined ? [] : [{ room, i }]));
  return [
    {
      name: `by bound, ${open} open orders`,
      unit: 'ns',
      rounds: ROUNDS,
      work: known.length * AGAIN,
      run: () => {
        let sum = 0n;
        for (let again = 0; again < AGAIN; again++)
          for (const { room, i } of known) sum += room.with(asked[i]!)!;
        return Number(sum);
      },
    },
    {
      name: `in full, ${open} open orders`,
      unit: 'ns',
      rounds: ROUNDS,
      work: quoting.length,
      run: () =>
        quoting.reduce((sum, one, i) => {
          const next = { ...one, orders: [...one.orders, asked[i]!] };
          return sum + Number(standingOf(next, place).excess.initial);
        }, 0),
    },
    {
      name: `starting a bound, ${open} open orders`,
      unit: 'ns',
      rounds: ROUNDS,
      work: quoting.length,
      run: () => {
        let sum = 0n;
        for (const standing of standings) sum += grid.headroom!(standing, book)?.left ?? 0n;
        return Number(sum);
      },
    },
  ];
}

/** The order check of market makers' books under `grid`. */
export const growthSuite: Suite = {
  name: 'growth',
  benches: () => {
    const place = stage();
    const books = place.held.slice(0, BOOKS).map((one) => covered(one, place));
    const all = books
      .slice(0, 16)
      .map((one, i) => admittedShare(one, quotesOf(place.products, place.book, QUOTES, 500 + i), place));
    const sum = (of: (one: { asked: number; proven: number }) => number) =>
      all.reduce((total, one) => total + of(one), 0);
    share = sum(({ proven }) => proven) / sum(({ asked }) => asked);
    return OPEN.flatMap((open) => checks(place, books, open));
  },
  ratios: (results: readonly Measured[]) => {
    const of = (name: string) => results.find((result) => result.name.startsWith(name))!.median;
    return [
      ...OPEN.map((open) => ({
        name: `in full over by bound, ${open} open`,
        value: of(`in full, ${open} `) / of(`by bound, ${open} `),
      })),
      { name: 'admitted by bound, share of admitted', value: share },
    ];
  },
};

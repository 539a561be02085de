// One book under every model of the registry, beside what the next snapshots cost it.

import {
  assess,
  type ChainSnapshot,
  dollars,
  fitMarket,
  type Instant,
  isRefusal,
  type MarginModel,
  type Market,
  models,
  type Portfolio,
  productsOf,
  type Refusal,
  type Requirement,
} from '@plimsoll/core';
import { type ExpansionFound, expansionOf } from './book-expansion.ts';
import { type Book, standardBooks } from './books.ts';
import { orThrow } from './data.ts';
import { Marks } from './marks.ts';

/** What one model asks of one book, dollars. */
export interface Asked {
  readonly model: string;
  readonly maintenance: number;
  readonly initial: number;
  readonly orders: Requirement['orders'];
  /** The same answer once more, on the book that was built for it. */
  readonly again: () => unknown;
}

/** One book on one day. Dollars; losses are positive. */
export interface Compared {
  readonly book: Book;
  /** Dollars of underlying over all legs and coins, long and short added. */
  readonly gross: number;
  readonly asked: readonly (Asked | Refusal)[];
  /** Absent where there are no options. */
  readonly expansion: ExpansionFound | undefined;
  /** At the first later snapshot. */
  readonly lossNext: number;
  /** At the worst of all later snapshots. */
  readonly lossDay: number;
}

/** A day to compare on: the snapshot that is judged, then the later ones that say what it cost. */
export interface Day {
  readonly title: string;
  readonly snapshots: readonly [ChainSnapshot, ChainSnapshot, ...ChainSnapshot[]];
}

/** A day with all its books, and how its coins moved, as shares of their index. */
export interface ComparedDay {
  readonly title: string;
  readonly from: Instant;
  /** Hours to the first and to the last of the later snapshots, and how many those are. */
  readonly hoursNext: number;
  readonly hoursDay: number;
  readonly later: number;
  readonly moves: readonly { readonly coin: string; readonly next: number; readonly extreme: number }[];
  readonly books: readonly Compared[];
}

const MS_PER_HOUR = 3_600_000;

const registered: readonly MarginModel[] = Object.values(models);
/** Models that need more than a chain: those that look back have evidence of their own. */
const looksBack = ({ defaults }: MarginModel) => 'history' in defaults;
/** Every model of our own that a chain suffices for, by id; what is registered later appears by itself. Those of venues have a table of theirs. */
export const compared: readonly MarginModel[] = registered.filter(
  (model) => model.facts === undefined && !looksBack(model),
);
/** The models of venues. */
export const venueModels: readonly MarginModel[] = registered.filter(({ facts }) => facts !== undefined);

/** What a model asks of a portfolio at its defaults. */
export function ask(model: MarginModel, portfolio: Portfolio, market: Market): Asked | Refusal {
  const book = model.book(productsOf(portfolio), market, model.defaults);
  if (isRefusal(book)) return book;
  const standing = assess(portfolio, book, model);
  if (isRefusal(standing)) return standing;
  const { maintenance, initial, orders } = standing.requirement;
  return {
    model: model.id,
    maintenance: dollars(maintenance.amount),
    initial: dollars(initial.amount),
    orders,
    again: () => assess(portfolio, book, model),
  };
}

function grossOf(portfolio: Portfolio, marks: Marks): number {
  const own = portfolio.balances
    .filter(({ kind }) => kind === 'collateral')
    .reduce((sum, { asset, quantity }) => sum + quantity * marks.index(asset), 0);
  return portfolio.positions.reduce(
    (sum, { product, quantity }) =>
      sum + Math.abs(quantity) * (product.kind === 'option' ? marks.index(product.underlying) : 1),
    own,
  );
}

function compareBook(book: Book, market: Market, marks: readonly Marks[]): Compared {
  const [first, ...later] = marks as [Marks, ...Marks[]];
  const start = first.equity(book.portfolio, first);
  const losses = later.map((mark) => Math.max(0, start - mark.equity(book.portfolio, first)));
  return {
    book,
    gross: grossOf(book.portfolio, first),
    asked: compared.map((model) => ask(model, book.portfolio, market)),
    expansion: expansionOf(book.portfolio, market),
    lossNext: losses[0]!,
    lossDay: Math.max(...losses),
  };
}

/** The largest of moves by size, with its sign. */
function extremeOf(moves: readonly number[]): number {
  return moves.reduce((most, move) => (Math.abs(move) > Math.abs(most) ? move : most));
}

/** The dozen books of a day, judged at its first snapshot and followed over the others by the venue's own marks. */
export function compareDay({ title, snapshots }: Day): ComparedDay {
  const market = orThrow(fitMarket(snapshots[0]));
  const marks = snapshots.map((snapshot) => new Marks(snapshot));
  const [first, ...later] = marks as [Marks, ...Marks[]];
  const hours = ({ at }: Marks) => (at - first.at) / MS_PER_HOUR;
  return {
    title,
    from: first.at,
    hoursNext: hours(later[0]!),
    hoursDay: hours(later.at(-1)!),
    later: later.length,
    moves: market.underlyings.map(({ underlying: coin }) => {
      const moves = later.map((mark) => mark.index(coin) / first.index(coin) - 1);
      return { coin, next: moves[0]!, extreme: extremeOf(moves) };
    }),
    books: standardBooks(snapshots[0]).map((book) => compareBook(book, market, marks)),
  };
}

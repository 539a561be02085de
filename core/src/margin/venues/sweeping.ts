// The skeleton of a venue's model that sweeps lanes (M-85): the worst loss of every coin times a factor, charges beside it, three lines, open
// orders at the worst subset of their fills. A venue adds its lanes, its factors and its charges.

import { isRefusal, owedUp, type Refusal, usd } from '../../base/index.ts';
import {
  type CombinePlan,
  combine,
  type Holdings,
  type RiskBook,
  type Swept,
  sweep,
  sweepFills,
} from '../../risk/index.ts';
import { contributionsOf, ordersLabel } from '../contributions.ts';
import { hold } from '../holdings.ts';
import { amountsOf, cappedTo, liftedTo, totalOf, withShare } from '../lines.ts';
import { fillsOf, type OrderFill } from '../orders.ts';
import type { Portfolio } from '../portfolio.ts';
import type { Charge, ChargeName, Line, LineName, MarginBook, Requirement } from '../requirement.ts';
import { type View, viewsOf } from '../views.ts';
import { type Counting, countedParts, countedSweep } from './counted.ts';

/** A book whose lanes are swept coin by coin: nothing that one gains is set against another's loss. */
export interface SweepingBook extends MarginBook {
  readonly plan: CombinePlan;
}

/** The lines a venue states a rule for; where a partial close stops follows from maintenance. */
export type RatedLine = 'maintenance' | 'initial';

/** One coin's part of an account, as a charge looks at it. */
export interface CoinPart {
  readonly view: View;
  /** Its worst loss before the factor, dollars, at least zero; with open orders the most that any subset of fills may lose. */
  readonly loss: number;
  /** The lane of it; -1 where nothing loses anything. */
  readonly lane: number;
  readonly swept: Swept;
}

/** What makes a venue's model. */
export interface SweepRules<Book extends SweepingBook> {
  /** Trading fee of a fill, dollars. */
  readonly feeOf: (book: Book, row: number, size: number) => number;
  /** What the worst loss of an underlying counts on a line; above zero. */
  readonly factorOf: (book: Book, line: RatedLine, underlying: string) => number;
  /** What a coin's part is charged on a line beside that: never less for any subset of fills than what that subset would be charged. */
  readonly chargesOf: (
    book: Book,
    line: RatedLine,
    part: CoinPart,
    parts: readonly CoinPart[],
  ) => readonly Charge[];
  /** Release asks for this share more than maintenance, and never more than initial. */
  readonly releaseBuffer: (book: Book) => number;
  /** Whether profit that is not settled may be withdrawn. */
  readonly withdraws: 'unsettled-profit' | 'settled-only';
  /** What of a coin's profit and loss in a lane counts, where that is not all of it. */
  readonly counting?: Counting<Book>;
}

/** What is judged. */
interface Held {
  readonly holdings: Holdings;
  readonly fills: readonly OrderFill[];
}

type Lines = Readonly<Record<LineName, Line>>;

/** A charge in whole units, rounded against the account; none where it is nothing. Dollars, of either sign. */
export function chargeOf(
  name: ChargeName,
  underlying: string,
  dollars: number,
  inputs: Charge['inputs'],
): Charge[] {
  const amount = owedUp(dollars);
  return amount === 0n ? [] : [{ name, underlying, amount, inputs }];
}

/** What a factor adds to a coin's worst loss, or takes off it. */
function factorCharge(underlying: string, loss: number, factor: number): Charge[] {
  return factor === 1 ? [] : chargeOf('scenario-factor', underlying, (factor - 1) * loss, { loss, factor });
}

/** The fills of a line, their jump divided by what the line multiplies: the equity that a fill brings is not risk. */
function bring<B extends SweepingBook>(
  book: B,
  rules: SweepRules<B>,
  fills: readonly OrderFill[],
  line: RatedLine,
  buffer: number,
): readonly OrderFill[] {
  return fills.map((fill) => {
    const { underlying } = book.risk.products[fill.legs[0]!.row]!;
    return { ...fill, jump: fill.jump / ((1 + buffer) * rules.factorOf(book, line, underlying)) };
  });
}

/** The sweep of a line, its fills as the line brings them. */
function judge<B extends SweepingBook>(
  book: B,
  rules: SweepRules<B>,
  swept: Swept,
  fills: readonly OrderFill[],
): Swept {
  return rules.counting === undefined
    ? sweepFills(swept, fills)
    : countedSweep(book, rules.counting, swept, fills);
}

function lineOf<B extends SweepingBook>(
  book: B,
  rules: SweepRules<B>,
  swept: Swept,
  { holdings, fills }: Held,
  line: RatedLine,
  buffer = 0,
): Line {
  const judged = judge(book, rules, swept, bring(book, rules, fills, line, buffer));
  const combined = combine(judged, book.plan, line);
  const parts = viewsOf(book.risk, holdings, fills).map((view): CoinPart => {
    const { loss, lane } = combined.own[view.u]!;
    return { view, loss, lane, swept: judged };
  });
  const charges = parts.flatMap((part) => [
    ...factorCharge(part.view.underlying, part.loss, rules.factorOf(book, line, part.view.underlying)),
    ...rules.chargesOf(book, line, part, parts),
  ]);
  const owed = owedUp(combined.amount);
  return { amount: usd(owed + totalOf(charges)), swept: owed, charges, combined, sweep: judged };
}

function linesOf<B extends SweepingBook>(book: B, rules: SweepRules<B>, swept: Swept, held: Held): Lines {
  const maintenance = lineOf(book, rules, swept, held, 'maintenance');
  const initial = liftedTo(lineOf(book, rules, swept, held, 'initial'), maintenance);
  const buffer = rules.releaseBuffer(book);
  const base =
    held.fills.length === 0 ? maintenance : lineOf(book, rules, swept, held, 'maintenance', buffer);
  const buffered = liftedTo(withShare(base, 'release-buffer', base.amount, buffer), maintenance);
  return { maintenance, release: cappedTo(buffered, initial), initial };
}

/** The requirement of a portfolio by a venue's rules. */
export function requireSwept<B extends SweepingBook>(
  portfolio: Portfolio,
  book: B,
  rules: SweepRules<B>,
): Requirement | Refusal {
  const held = hold(portfolio, book.risk);
  if (isRefusal(held)) return held;
  const { holdings, unsettled } = held;
  const fills = fillsOf(portfolio, book.risk, (row, size) => rules.feeOf(book, row, size));
  if (isRefusal(fills)) return fills;
  const swept = sweep(book.risk, holdings);
  const lines = linesOf(book, rules, swept, { holdings, fills });
  const after = (left: Holdings) =>
    amountsOf(linesOf(book, rules, sweep(book.risk, left), { holdings: left, fills: [] }));
  return {
    ...lines,
    contributions: contributionsOf(lines.initial, holdings, fills, (parts, line) =>
      rules.counting === undefined ? parts : countedParts(book, rules.counting, line, line.sweep.fills ?? []),
    ),
    holdings,
    fills,
    locked:
      rules.withdraws === 'unsettled-profit'
        ? usd(0n)
        : lockedOf(book, rules, swept, { holdings, fills }, unsettled, lines),
    orders: fills.length === 0 ? 'exact' : ordersLabel(lines, holdings, fills, after),
  };
}

/** Profit that is not settled stays, and so does what fills would bring of it. */
function lockedOf<B extends SweepingBook>(
  book: B,
  rules: SweepRules<B>,
  swept: Swept,
  { holdings, fills }: Held,
  unsettled: number,
  { initial }: Lines,
): Requirement['locked'] {
  const settled = fills.map((fill) => ({ ...fill, jump: fill.jump - Math.max(0, fill.unsettled) }));
  const staying =
    fills.length === 0 ? initial : lineOf(book, rules, swept, { holdings, fills: settled }, 'initial');
  const more = staying.amount > initial.amount ? staying.amount - initial.amount : 0n;
  return usd(owedUp(Math.max(0, unsettled)) + more);
}

/** Legs of a view that are of one kind. */
export function legsOf<K extends RiskBook['products'][number]['kind']>(view: View, kind: K) {
  return view.legs.flatMap((leg) => (leg.product.kind === kind ? [leg] : []));
}

// From holdings and open orders to the three lines: what is given up, what is left out, what is floored. Shared by the models that sweep lanes.

import { type Instant, owedUp, type Usd, usd } from '../../base/index.ts';
import { SETTLEMENT_WINDOW_MS } from '../../market/index.ts';
import { expiryOf, isPremium, type Product } from '../../product/index.ts';
import {
  betterOf,
  type Combined,
  type CombinePlan,
  closingShares,
  combine,
  combineGreeks,
  combineWindows,
  type Fill,
  type Holdings,
  type RiskBook,
  type Swept,
  sweep,
  sweepFills,
} from '../../risk/index.ts';
import { chargesOf } from '../charges.ts';
import type { BookWindows } from '../history/windows.ts';
import { boughtCharge, liftedTo, totalOf, withShare } from '../lines.ts';
import { creditOf } from '../option-value.ts';
import type { OrderFill } from '../orders.ts';
import type { GridParameters } from '../parameters.ts';
import type { Line, LineName, MarginBook } from '../requirement.ts';

/** A grid book: the risk book, its parameters, and the plan of joint moves. */
export interface GridBook extends MarginBook {
  readonly given: GridParameters;
  readonly plan: CombinePlan;
  /** Windows of history among the lanes, where the model looks back. */
  readonly windows?: BookWindows;
}

/** What an account has and what its open orders would change. */
export interface Held {
  readonly holdings: Holdings;
  readonly fills: readonly OrderFill[];
}

/** What is judged, and what was given up to get to it: bought options taken as worth nothing, dollars. */
interface Kept extends Held {
  readonly givenUp: number;
}

/**
 * Whoever has bought options may let them go: a line never needs more than their whole worth plus what the rest of the book needs.
 * Tried with none given up, with those of each underlying, and with all. An option that an order buys is given up with the others.
 */
function keptOf(whole: Held, risk: RiskBook): [Kept, ...Kept[]] {
  const { holdings, fills } = whole;
  const coinOf = (row: number, quantity: number) =>
    isPremium(risk.products[row]!) && quantity > 0 ? risk.products[row]!.underlying : undefined;
  const bought = Array.from(holdings.rows, (row, i) => coinOf(row, holdings.quantities[i]!));
  const ordered = fills.map(({ legs }) => coinOf(legs[0]!.row, legs[0]!.quantity));
  const closing = closingShares(holdings, fills);
  const held = new Map(Array.from(holdings.rows, (row, i) => [row, holdings.quantities[i]!]));
  const coins = new Set([...bought, ...ordered].filter((coin) => coin !== undefined));
  const sets = [...coins].map((coin) => new Set([coin]));
  if (coins.size > 1) sets.push(coins);
  const given = sets.map((set): Kept => {
    let givenUp = 0;
    const quantities = holdings.quantities.map((quantity, i) => {
      const coin = bought[i];
      if (coin === undefined || !set.has(coin)) return quantity;
      givenUp += quantity * risk.columns.value[holdings.rows[i]!]!;
      return 0;
    });
    const rest = fills.map((fill, i) => {
      const coin = ordered[i];
      if (coin === undefined || !set.has(coin)) return fill;
      const { row } = fill.legs[0]!;
      return givingUp(fill, risk.columns.value[row]!, closing.get(row) ?? 0, -(held.get(row) ?? 0));
    });
    return { holdings: { rows: holdings.rows, quantities }, fills: rest, givenUp };
  });
  return [{ ...whole, givenUp: 0 }, ...given];
}

/**
 * A fill that buys options of which what is held at last is given up: it adds their worth and no position. What closes a short stays a
 * position. Several orders share that part in proportion: a bought option never loses more than its worth, so no subset of them does worse
 * than its shares.
 */
function givingUp(fill: OrderFill, value: number, closing: number, short: number): OrderFill {
  if (closing === 1) return fill;
  const [position, ...cash] = fill.legs;
  const { row, quantity } = position!;
  const closed = closing * quantity;
  const worth = (quantity - closed) * value;
  const kept = { ...fill, legs: [{ row, quantity: closed }, ...cash], jump: fill.jump - worth };
  // Where it fills without the others it closes more than its share.
  const mixed = Math.max(0, Math.min(quantity, short) - closed) * value;
  return closing === 0 ? kept : { ...kept, most: fill.legs, mixed };
}

/** A fill whose position is not swept, only what pays for it. */
function withoutPosition(fill: OrderFill): OrderFill {
  const [position, ...cash] = fill.legs;
  return { ...fill, legs: [{ row: position!.row, quantity: 0 }, ...cash] };
}

/** A sold option, or a payoff of anybody's making: what no formula may answer for alone. */
function isWritten({ book, holdings }: Swept): boolean {
  return holdings.rows.some((row, i) => {
    const { kind } = book.products[row]!;
    return kind === 'structured' || (kind === 'option' && holdings.quantities[i]! < 0);
  });
}

/** A loss, and the sweep that it was read from. */
interface Judged {
  readonly combined: Combined;
  readonly swept: Swept;
}

/** What a formula says of each set of its lanes (M-167); nothing where there is none, or where it does not hold for some set. */
function formulaLosses(book: GridBook, swept: Swept, line: 'maintenance' | 'initial'): Judged[] {
  const sets = book.windows?.greeks[line] ?? [];
  if (swept.instead !== undefined) return [];
  const losses = sets.flatMap((own) => combineGreeks(swept, own, book.plan.retained, line) ?? []);
  return losses.length < sets.length ? [] : losses.map((combined) => ({ combined, swept }));
}

/**
 * What the windows of a line lose, set by set. Where the method has a formula: what that says of the holdings, if it holds; the windows instead where it does
 * not, and beside it where options are written or orders are open.
 */
function windowLosses(book: GridBook, swept: Swept, line: 'maintenance' | 'initial'): Judged[] {
  const { windows, plan } = book;
  const quick = formulaLosses(book, swept.before ?? swept, line);
  if (quick.length > 0 && swept.fills === undefined && !isWritten(swept)) return quick;
  const by = windows === undefined || windows.greeks[line].length === 0 ? {} : { by: 'revaluation' as const };
  const revalued = (windows?.[line] ?? []).map((own): Judged => {
    return { combined: { ...combineWindows(swept, own, plan.retained, line), ...by }, swept };
  });
  return [...quick, ...revalued];
}

/** The largest; the lanes', and of sets the first, where several are equal. */
function worstOf(lanes: Judged, windows: readonly Judged[]): Judged {
  return windows.reduce((worst, own) => (own.combined.amount > worst.combined.amount ? own : worst), lanes);
}

/** A line from its swept loss and charges. */
function lineOf(book: GridBook, kept: Kept, whole: Swept, line: 'maintenance' | 'initial'): Line {
  const { risk, given, plan } = book;
  const { holdings, fills, givenUp } = kept;
  const lanes = { combined: combine(whole, plan, line), swept: whole };
  const { combined, swept } = worstOf(lanes, windowLosses(book, whole, line));
  const own = chargesOf(line, risk, holdings, fills, given, combined, swept);
  const charges = [...own, ...boughtCharge(givenUp)];
  const owed = owedUp(combined.amount);
  return { amount: usd(owed + totalOf(charges)), swept: owed, charges, combined, sweep: swept };
}

/** A buffer above a maintenance line; not on bought options that are given up, which can lose no more. */
function releaseOf(maintenance: Line, buffer: number): Line {
  const givenUp = maintenance.charges.find(({ name }) => name === 'bought-options')?.amount ?? 0n;
  return withShare(maintenance, 'release-buffer', usd(maintenance.amount - givenUp), buffer);
}

/** The three lines, and what must stay. */
export interface Lines extends Readonly<Record<LineName, Line>> {
  /** What may not be withdrawn on their account (M-31): the lines without the unsettled profit of fills, initial with the option value it credits. */
  readonly staying: Readonly<Record<'initial' | 'release', Usd>>;
}

function linesOf(book: GridBook, kept: Kept): Lines {
  const { risk, given } = book;
  const { holdings, fills } = kept;
  const swept = sweep(risk, holdings);
  const maintenance = lineOf(book, kept, sweepFills(swept, fills), 'maintenance');
  // A buffer multiplies what may be lost but not the equity that fills bring; and what is given up only where it may close a short instead.
  const { releaseBuffer: b } = given;
  const bring = (fill: OrderFill) => ({ ...fill, jump: (fill.jump - b * fill.mixed) / (1 + b) });
  const releaseWith = (of: readonly OrderFill[]) =>
    releaseOf(
      of.length === 0 ? maintenance : lineOf(book, kept, sweepFills(swept, of.map(bring)), 'maintenance'),
      b,
    );
  // What initial margin does not credit need not be there to lose either; but where it hedges, it is.
  const credit = creditOf(risk, holdings, fills, given);
  const counted = credit.counted === holdings ? undefined : sweep(risk, credit.counted);
  const initialWith = (settle: (fill: Fill) => Fill) => {
    const whole = sweepFills(swept, fills.map(settle));
    const better =
      counted === undefined ? whole : betterOf(whole, sweepFills(counted, credit.fills.map(settle)));
    return lineOf(book, kept, better, 'initial');
  };
  const initial = initialWith((fill) => fill);
  const release = releaseWith(fills);
  const staying = { initial: usd(initial.amount + owedUp(credit.credited)), release: release.amount };
  const profits = new Map(fills.map(({ order, unsettled }) => [order, Math.max(0, unsettled)]));
  if ([...profits.values()].every((profit) => profit === 0))
    return { maintenance, release, initial, staying };
  const settle = <F extends Fill>(fill: F): F => ({ ...fill, jump: fill.jump - profits.get(fill.order)! });
  const settled = {
    initial: usd(initialWith(settle).amount + owedUp(credit.credited)),
    release: releaseWith(fills.map(settle)).amount,
  };
  return { maintenance, release, initial, staying: settled };
}

/** Each line by itself: the one of `a` unless that of `b` is better. */
function eachOf(a: Lines, b: Lines, better: (b: Usd, a: Usd) => boolean): Lines {
  const pick = (line: LineName) => (better(b[line].amount, a[line].amount) ? b[line] : a[line]);
  const stay = (line: 'initial' | 'release') =>
    better(b.staying[line], a.staying[line]) ? b.staying[line] : a.staying[line];
  return {
    maintenance: pick('maintenance'),
    release: pick('release'),
    initial: pick('initial'),
    staying: { initial: stay('initial'), release: stay('release') },
  };
}

/** Each line the smallest over what may be given up. */
function leastOf(book: GridBook, held: Held): Lines {
  const [whole, ...others] = keptOf(held, book.risk);
  return others.reduce(
    (least, kept) => {
      // A line is never less than the worth of what was given up for it.
      const worth = owedUp(kept.givenUp);
      if (worth > 0n && worth >= least.release.amount && worth >= least.staying.initial) return least;
      return eachOf(least, linesOf(book, kept), (b, a) => b < a);
    },
    linesOf(book, whole),
  );
}

/** Whether a product is about to be settled away. @example isExpiring(call, book.risk.levels.at) */
export function isExpiring(product: Product, at: Instant): boolean {
  const expiry = expiryOf(product);
  return expiry !== undefined && expiry - at <= SETTLEMENT_WINDOW_MS;
}

/** What is left without the legs that are about to be settled away; undefined when there are none. */
function withoutExpiring({ holdings, fills }: Held, { products, levels }: RiskBook): Held | undefined {
  const isGoing = (row: number) => isExpiring(products[row]!, levels.at);
  const keep = Array.from(holdings.rows, (row) => !isGoing(row));
  const rest = fills.map((fill) => (isGoing(fill.legs[0]!.row) ? withoutPosition(fill) : fill));
  if (keep.every(Boolean) && rest.every((fill, i) => fill === fills[i])) return undefined;
  return {
    holdings: {
      rows: holdings.rows.filter((_, i) => keep[i]),
      quantities: holdings.quantities.filter((_, i) => keep[i]),
    },
    fills: rest,
  };
}

/** The lines of holdings and open orders: with and without what is about to expire, whichever needs more; no line under the one before. */
export function judgeLines(book: GridBook, held: Held): Lines {
  const whole = leastOf(book, held);
  const rest = withoutExpiring(held, book.risk);
  const lines = rest === undefined ? whole : eachOf(whole, leastOf(book, rest), (b, a) => b > a);
  const release = liftedTo(lines.release, lines.maintenance);
  return { ...lines, release, initial: liftedTo(lines.initial, release) };
}

// From holdings to the three lines of `span`: what is given up, what is cut, what is asked beyond maintenance (M-57, M-58).

import { owedUp, type Usd, usd } from '../../base/index.ts';
import { isPremium } from '../../product/index.ts';
import type { CombinePlan, Holdings } from '../../risk/index.ts';
import { type AssetHaircut, collateralHaircuts } from '../haircut.ts';
import { boughtCharge, totalOf, withShare } from '../lines.ts';
import type { Line, LineName, MarginBook } from '../requirement.ts';
import { type SpanParameters, spanCoin } from './parameters.ts';
import { riskOf } from './risk.ts';

/** A SPAN book: risk arrays of sixteen lanes, its parameters, and the composite deltas that the arrays hold. */
export interface SpanBook extends MarginBook {
  readonly given: SpanParameters;
  /** Composite delta of each product, dollars per unit (M-52). */
  readonly deltas: Float64Array;
  readonly plan: CombinePlan;
}

/** Holdings to judge, and the worth of the bought options that were given up to get to them, dollars. */
export interface Kept {
  readonly holdings: Holdings;
  readonly givenUp: number;
}

/**
 * A bought option loses no more than it is worth: tried with none given up, with those of each coin, and with all. Of a book of nothing but
 * bought options the last is SPAN's own cap.
 */
export function setsGivenUp(coins: ReadonlySet<string>): ReadonlySet<string>[] {
  const sets: ReadonlySet<string>[] = [new Set<string>(), ...[...coins].map((coin) => new Set([coin]))];
  if (coins.size > 1) sets.push(coins);
  return sets;
}

/** The coin of an option that is bought. */
export function boughtOf({ risk }: SpanBook, row: number, quantity: number): string | undefined {
  const product = risk.products[row]!;
  return isPremium(product) && quantity > 0 ? product.underlying : undefined;
}

/** Holdings without the bought options of some coins. */
export function keepOf(book: SpanBook, holdings: Holdings, given: ReadonlySet<string>): Kept {
  let givenUp = 0;
  const quantities = holdings.quantities.map((quantity, i) => {
    const row = holdings.rows[i]!;
    const coin = boughtOf(book, row, quantity);
    if (coin === undefined || !given.has(coin)) return quantity;
    givenUp += quantity * book.risk.columns.value[row]!;
    return 0;
  });
  return { holdings: { rows: holdings.rows, quantities }, givenUp };
}

/** The coins of which options are bought. */
export function coinsBought(book: SpanBook, { rows, quantities }: Holdings): Set<string> {
  const coins = Array.from(rows, (row, i) => boughtOf(book, row, quantities[i]!));
  return new Set(coins.filter((coin) => coin !== undefined));
}

/** The three lines. */
export interface LinesOf<L extends Line> extends Readonly<Record<LineName, L>> {
  /** Initial and the net value of the options kept, which may not be withdrawn. */
  readonly staying: Usd;
}

function linesOf(book: SpanBook, { holdings, givenUp }: Kept): LinesOf<Line> {
  const { risk, given } = book;
  const { swept, combined, charges: found } = riskOf(book, book.plan, holdings);
  const owed = owedUp(combined.amount);
  const atRisk = usd(owed + totalOf(found));
  const haircuts = collateralHaircuts(risk, holdings, haircutIn(book));
  const charges = [...found, ...haircuts, ...boughtCharge(givenUp)];
  const amount = usd(owed + totalOf(charges));
  const maintenance: Line = { amount, swept: owed, charges, combined, sweep: swept };
  const initial = withShare(maintenance, 'initial-ratio', atRisk, given.initialRatio - 1);
  return {
    maintenance,
    release: withShare(maintenance, 'release-buffer', atRisk, given.releaseBuffer),
    initial,
    staying: usd(initial.amount + owedUp(netOptionValue(book, holdings))),
  };
}

/** Haircuts by asset. */
export function haircutIn({ risk, given }: SpanBook): (asset: string) => AssetHaircut {
  return (asset) => (risk.levels.coins.has(asset) ? spanCoin(given, asset) : given.pegs[asset]!);
}

/** Long less short option value, coin by coin, where it is positive: it counts as equity, and stays. Dollars. */
function netOptionValue({ risk }: SpanBook, { rows, quantities }: Holdings): number {
  const net = new Map<string, number>();
  rows.forEach((row, i) => {
    const product = risk.products[row]!;
    const value = isPremium(product) ? quantities[i]! * risk.columns.value[row]! : 0;
    net.set(product.underlying, (net.get(product.underlying) ?? 0) + value);
  });
  return [...net.values()].reduce((sum, value) => sum + Math.max(0, value), 0);
}

/** The smallest of each. */
export function eachLeast<L extends Line>(all: readonly LinesOf<L>[]): LinesOf<L> {
  const pick = (line: LineName) =>
    all.map((lines) => lines[line]).reduce((least, one) => (one.amount < least.amount ? one : least));
  const { staying } = all.reduce((least, lines) => (lines.staying < least.staying ? lines : least));
  return { maintenance: pick('maintenance'), release: pick('release'), initial: pick('initial'), staying };
}

/** Each line the smallest over what may be given up. */
export function leastOf(book: SpanBook, holdings: Holdings): LinesOf<Line> {
  const sets = setsGivenUp(coinsBought(book, holdings));
  return eachLeast(sets.map((given) => linesOf(book, keepOf(book, holdings, given))));
}

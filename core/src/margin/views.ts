// One underlying's part of a portfolio, as charges and option value look at it, and how far open orders may carry what they measure.

import type { Product } from '../product/index.ts';
import { type Fill, type Holdings, type RiskBook, reachOf } from '../risk/index.ts';
import type { GridParameters } from './parameters.ts';

/** Everything a charge may look at: one underlying's holdings and open orders, in row order. */
export interface View {
  readonly book: RiskBook;
  readonly underlying: string;
  /** Its place among the book's underlyings. */
  readonly u: number;
  /** USD per coin; 0 for an asset that is no coin. */
  readonly index: number;
  readonly legs: readonly Leg[];
  /** What each open order would change here; legs in other underlyings left out. */
  readonly fills: readonly (readonly Change[])[];
}

/** A view, and the parameters of `grid` to look at it with. */
export interface Seen extends View {
  readonly parameters: GridParameters;
}

/** A row: what is held, and between which quantities open orders may carry it. */
export interface Leg {
  readonly row: number;
  readonly product: Product;
  readonly held: number;
  readonly low: number;
  readonly high: number;
}

interface Change {
  readonly leg: Leg;
  readonly quantity: number;
}

/** The largest size between two ends. @example sizeOf({ low: -3, high: 2 }) // 3 */
export function sizeOf({ low, high }: { readonly low: number; readonly high: number }): number {
  return Math.max(-low, high);
}

/** One view per underlying of the book, in its order. */
export function viewsOf(book: RiskBook, holdings: Holdings, fills: readonly Fill[]): View[] {
  const reach = reachOf(holdings, fills);
  const held = new Map(Array.from(holdings.rows, (row, i) => [row, holdings.quantities[i]!]));
  let next = 0;
  const views = book.groups.underlyings.map((underlying, u) => {
    const end = book.groups.bucketStart[book.groups.underlyingStart[u + 1]!]!;
    const legs: Leg[] = [];
    const own: Change[][] = [];
    for (; next < reach.rows.length && reach.rows[next]! < end; next++) {
      const row = reach.rows[next]!;
      const ends = { low: reach.low[next]!, high: reach.high[next]! };
      legs.push({ row, product: book.products[row]!, held: held.get(row) ?? 0, ...ends });
    }
    const index = book.levels.coins.get(underlying)?.index ?? 0;
    return { book, underlying, u, index, legs, fills: own };
  });
  if (fills.length > 0) layFills(views, fills);
  return views;
}

/** The views of a book, with the parameters of `grid`. */
export function seenBy(
  book: RiskBook,
  holdings: Holdings,
  fills: readonly Fill[],
  parameters: GridParameters,
): Seen[] {
  return viewsOf(book, holdings, fills).map((view) => ({ ...view, parameters }));
}

function layFills(
  views: readonly { legs: readonly Leg[]; fills: Change[][] }[],
  fills: readonly Fill[],
): void {
  const places = new Map<number, { leg: Leg; view: { fills: Change[][] } }>();
  for (const view of views) for (const leg of view.legs) places.set(leg.row, { leg, view });
  for (const { legs } of fills) {
    const own = new Map<{ fills: Change[][] }, Change[]>();
    for (const { row, quantity } of legs) {
      const { leg, view } = places.get(row)!;
      const here = own.get(view) ?? [];
      here.push({ leg, quantity });
      own.set(view, here);
    }
    for (const [view, here] of own) view.fills.push(here);
  }
}

/** A coin that is owned counts nothing where only what is owed counts. */
const owed = (quantity: number) => Math.min(0, quantity);

/**
 * The largest size of a sum `sum_legs quantity x unit` over all subsets of fills, each fill taken whole. Where `owes`, an asset counts only as
 * far as it is owed; two bounds, the smaller of which counts: each fill with what it does to the balance, and balances at their ends apart.
 */
export function netReach(seen: View, unitOf: (leg: Leg) => number, owes: 'owed' | 'all'): number {
  const isOwed = ({ product }: Leg) => owes === 'owed' && product.kind === 'asset';
  // What is owed follows the balance below zero, stands still above it, and somewhere between where both may be.
  const isMixed = (leg: Leg) => isOwed(leg) && leg.low < 0 && leg.high > 0;
  const together = netEnds(seen, unitOf, (leg, change) => {
    if (isMixed(leg)) return [Math.min(0, change), Math.max(0, change)];
    return isOwed(leg) && leg.low >= 0 ? [0, 0] : [change, change];
  });
  const contracts = netEnds(seen, unitOf, (leg, change) => (isOwed(leg) ? [0, 0] : [change, change]));
  let base = 0;
  const apart = { ...contracts };
  for (const leg of seen.legs) {
    const unit = unitOf(leg);
    base += (isOwed(leg) ? owed(leg.held) : leg.held) * unit;
    if (!isOwed(leg)) continue;
    apart.low += (owed(leg.low) - owed(leg.held)) * unit;
    apart.high += (owed(leg.high) - owed(leg.held)) * unit;
  }
  const size = ({ low, high }: { low: number; high: number }) =>
    sizeOf({ low: base + low, high: base + high });
  return Math.min(size(together), size(apart));
}

/** How far fills may lower and raise a sum, each where it does; `changeOf` says between what a leg's change of it lies. */
function netEnds(
  { fills }: View,
  unitOf: (leg: Leg) => number,
  changeOf: (leg: Leg, change: number) => readonly [least: number, most: number],
): { low: number; high: number } {
  let [low, high] = [0, 0];
  for (const changes of fills) {
    let [least, most] = [0, 0];
    for (const { leg, quantity } of changes) {
      const [down, up] = changeOf(leg, quantity * unitOf(leg));
      least += down;
      most += up;
    }
    low += Math.min(0, least);
    high += Math.max(0, most);
  }
  return { low, high };
}

/**
 * The largest `sum_legs |quantity| x unit` over all subsets of fills, an asset counted as far as it is owed. Two bounds, the smaller of which
 * counts: every leg at its farther end; and what is held plus what each fill adds at most, which is nothing for one that closes more than
 * it opens.
 */
export function grossReach({ legs, fills }: View, unitOf: (leg: Leg) => number): number {
  const size = ({ product }: Leg, quantity: number) =>
    product.kind === 'asset' ? -owed(quantity) : Math.abs(quantity);
  let far = 0;
  let base = 0;
  for (const leg of legs) {
    const unit = unitOf(leg);
    far += Math.max(size(leg, leg.low), size(leg, leg.high)) * unit;
    base += size(leg, leg.held) * unit;
  }
  let added = 0;
  for (const changes of fills) {
    let most = 0;
    for (const { leg, quantity } of changes) {
      // Sizes are convex, so a change adds most where it ends at the end it moves towards.
      const end = quantity > 0 ? leg.high : leg.low;
      most += (size(leg, end) - size(leg, end - quantity)) * unitOf(leg);
    }
    added += Math.max(0, most);
  }
  return Math.min(far, base + added);
}

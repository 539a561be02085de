// The subset of open orders that hurts most where every position and every balance is charged by itself, by a convex rule of its size.

import type { Fill, Holdings, RiskBook } from '../../risk/index.ts';

/** What a quantity of a row is charged, dollars: convex, and nothing at none. */
export type Charging = (row: number, quantity: number) => number;

/** Most that any subset of fills could ask for, and subsets of which one asks for it wherever balances are charged in straight lines. */
export interface WorstFills {
  readonly bound: number;
  readonly subsets: readonly (readonly Fill[])[];
}

/** Slopes of balances are tried in every combination up to this many; beyond that each fill takes its own worse one. */
const COMBINATIONS_MAX = 64;

/**
 * `max_A [ sum charge(after A) - sum_A jump ]` over all subsets A of fills (M-48). A balance that fills change lies between two chords of its
 * convex charge, so it costs at most the larger of two straight lines; with a slope for every balance the orders of one product are
 * alone with each other, and the worst of their subsets is found exactly. O(orders log orders) per combination of slopes.
 * @example worstFills(book, holdings, fills, charge) // { bound: 1250, subsets: [[fills[1]]] }
 */
export function worstFills(
  book: RiskBook,
  holdings: Holdings,
  fills: readonly Fill[],
  charge: Charging,
): WorstFills {
  const held = new Map(Array.from(holdings.rows, (row, i) => [row, holdings.quantities[i]!]));
  const moving = new Map<number, Fill[]>();
  for (const fill of fills) {
    const { row } = fill.legs[0]!;
    moving.set(row, [...(moving.get(row) ?? []), fill]);
  }
  let still = 0;
  for (const [row, quantity] of held) if (!moving.has(row)) still += charge(row, quantity);
  const slopes = slopesOf(book, held, fills, charge);
  const outcomes = choicesOf(slopes).map((slopeOf) => {
    let bound = still;
    const subset: Fill[] = [];
    for (const [row, own] of moving) {
      const orders = own.map((fill) => orderOf(fill, slopeOf));
      const worst = worstOfProduct((quantity) => charge(row, quantity), held.get(row) ?? 0, orders);
      bound += worst.amount;
      subset.push(...worst.filled);
    }
    return { bound, subset };
  });
  return {
    bound: Math.max(...outcomes.map(({ bound }) => bound)),
    subsets: outcomes.map(({ subset }) => subset),
  };
}

/** A fill as its product sees it: how it changes the position, and what it costs beside that. */
export interface ProductOrder {
  readonly fill: Fill;
  readonly change: number;
  readonly cost: number;
}

/** What a change of a balance costs, dollars per unit. */
type SlopeOf = (row: number, change: number) => number;

function orderOf(fill: Fill, slopeOf: SlopeOf): ProductOrder {
  const [position, ...money] = fill.legs;
  let cost = -fill.jump;
  for (const { row, quantity } of money) cost += quantity * slopeOf(row, quantity);
  return { fill, change: position!.quantity, cost };
}

/**
 * The worst subset of orders in one product: `max_A [ f(q + sum change) + sum cost ]`, f convex. For every slope of f the worst subset holds the
 * buys that turn below it and the sells that turn above it, `turn = -cost / change`; so it is one of n + 1 along the sorted turns, and that of
 * the slope where the maximum is taken is the worst of all 2^n.
 * @example worstOfProduct((q) => 100 * Math.abs(q), 0, [{ fill, change: 2, cost: -10 }]) // { amount: 190, filled: [fill] }
 */
export function worstOfProduct(
  f: (quantity: number) => number,
  quantity: number,
  orders: readonly ProductOrder[],
) {
  const turn = ({ cost, change }: ProductOrder) => -cost / change;
  const sorted = [...orders].sort((a, b) => turn(a) - turn(b));
  let at = quantity;
  let cost = 0;
  for (const order of sorted) {
    if (order.change >= 0) continue;
    at += order.change;
    cost += order.cost;
  }
  let amount = f(at) + cost;
  let turned = 0;
  sorted.forEach((order, i) => {
    const sign = order.change > 0 ? 1 : -1;
    at += Math.abs(order.change);
    cost += sign * order.cost;
    const here = f(at) + cost;
    if (here <= amount) return;
    amount = here;
    turned = i + 1;
  });
  const filled = sorted.filter(({ change }, i) => (change > 0 ? i < turned : i >= turned));
  return { amount, filled: filled.map(({ fill }) => fill) };
}

/** The chords of a balance's charge, down to the least and up to the most that fills can make of it, per unit. */
interface Slopes {
  readonly row: number;
  readonly down: number;
  readonly up: number;
}

/** A chord is no shorter than this share of the balance: of a speck of it only rounding would be left. A longer one still lies above the charge. */
const CHORD_LEAST = 1e-6;

function slopesOf(
  book: RiskBook,
  held: ReadonlyMap<number, number>,
  fills: readonly Fill[],
  charge: Charging,
): Slopes[] {
  const reach = new Map<number, { low: number; high: number }>();
  for (const { row, quantity } of fills.flatMap(({ legs }) => legs)) {
    if (book.products[row]!.kind !== 'asset') continue;
    const start = held.get(row) ?? 0;
    const { low, high } = reach.get(row) ?? { low: start, high: start };
    reach.set(row, { low: low + Math.min(0, quantity), high: high + Math.max(0, quantity) });
  }
  return [...reach].map(([row, { low, high }]) => {
    const start = held.get(row) ?? 0;
    const here = charge(row, start);
    const least = CHORD_LEAST * Math.abs(start);
    const chord = (end: number) => (charge(row, end) - here) / (end - start);
    const up = high > start ? chord(Math.max(high, start + least)) : undefined;
    const down = low < start ? chord(Math.min(low, start - least)) : undefined;
    return { row, down: down ?? up ?? 0, up: up ?? down ?? 0 };
  });
}

/** Chords whose slopes differ by less are one straight line that was rounded twice. */
const SLOPE_SLACK = 1e-12;

/** Every way to choose a slope per balance. */
function choicesOf(slopes: readonly Slopes[]): SlopeOf[] {
  const bends = ({ down, up }: Slopes) => Math.abs(up - down) > SLOPE_SLACK * (Math.abs(up) + Math.abs(down));
  const bent = slopes.filter(bends);
  const ofRow = new Map(slopes.map((own) => [own.row, own]));
  if (2 ** bent.length > COMBINATIONS_MAX) {
    return [
      (row, change) => {
        const { down, up } = ofRow.get(row)!;
        return change >= 0 ? Math.max(up, down) : Math.min(up, down);
      },
    ];
  }
  return Array.from({ length: 2 ** bent.length }, (_, choice): SlopeOf => {
    const down = new Set(bent.filter((_, i) => (choice >> i) & 1).map(({ row }) => row));
    return (row) => (down.has(row) ? ofRow.get(row)!.down : ofRow.get(row)!.up);
  });
}

// A floor under books of far short options (M-25): what the swept loss is short of a minimum per option that no long option covers.

import { owedUp } from '../base/index.ts';
import { isPremium, type Option } from '../product/index.ts';
import { type Combined, type Fill, fillGain, type Swept } from '../risk/index.ts';
import type { Charge } from './requirement.ts';
import type { Seen } from './views.ts';

interface Link<T> {
  readonly distance: number;
  readonly quantity: number;
  readonly of: T;
}

/**
 * Options by expiry, right and settle asset, those that cover first: a call struck no higher, a put struck no lower, and what is bought
 * before what is sold at one strike.
 */
function chainsOf<T extends { readonly option: Option; readonly quantity: number }>(
  options: readonly T[],
): Link<T>[][] {
  const sides = new Map<string, Link<T>[]>();
  for (const of of options) {
    const { option, quantity } = of;
    const key = `${option.expiry}/${option.right}/${option.settleAsset}`;
    // The further out of the money, the later: what was bought earlier covers it.
    const distance = option.right === 'call' ? option.strike : -option.strike;
    const side = sides.get(key);
    if (side === undefined) sides.set(key, [{ distance, quantity, of }]);
    else side.push({ distance, quantity, of });
  }
  for (const side of sides.values()) {
    side.sort((a, b) => a.distance - b.distance || b.quantity - a.quantity);
  }
  return [...sides.values()];
}

/**
 * Short options that no long option covers: one of the same expiry and right that pays at least as much wherever the short one does.
 * Along each chain the most by which what is sold so far exceeds what is bought.
 * @example nakedShorts([{ option: call90, quantity: 1 }, { option: call100, quantity: -3 }]) // 2
 */
export function nakedShorts(options: readonly { option: Option; quantity: number }[]): number {
  let naked = 0;
  for (const chain of chainsOf(options)) {
    let sum = 0;
    let least = 0;
    for (const { quantity } of chain) {
      sum += quantity;
      least = Math.min(least, sum);
    }
    naked -= least;
  }
  return naked;
}

/**
 * `max(0, least - M)`, `least` the minimum and `M` the underlying's own worst loss. With open orders, what it adds to `retained M` at most,
 * over every subset of fills.
 */
export function shortOptionMinimum(
  seen: Seen,
  rate: number,
  combined: Combined,
  swept: Swept,
): Charge | undefined {
  const { loss } = combined.own[seen.u]!;
  const options = seen.legs.flatMap(({ product, low }) =>
    product.kind === 'option' ? [{ option: product, quantity: low }] : [],
  );
  const unpaired = nakedShorts(options);
  const least = unpaired * seen.index * rate;
  const fills = fillsIn(seen, swept);
  // The loss after some fills is at least that of any one lane, so each lane bounds what is missing: the worst one, and that in which
  // nothing moves, where no fill gains anything. No subset is charged more than the whole minimum.
  const chains = fills.size === 0 || least === 0 ? [] : heldChains(seen, swept);
  const most = (lane: number) => mostMissing(seen, chains, rate * seen.index, combined, swept, fills, lane);
  const missing =
    fills.size === 0 || least === 0
      ? least - loss
      : Math.min(most(laneOf(seen, swept, combined.own[seen.u]!.lane)), most(-1)) - combined.retained * loss;
  const amount = owedUp(Math.min(missing, least));
  const inputs = { unpaired, rate, least, swept: loss };
  return amount > 0n
    ? { name: 'short-option-minimum', underlying: seen.underlying, amount, inputs }
    : undefined;
}

/** Orders whose fill touches an underlying, each in the one or two ways that the sweep counted it: whole, and less what is left out. */
type FillsByOrder = ReadonlyMap<number, readonly Fill[]>;

function fillsIn({ book, u }: Seen, swept: Swept): FillsByOrder {
  const { underlyingStart, bucketStart } = book.groups;
  const from = bucketStart[underlyingStart[u]!]!;
  const to = bucketStart[underlyingStart[u + 1]!]!;
  const found = new Map<number, Fill[]>();
  for (const made of [swept, swept.instead]) {
    for (const fill of made?.fills ?? []) {
      if (!fill.legs.some(({ row }) => row >= from && row < to)) continue;
      found.set(fill.order, [...(found.get(fill.order) ?? []), fill]);
    }
  }
  return found;
}

/**
 * The most of `least_A - (1 - retained) M_A - retained jump_A` over subsets A: `M_A` is at least the loss in one lane, where every fill adds
 * its own gain; `least_A` is the largest of the sums along each chain. So each order is
 * counted by itself, once per place of the chain.
 */
function mostMissing(
  seen: Seen,
  chains: readonly HeldChain[],
  perOption: number,
  { retained }: Combined,
  swept: Swept,
  fills: FillsByOrder,
  lane: number,
): number {
  const { book, u, legs } = seen;
  const rows = new Map<number, { quantity: number; worth: number }[]>();
  for (const ways of fills.values()) {
    const gains = ways.map((fill) => fillGain(book, fill, u, lane));
    const {
      jump,
      legs: [position],
    } = ways[0]!;
    const owns = legs.some(({ row }) => row === position!.row);
    const worth = (1 - retained) * Math.max(...gains) - (owns ? retained * jump : 0);
    const { row, quantity } = position!;
    rows.set(row, [...(rows.get(row) ?? []), { quantity, worth }]);
  }
  let most = (1 - retained) * heldPnl(seen, swept, lane);
  for (const chain of chains) {
    const own = chain.flatMap(({ of }, place) => (rows.get(of.row) ?? []).map((add) => ({ ...add, place })));
    for (const { of } of chain) rows.delete(of.row);
    let sum = 0;
    let best = Number.NEGATIVE_INFINITY;
    for (let k = -1; k < chain.length; k++) {
      if (k >= 0) sum += chain[k]!.quantity;
      let here = -perOption * sum;
      for (const { quantity, worth, place } of own) {
        here += Math.max(0, worth - (place <= k ? perOption * quantity : 0));
      }
      best = Math.max(best, here);
    }
    most += best;
  }
  // What is no option stands in no chain.
  for (const own of rows.values()) for (const { worth } of own) most += Math.max(0, worth);
  return most;
}

type HeldChain = readonly Link<{ readonly row: number }>[];

/** The chains of what is held, with a place for every option that an order may add. */
function heldChains({ legs }: Seen, swept: Swept): HeldChain[] {
  const held = heldOf(swept);
  return chainsOf(
    legs.flatMap(({ row, product }) =>
      product.kind === 'option' ? [{ option: product, quantity: held.get(row) ?? 0, row }] : [],
    ),
  );
}

function heldOf(swept: Swept): ReadonlyMap<number, number> {
  const { rows, quantities } = (swept.before ?? swept).holdings;
  return new Map(Array.from(rows, (row, i) => [row, quantities[i]!]));
}

/** Whether fills change how much of the underlying's long options is left out of one of the two sweeps. */
function isShifting({ legs }: Seen, { instead }: Swept): boolean {
  return instead !== undefined && legs.some(({ product, low, high }) => isPremium(product) && low < high);
}

/** The lane to look at: the worst one; where left-out shares may change, nothing is known of a lane that does not net by sum. */
function laneOf(seen: Seen, swept: Swept, worst: number): number {
  return worst >= 0 && isShifting(seen, swept) && seen.book.netsBySum[worst] === 0 ? -1 : worst;
}

/** What the holdings make in a lane without any fill; at most that, where left-out shares may change. */
function heldPnl(seen: Seen, swept: Swept, lane: number): number {
  if (lane < 0) return 0;
  const { book, u } = seen;
  const whole = swept.before ?? swept;
  const counted = swept.instead?.before ?? swept.instead;
  const at = u * book.stride + lane;
  if (counted === undefined) return whole.pnl[at]!;
  if (!isShifting(seen, swept)) return Math.max(whole.pnl[at]!, counted.pnl[at]!);
  const rows = new Set(seen.legs.map(({ row }) => row));
  let sum = 0;
  whole.holdings.rows.forEach((row, i) => {
    if (!rows.has(row)) return;
    const change = book.rows[row * book.stride + lane]!;
    sum += Math.max(whole.holdings.quantities[i]! * change, counted.holdings.quantities[i]! * change);
  });
  return sum;
}
